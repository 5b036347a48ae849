import type { Finding } from "../../analysis/explain/finding.js";
import { counted, grouped } from "../../base/grouped.js";
import { durationText, shareText } from "../../base/rounded.js";
import { documentText } from "./document.js";
import { FIRST_LIMITS } from "./limits.js";
import { type HtmlCell, type HtmlColumn, tableHtml } from "./tables.js";
import { html } from "./text.js";

/** A trace in the list of several. */
export interface IndexRow {
  readonly name: string;
  /** The path of its report from the list: folders and the file. */
  readonly link?: readonly string[];
  readonly format?: string;
  /** In nanoseconds. */
  readonly duration?: number;
  readonly events?: number;
  /** The weightiest one. */
  readonly finding?: Pick<Finding, "kind" | "weight" | "sentence">;
  readonly failed: boolean;
  /** What was lost or failed, in words. */
  readonly problems: readonly string[];
}

const COLUMNS: readonly HtmlColumn[] = [
  { head: "trace and its weightiest finding" },
  { head: "kind" },
  { head: "weight", align: "right" },
  { head: "duration", align: "right" },
  { head: "events", align: "right", wide: true },
  { head: "format", align: "right", wide: true },
  { head: "problems" },
];
/** Characters of a sentence. */
const SENTENCE = 1000;

/**
 * A page that lists traces and links to their reports: those that failed first, then by the weight of their findings.
 * @param generator the program that makes it, with its version
 */
export function indexPage(rows: readonly IndexRow[], generator: string): string {
  const weight = ({ failed, finding }: IndexRow) => (failed ? 2 : (finding?.weight ?? -1));
  const sorted = [...rows].sort((a, b) => weight(b) - weight(a));
  const title = "Go execution traces";
  const table = tableHtml(
    { title: counted(rows.length, "trace"), columns: COLUMNS, rows: sorted.map(cellsOf), more: 0 },
    FIRST_LIMITS,
  );
  const body = `<header><p class="kicker">${html(generator)}</p><h1>${title}</h1></header>
<main><section class="index" aria-label="Traces">
<p class="about">Click a trace for its report, and the head of a column to sort by it.</p>
${table}
</section></main>`;
  return documentText({ title, body, data: { traces: [], latencies: [], mmu: [] } });
}

function cellsOf({ duration, events, finding, format, link, name, problems }: IndexRow): HtmlCell[] {
  const address = link?.map(encodeURIComponent).join("/");
  const trace =
    address === undefined ? html(name) : `<a href="./${html(address, address.length)}">${html(name)}</a>`;
  return [
    {
      html: finding === undefined ? trace : `${trace}<br><small>${html(finding.sentence, SENTENCE)}</small>`,
    },
    finding?.kind ?? "–",
    finding === undefined ? "–" : shareText(finding.weight),
    duration === undefined ? "–" : durationText(duration),
    events === undefined ? "–" : grouped(events),
    format ?? "–",
    problems.join("; ") || "–",
  ];
}
