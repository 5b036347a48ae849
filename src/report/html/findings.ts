import type { ExplainReport, Finding } from "../../analysis/explain/finding.js";
import { durationText, shareText, timeText } from "../../base/rounded.js";
import { commandFor, findingFigureText, NOTHING_FOUND, stackLines } from "../finding-text.js";
import type { PageLimits } from "./limits.js";
import { moreHtml, PROSE } from "./tables.js";
import { html } from "./text.js";

export const FINDINGS_ABOUT =
  "The weightiest finding comes first. The weight is a share, of the duration of the trace for most kinds.";

/** The most frames of a stack. */
const FRAMES = 12;

/** What held the program back, in words. @param name of the trace, for the commands */
export function findingsHtml(
  { findings, more, start }: ExplainReport,
  name: string,
  limits: PageLimits,
): string {
  if (findings.length === 0) return `<p class="calm">${NOTHING_FOUND}</p>`;
  const told = findings.slice(0, limits.rows);
  const items = told.map((finding) => findingHtml(finding, name, start > 0, limits));
  return `<ol class="findings">${items.join("\n")}</ol>${moreHtml(more + findings.length - told.length)}`;
}

/** @param isPart whether the page is about a part of the trace: its other times count from where that begins */
function findingHtml(finding: Finding, name: string, isPart: boolean, { longest }: PageLimits): string {
  const { figures, kind, next, sentence, weight, worst } = finding;
  const list = figures.map(
    (figure) => `<li>${html(figure.name, longest)}: <b>${html(findingFigureText(figure))}</b></li>`,
  );
  const frames = stackLines(finding, FRAMES).map(
    (text) => `<li><code>${html(text, 2 * longest)}</code></li>`,
  );
  const commands = next.map((command) => html(`$ ${commandFor(command, name)}`, 3 * longest)).join("\n");
  const who = worst?.goroutine === undefined ? "" : `, goroutine ${worst.goroutine}`;
  const place =
    worst === undefined
      ? ""
      : `<p>Worst: ${durationText(worst.duration)} at ${timeText(worst.time)}${isPart ? " of the whole trace" : ""}${who}.</p>`;
  return `<li><p class="sentence">${html(sentence, PROSE * longest)}</p>
<p class="kind"><span class="tag">${html(kind)}</span> weight ${shareText(weight)}</p>
<details><summary>Proof, stack and next steps</summary>
<ul>${list.join("")}</ul>${place}
${frames.length === 0 ? "" : `<ol class="stack">${frames.join("")}</ol>`}
<pre>${commands}</pre></details></li>`;
}
