import type { OverviewFigures } from "../../analysis/overview.js";
import type { FunctionFigures, StatsReport } from "../../analysis/stats/stats-report.js";
import { durationText } from "../../base/rounded.js";
import { type TraceDifference, traceDifference } from "../../figures/trace-difference.js";
import { diffTables } from "../diff-tables.js";
import { keyHtml } from "./bar.js";
import { documentText } from "./document.js";
import { factsHtml } from "./facts.js";
import { FINDINGS_ABOUT, findingsHtml } from "./findings.js";
import { latencyData, latencyHtml, shownLatencies } from "./latencies.js";
import { fittingPage, type PageLimits } from "./limits.js";
import type { TraceOverview } from "./report-page.js";
import { chartHtml, type Section, sectionsHtml } from "./section.js";
import { detailsHtml, tableHtml } from "./tables.js";
import { html } from "./text.js";
import { partsOf, timeBarHtml } from "./time-bars.js";
import { type Flame, flamesOf, mmuData, traceData } from "./trace-data.js";
import { flamesHtml, TIMELINE_ABOUT, timelineHtml } from "./trace-sections.js";

type Both<T> = readonly [T, T];
type OverviewToCompare = Pick<TraceOverview, "name" | "figures">;

/** Tables of a difference that are open from the start: the traces, their findings, and the changes of all together. */
const OPEN = 3;
const NOTHING = { exec: 0, schedWait: 0, syscall: 0, syscallBlocked: 0, block: {} };

/**
 * Two traces as a page, with what changed from A to B and both side by side: one file that loads nothing, of 2 MB at most.
 * @param generator the program that makes it, with its version
 */
export function diffPage(a: OverviewToCompare, b: OverviewToCompare, generator: string): string {
  const compared = ({
    name,
    figures: { explain: explained, profiles, stats: report },
  }: OverviewToCompare) => ({
    name,
    report,
    explained,
    profiles,
  });
  return differencePage(traceDifference(compared(a), compared(b)), [a.figures, b.figures], generator);
}

/** The same page of a difference that is known. */
export function differencePage(
  difference: TraceDifference,
  figures: Both<OverviewFigures>,
  generator: string,
): string {
  return fittingPage((limits) => pageText(difference, figures, generator, limits));
}

function pageText(
  difference: TraceDifference,
  figures: Both<OverviewFigures>,
  generator: string,
  limits: PageLimits,
): string {
  const { a, b } = difference;
  // Both together have as many frames as the page of a single trace.
  const flames = both(figures, (each) => flamesOf(each, { ...limits, frames: Math.ceil(limits.frames / 2) }));
  const sections = sectionsOf(difference, figures, flames, limits);
  const body = `<header><p class="kicker">Two Go execution traces</p><h1>A and B</h1>
${sides(both(figures, (each, i) => `<h2><code>${html([a, b][i]?.name ?? "")}</code></h2>${factsHtml(each.stats, each.timeline)}`))}</header>
${sectionsHtml(sections)}
<footer><p>Made by ${html(generator)}. This file loads nothing from anywhere.</p></footer>`;
  return documentText({
    title: `${a.name} and ${b.name} – Go traces compared`,
    body,
    data: {
      traces: both(figures, (each, i) => traceData(each, flames[i] ?? [], limits)),
      latencies: latencyData(shownLatencies(latenciesOf(figures), limits.shapes), limits.longest),
      mmu: mmuData(figures),
    },
  });
}

