import type { TaskPath } from "../../analysis/explain/path/slow-tasks.js";
import type { OverviewFigures } from "../../analysis/overview.js";
import { counted, grouped } from "../../base/grouped.js";
import { durationText, shareText, timeText } from "../../base/rounded.js";
import { pathPartsTable } from "../path-tables.js";
import { traceText } from "../trace-url.js";
import type { PageLimits } from "./limits.js";
import { chartHtml } from "./section.js";
import { type HtmlCell, tableHtml } from "./tables.js";
import { html } from "./text.js";
import type { Flame } from "./trace-data.js";

const KEYS =
  "Drag to zoom, double-click to see all. With the keyboard: arrow keys move, + and − zoom, 0 shows all.";

/** The charts over time. @param trace number of the trace in the page's data */
export function timelineHtml({ stats, timeline }: OverviewFigures, trace: number): string {
  if (timeline.length === 0) return "";
  const bucket = `averages of ${durationText(timeline.width)}`;
  const { gc } = stats;
  const stops = `${counted(gc.stw.durations.count, "whole stop-the-world", "whole stops-the-world")}, ${durationText(gc.stw.total)} in total`;
  const charts = [
    chartHtml(
      "procs",
      trace,
      "Use of each P: the fuller the colour, the busier",
      `Heat strip: how busy each P is over time, ${bucket}`,
    ),
    chartHtml(
      "states",
      trace,
      "Goroutines by state",
      `Number of goroutines in each state over time, ${bucket}`,
    ),
    ...(timeline.heap.some((value) => value !== null)
      ? [
          chartHtml(
            "heap",
            trace,
            "Heap and GC cycles",
            "Size of the heap over time, with its goal; GC cycles are shaded",
          ),
        ]
      : []),
    chartHtml(
      "gc",
      trace,
      "GC, mark assists, stop-the-world",
      `When the GC works and stops the program: ${stops}`,
    ),
  ];
  return `<div class="timeline" tabindex="0" role="group" aria-label="Charts over time. ${KEYS}" data-trace="${trace}">
${charts.join("\n")}
</div>`;
}

/** It is not printed. */
export const TIMELINE_ABOUT = `<span class="keys">${KEYS}</span>`;

/** Flame graphs, one at a time; on paper all, each with its heading. @param trace number of the trace in the page's data */
export function flamesHtml(flames: readonly Flame[], trace: number): string {
  if (flames.length === 0) return "";
  const id = (kind: string) => `flame-${trace}-${kind}`;
  const tabs = flames.map(
    ({ kind, title, total }, i) =>
      `<button type="button" role="tab" id="tab-${id(kind)}" aria-controls="${id(kind)}" aria-selected="${i === 0}" tabindex="${i === 0 ? 0 : -1}">${html(title)} <small>${durationText(total)}</small></button>`,
  );
  const panels = flames.map(({ kind, title, frames, others, total }, i) => {
    const left =
      others > 0 ? ` ${counted(others, "smaller function")} beyond them are summed up as “(other)”.` : "";
    return `<div role="tabpanel" id="${id(kind)}" aria-labelledby="tab-${id(kind)}"${i === 0 ? "" : " hidden"}>
<h3 class="printed">${html(title)}</h3>
<div class="flame-bar"><label>Search <input type="search" spellcheck="false" autocomplete="off"></label>
<button type="button" class="reset">Show all</button><output aria-live="polite"></output></div>
<div class="flame" data-flame="${i}" data-trace="${trace}" role="group" aria-label="Flame graph: ${html(title)}, ${durationText(total)}. Arrow keys move between frames, Enter zooms, Escape shows all."></div>
<p class="more">${durationText(total)} in ${counted(frames, "frame")}.${left}</p>
</div>`;
  });
  return `<div class="flames"><div role="tablist" aria-label="Profiles">${tabs.join("")}</div>
${panels.join("\n")}</div>`;
}

/**
 * The slowest tasks with the parts of their critical paths.
 * @param traceUrl where a viewer shows traces of the program's own tracing
 */
export function tasksHtml(
  { stats }: OverviewFigures,
  paths: readonly TaskPath[],
  limits: PageLimits,
  traceUrl: string | undefined,
): string {
  const { start, tasks, trace } = stats;
  if (tasks.count === 0) return "";
  const told = tasks.top.slice(0, limits.rows);
  const areTraced = told.some(({ traceId }) => traceId !== undefined);
  const rows = told.map(({ id, type, begin, end, goroutines, traceId }) => [
    String(id),
    type || "(unknown)",
    begin === undefined ? "before" : timeText(begin),
    durationText((end ?? start + trace.duration) - (begin ?? start)),
    begin === undefined || end === undefined ? "no" : "yes",
    grouped(goroutines.length),
    ...(areTraced ? [traceCell(traceId, traceUrl)] : []),
  ]);
  const columns = [
    { head: "task", align: "right" },
    { head: "type", code: true },
    { head: "began", align: "right", wide: true },
    { head: "latency", align: "right" },
    { head: "complete", wide: true },
    { head: "goroutines", align: "right", wide: true },
    ...(areTraced ? [{ head: "trace", code: true, wide: traceUrl === undefined }] : []),
  ] as const;
  const list = tableHtml({ title: "Longest tasks", columns, rows, more: tasks.count - told.length }, limits);
  return `${paths.map((path) => pathHtml(path, limits)).join("\n")}\n${list}`;
}

/** The trace of a task in the program's own tracing. */
function traceCell(traceId: string | undefined, traceUrl: string | undefined): HtmlCell {
  if (traceId === undefined) return "-";
  if (traceUrl === undefined) return traceId;
  const address = traceText(traceId, traceUrl);
  // Within the page that converts traces, another site could not be shown.
  return {
    html: `<a href="${html(address, address.length)}" target="_blank" rel="noreferrer">${html(traceId)}</a>`,
  };
}

function pathHtml(path: TaskPath, limits: PageLimits): string {
  const { columns, rows, more } = pathPartsTable(path, limits.rows);
  const title = `Critical path of task ${path.id} (${path.type || "unknown type"}): ${durationText(path.duration)} at ${timeText(path.time)}`;
  const [first] = path.parts;
  const most =
    first === undefined
      ? ""
      : `<p>${shareText(first.time, path.duration)} of it: ${html(first.doing)}, ${html(first.function || "unknown function", limits.longest)}.</p>`;
  const codes = ["goroutines of", "place"];
  const table = tableHtml(
    {
      title,
      columns: columns.map(({ head, align, optional = false }) => ({
        head,
        align,
        code: codes.includes(head),
        wide: optional,
      })),
      rows,
      more,
    },
    limits,
  );
  return `<div class="path"><h3>${html(title, limits.longest + 100)}</h3>${most}${table}</div>`;
}
