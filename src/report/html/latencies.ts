import type { LatencyShape } from "../../analysis/stats/latency-shape.js";
import { grouped } from "../../base/grouped.js";
import { durationText } from "../../base/rounded.js";
import type { PageLimits } from "./limits.js";
import type { Curve, LatencyData } from "./page-data.js";
import { chartHtml } from "./section.js";
import { type HtmlColumn, tableHtml } from "./tables.js";
import { shown } from "./text.js";

/** A shape in a chart and a table. */
export interface ShownLatency extends Curve {
  readonly shape: LatencyShape;
}

/**
 * The shapes that a page shows: the scheduler's, and of tasks and regions those with the most time.
 * @param traces shapes of one trace, or of A and B
 */
export function shownLatencies(traces: readonly (readonly LatencyShape[])[], most: number): ShownLatency[] {
  const keys = new Set(traces.flatMap((shapes) => mostTime(shapes, most).map(keyOf)));
  return [...keys].flatMap((key, color) =>
    traces.flatMap((shapes, trace) => {
      const shape = shapes.find((each) => keyOf(each) === key);
      if (shape === undefined) return [];
      const label = traces.length === 1 ? labelOf(shape) : `${"AB"[trace]}: ${labelOf(shape)}`;
      return [{ label, color, dashed: trace > 0, shape }];
    }),
  );
}

function mostTime(shapes: readonly LatencyShape[], most: number): LatencyShape[] {
  const of = (kind: LatencyShape["of"]) =>
    shapes
      .filter((shape) => shape.of === kind)
      .sort((a, b) => b.latency.total - a.latency.total)
      .slice(0, most);
  return [...of("sched"), ...of("task"), ...of("region")];
}

function keyOf({ of, name }: LatencyShape): string {
  return `${of} ${name}`;
}

function labelOf({ of, name }: LatencyShape): string {
  return of === "sched" ? "scheduler: waiting to run" : `${of} ${name || "(unknown)"}`;
}

/** What the page's script draws of the shapes. */
export function latencyData(rows: readonly ShownLatency[], longest: number): LatencyData[] {
  return rows.map(({ color, dashed, label, shape: { bins, latency } }) => ({
    label: shown(label, longest),
    color,
    dashed,
    count: latency.count,
    bins: bins.map(({ from, count }) => [Number(from.toPrecision(5)), count] as const),
    p50: latency.p50,
    p90: latency.p90,
    p99: latency.p99,
  }));
}

/** The chart of the shapes and the table of their percentiles; "" without any. @param all number of shapes of the traces */
export function latencyHtml(rows: readonly ShownLatency[], all: number, limits: PageLimits): string {
  if (rows.length === 0) return "";
  const label = "Distributions of latency; the table below has their percentiles";
  return chartHtml("latency", 0, "Distributions", label) + latencyTableHtml(rows, all - rows.length, limits);
}

const COLUMNS: readonly HtmlColumn[] = [
  { head: "latency of" },
  { head: "count", align: "right", wide: true },
  { head: "median", align: "right" },
  { head: "p90", align: "right", wide: true },
  { head: "p99", align: "right" },
  { head: "p99.9", align: "right", wide: true },
  { head: "longest", align: "right" },
];

function latencyTableHtml(rows: readonly ShownLatency[], more: number, limits: PageLimits): string {
  const cells = rows.map(({ label, shape: { latency } }) => [
    label,
    grouped(latency.count),
    durationText(latency.p50),
    durationText(latency.p90),
    durationText(latency.p99),
    durationText(latency.p999),
    durationText(latency.max),
  ]);
  return tableHtml({ title: "Percentiles of latency", columns: COLUMNS, rows: cells, more }, limits);
}
