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
  { head: "kind", wide: true },
  { head: "weight", align: "right" },
  { head: "duration", align: "right" },
  { head: "events", align: "right", wide: true },
  { head: "format", align: "right", wide: true },
  { head: "read", wide: true },
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
  const folder = commonFolder(rows.map(({ name }) => name));
  const table = tableHtml(
    {
      title: counted(rows.length, "trace"),
      columns: COLUMNS,
      rows: sorted.map((row) => cellsOf(row, folder)),
      more: 0,
    },
    FIRST_LIMITS,
  );
  const place = folder === "" ? "" : `<p class="kicker">in <code>${html(folder, folder.length)}</code></p>`;
  const body = `<header><h1>${title}</h1>${place}</header>
<main><section class="index" aria-label="Traces">
<p class="about">Click a trace for its report, and the head of a column to sort by it.</p>
${table}
</section></main>
<footer><p>Made by ${html(generator)}.</p></footer>`;
  return documentText({ title, body, data: { traces: [], latencies: [], mmu: [] } });
}

function cellsOf(row: IndexRow, folder: string): HtmlCell[] {
  const { duration, events, failed, finding, format, problems } = row;
  return [
    { html: nameHtml(row, folder) },
    finding?.kind ?? "–",
    finding === undefined ? "–" : shareText(finding.weight),
    duration === undefined ? "–" : durationText(duration),
    events === undefined ? "–" : grouped(events),
    format ?? "–",
    failed ? "failed" : problems.length > 0 ? "in part" : "whole",
  ];
}

/** The name of a trace, with what there is to say of it below. */
function nameHtml({ finding, link, name, problems }: IndexRow, folder: string): string {
  const address = link?.map(encodeURIComponent).join("/");
  const shown = html(name.slice(folder.length), name.length);
  const trace = address === undefined ? shown : `<a href="./${html(address, address.length)}">${shown}</a>`;
  const lines = problems.map((text) => {
    const said = text.startsWith(`${name} `) ? text.slice(name.length + 1) : text;
    return `<small class="problem">${html(said, SENTENCE)}</small>`;
  });
  if (finding !== undefined) lines.push(`<small>${html(finding.sentence, SENTENCE)}</small>`);
  return [trace, ...lines].join("<br>");
}

/** The folders that all names begin with, and a slash; empty if there are none. */
function commonFolder(names: readonly string[]): string {
  const [first = "", ...others] = names;
  let end = first.lastIndexOf("/") + 1;
  for (const name of others) {
    while (!name.startsWith(first.slice(0, end))) end = first.lastIndexOf("/", end - 2) + 1;
  }
  return first.slice(0, end);
}