function sectionsOf(
  difference: TraceDifference,
  figures: Both<OverviewFigures>,
  flames: Both<readonly Flame[]>,
  limits: PageLimits,
): Section[] {
  const { a, b } = difference;
  const names = [a.name, b.name];
  const tables = diffTables(difference, limits.rows);
  const latencies = latenciesOf(figures);
  const shapes = latencies.reduce((sum, { length }) => sum + length, 0);
  return [
    {
      id: "changes",
      short: "Changes",
      title: "What changed",
      about: "From A to B, the largest change first. Sums grow with the length of a trace.",
      body: tables.map((table, i) => detailsHtml(table, limits, i < OPEN)).join("\n"),
    },
    {
      id: "findings",
      short: "Findings",
      title: "What held the programs back",
      about: FINDINGS_ABOUT,
      body: sides(both(figures, ({ explain }, i) => findingsHtml(explain, names[i] ?? "", limits))),
    },
    {
      id: "timeline",
      short: "Timeline",
      title: "Timeline",
      about: TIMELINE_ABOUT,
      body: sides(both(figures, timelineHtml)),
    },
    {
      id: "functions",
      short: "Functions",
      title: "Where the time goes",
      about: "Each bar is the lifetime of all goroutines of a start function: A above, B below.",
      body: functionsHtml([a.report, b.report], limits),
    },
    {
      id: "latency",
      short: "Latency",
      title: "Latency",
      about:
        "How long goroutines wait to run, and how long tasks and regions take. The axis of time is logarithmic; marks show the median, p90 and p99. B is dashed.",
      body: latencyHtml(shownLatencies(latencies, limits.shapes), shapes, limits),
    },
    {
      id: "flames",
      short: "Flame graphs",
      title: "Flame graphs",
      about:
        'Width is the share of the time of the trace itself. <span class="keys">Click a frame to zoom.</span>',
      body: flames.some(({ length }) => length > 0) ? sides(both(flames, flamesHtml)) : "",
    },
    {
      id: "mmu",
      short: "MMU",
      title: "Minimum mutator utilization",
      about: "The lowest share of the Ps that the program had in any window of a given length. B is dashed.",
      body: figures.some(({ stats }) => stats.mmu.length > 0)
        ? chartHtml("mmu", 0, "Utilization by length of window", "Minimum mutator utilization of both traces")
        : "",
    },
  ];
}

function both<T, R>([a, b]: Both<T>, of: (each: T, i: number) => R): Both<R> {
  return [of(a, 0), of(b, 1)];
}

/** A and B beside one another, or below on a narrow screen. */
function sides(parts: Both<string>): string {
  const [a, b] = both(parts, (part, i) => `<div class="side"><p class="kicker">${"AB"[i]}</p>${part}</div>`);
  return `<div class="sides">${a}${b}</div>`;
}

function latenciesOf(figures: Both<OverviewFigures>) {
  return both(figures, ({ latencies }) => latencies);
}

/** Functions of either trace, by the time that their goroutines ran in both. */
function functionsHtml([a, b]: Both<StatsReport>, limits: PageLimits): string {
  const names = new Map<string, (FunctionFigures | undefined)[]>();
  [a, b].forEach(({ goroutines }, i) => {
    for (const row of goroutines.byFunction) {
      const pair = names.get(row.function) ?? [undefined, undefined];
      names.set(row.function, pair);
      pair[i] = row;
    }
  });
  const parts = [...names].map(([name, pair]) => ({
    name,
    pair: pair.map((row) => partsOf({ times: row?.times ?? NOTHING })),
  }));
  const sum = ({ pair }: (typeof parts)[number]) => pair.reduce((time, { running }) => time + running, 0);
  parts.sort((one, other) => sum(other) - sum(one));
  const rows = parts.slice(0, limits.rows).map(({ name, pair }) => [
    { html: `<code>${html(name || "(unknown)", limits.longest)}</code>${pair.map(timeBarHtml).join("")}` },
    ...(["running", "runnable", "waiting"] as const).map((part) => ({
      html: pair.map((each) => durationText(each[part])).join("<br>"),
      value: pair.reduce((sum, each) => sum + each[part], 0),
    })),
  ]);
  const columns = [
    { head: "start function" },
    { head: "running", align: "right" },
    { head: "waiting to run", align: "right" },
    { head: "blocked", align: "right" },
  ] as const;
  const more = Math.max(0, parts.length - limits.rows);
  return keyHtml() + tableHtml({ title: "Time by start function, A and B", columns, rows, more }, limits);
}
