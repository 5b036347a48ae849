import type { StatsReport } from "../../analysis/stats/stats-report.js";
import type { TimelineFigures } from "../../analysis/timeline/timeline.js";
import { counted, grouped } from "../../base/grouped.js";
import { durationText, shareText, sizeText } from "../../base/rounded.js";
import { html } from "./text.js";

/** What was traced: the figures that tell most, and what is wrong with the trace. */
export function factsHtml(stats: StatsReport, timeline: TimelineFigures): string {
  const { gc, goroutines, procs, sched, tasks, trace } = stats;
  const busy = procs.reduce((sum, row) => sum + row.busy, 0);
  const total = procs.reduce((sum, row) => sum + row.total, 0);
  const peak = timeline.heap.reduce((most: number, value) => Math.max(most, value ?? 0), 0);
  const cycles = gc.cycles.durations.count + gc.cycles.cut;
  const facts: readonly (readonly [string, string, string])[] = [
    ["Duration", durationText(trace.duration), counted(trace.events, "event")],
    ["Goroutines", grouped(goroutines.count), counted(goroutines.byFunction.length, "start function")],
    ["Ps", grouped(procs.length), `${shareText(busy, total)} busy, ${counted(trace.threads, "thread")}`],
    [
      "Waiting to run",
      sched.count === 0 ? "–" : durationText(sched.p99),
      sched.count === 0 ? "no whole wait" : `99th percentile, median ${durationText(sched.p50)}`,
    ],
    ["GC cycles", grouped(cycles), peak === 0 ? "no heap size in the trace" : `heap up to ${sizeText(peak)}`],
    [
      "Stop-the-world",
      durationText(gc.stw.total),
      gc.stw.durations.count === 0 ? "none whole" : `longest ${durationText(gc.stw.durations.max)}`,
    ],
    ...(tasks.count === 0
      ? []
      : [["Tasks", grouped(tasks.count), counted(tasks.byType.length, "type")] as const]),
  ];
  const tiles = facts.map(
    ([name, value, more]) =>
      `<div><dt>${html(name)}</dt><dd><strong>${html(value)}</strong><span>${html(more)}</span></dd></div>`,
  );
  return `<dl class="facts">${tiles.join("")}</dl>${noticesHtml(stats)}`;
}

function noticesHtml({ scope, trace }: StatsReport): string {
  const notices = [
    trace.incomplete ? "Part of the trace was lost. The figures are those of the rest." : "",
    trace.timesEstimated ? "The trace lacks its clock's frequency. All times are estimated." : "",
    scope === "selection"
      ? "Goroutines, blocking, latency, tasks, regions and profiles are those of the selected goroutines. Ps, GC and mutator utilization are those of the whole program."
      : "",
  ];
  return notices
    .filter((text) => text !== "")
    .map((text) => `<p class="notice">${text}</p>`)
    .join("");
}
