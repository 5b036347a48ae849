import type { TaskPath } from "../../analysis/explain/path/slow-tasks.js";
import type { OverviewFigures } from "../../analysis/overview.js";
import { statsTables } from "../stats-tables.js";
import { blockingHtml } from "./blocking.js";
import { documentText } from "./document.js";
import { factsHtml } from "./facts.js";
import { FINDINGS_ABOUT, findingsHtml } from "./findings.js";
import { latencyData, latencyHtml, shownLatencies } from "./latencies.js";
import { fittingPage, type PageLimits } from "./limits.js";
import { chartHtml, type Section, sectionsHtml } from "./section.js";
import { detailsHtml } from "./tables.js";
import { html } from "./text.js";
import { functionsHtml } from "./time-bars.js";
import { type Flame, flamesOf, mmuData, traceData } from "./trace-data.js";
import { flamesHtml, TIMELINE_ABOUT, tasksHtml, timelineHtml } from "./trace-sections.js";

/** A trace whose report is made. */
export interface TraceOverview {
  /** Of the trace, as people know it. */
  readonly name: string;
  readonly figures: OverviewFigures;
  /** Critical paths of the slowest tasks; undefined if the trace could be read only once. */
  readonly paths?: readonly TaskPath[];
  /** Where a viewer shows traces of the program's own tracing: see `isTraceUrl`. */
  readonly traceUrl?: string | undefined;
}

/**
 * The report on a trace as a page: one file that loads nothing, of 2 MB at most.
 * @param generator the program that makes it, with its version
 */
export function reportPage(trace: TraceOverview, generator: string): string {
  return fittingPage((limits) => pageText(trace, generator, limits));
}

function pageText(trace: TraceOverview, generator: string, limits: PageLimits): string {
  const { figures, name } = trace;
  const flames = flamesOf(figures, limits);
  const [, folder = "", file = name] = /^(?:(.*)\/)?([^/]+)$/s.exec(name) ?? [];
  const body = `<header><p class="kicker">Go execution trace${folder === "" ? "" : ` in <code>${html(folder)}</code>`}</p><h1>${html(file)}</h1>
${factsHtml(figures.stats, figures.timeline)}</header>
${sectionsHtml(sectionsOf(trace, flames, limits))}
<footer><p>Made by ${html(generator)}. This file loads nothing from anywhere.</p></footer>`;
  return documentText({
    title: `${name} – Go trace report`,
    body,
    data: {
      traces: [traceData(figures, flames, limits)],
      latencies: latencyData(shownLatencies([figures.latencies], limits.shapes), limits.longest),
      mmu: mmuData([figures]),
    },
  });
}

function sectionsOf(
  { figures, name, paths, traceUrl }: TraceOverview,
  flames: readonly Flame[],
  limits: PageLimits,
): Section[] {
  const { explain, latencies, profiles, stats } = figures;
  const waits = profiles.find(({ kind }) => kind === "wait");
  return [
    {
      id: "findings",
      short: "Findings",
      title: "What held the program back",
      about: FINDINGS_ABOUT,
      body: findingsHtml(explain, name, limits),
    },
    {
      id: "timeline",
      short: "Timeline",
      title: "Timeline",
      about: TIMELINE_ABOUT,
      body: timelineHtml(figures, 0),
    },
    {
      id: "functions",
      short: "Functions",
      title: "Where the time goes",
      about: "Each bar is the lifetime of all goroutines of a start function.",
      body: functionsHtml(stats, limits),
    },
    {
      id: "blocking",
      short: "Blocking",
      title: "Why goroutines are blocked",
      about: "The place is the first frame outside of the runtime and the packages of locks.",
      body: waits === undefined ? "" : blockingHtml(stats, waits, limits),
    },
    {
      id: "latency",
      short: "Latency",
      title: "Latency",
      about:
        "How long goroutines wait to run, and how long tasks and regions take. The axis of time is logarithmic; marks show the median, p90 and p99.",
      body: latencyHtml(shownLatencies([latencies], limits.shapes), latencies.length, limits),
    },
    {
      id: "flames",
      short: "Flame graphs",
      title: "Flame graphs",
      about:
        'Width is time, and the outermost function is at the top. <span class="keys">Click a frame to zoom.</span> Frames of the program and its modules are warm, those of the standard library cold, those of the runtime grey.',
      body: flamesHtml(flames, 0),
    },
    {
      id: "mmu",
      short: "MMU",
      title: "Minimum mutator utilization",
      about:
        "The lowest share of the Ps that the program had in any window of a given length; the rest went to the GC.",
      body:
        stats.mmu.length === 0
          ? ""
          : chartHtml(
              "mmu",
              0,
              "Utilization by length of window",
              "Minimum mutator utilization; the table is below",
            ),
    },
    {
      id: "tasks",
      short: "Tasks",
      title: "Slowest tasks",
      about:
        paths === undefined
          ? "Critical paths need a second reading, and the trace could be read only once."
          : "A critical path is what a task waited for, backwards from its end through the goroutines that woke it.",
      body: tasksHtml(figures, paths ?? [], limits, traceUrl),
    },
    {
      id: "tables",
      short: "Tables",
      title: "All tables",
      about: `The same figures as those of <code>go2perfetto stats</code>.`,
      body: statsTables(stats, limits.rows, traceUrl)
        .map((table) => detailsHtml(table, limits))
        .join("\n"),
    },
  ];
}
