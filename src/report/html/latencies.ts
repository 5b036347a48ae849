import type { LatencyShape } from "../../analysis/stats/latency-shape.js";
import { grouped } from "../../base/grouped.js";
import { durationText } from "../../base/rounded.js";
import type { PageLimits } from "./limits.js";
import type { LatencyData } from "./page-data.js";
import { type HtmlColumn, tableHtml } from "./tables.js";
import { shown } from "./text.js";

/** The shapes that a page shows: the scheduler's, and of tasks and regions those with the most time. */
export function shownLatencies(shapes: readonly LatencyShape[], most: number): LatencyShape[] {
  const of = (kind: LatencyShape["of"]) =>
    shapes
      .filter((shape) => shape.of === kind)
      .sort((a, b) => b.latency.total - a.latency.total)
      .slice(0, most);
  return [...of("sched"), ...of("task"), ...of("region")];
}

export function latencyLabel({ of, name }: Pick<LatencyShape, "of" | "name">): string {
  return of === "sched" ? "scheduler: waiting to run" : `${of} ${name || "(unknown)"}`;
}

/** What the page's script draws of the shapes. @param prefix names the trace, if there are two */
export function latencyData(shapes: readonly LatencyShape[], prefix: string, longest: number): LatencyData[] {
  return shapes.map(({ bins, latency, ...row }) => ({
    label: prefix + shown(latencyLabel(row), longest),
    count: latency.count,
    bins: bins.map(({ from, count }) => [Number(from.toPrecision(5)), count] as const),
    p50: latency.p50,
    p90: latency.p90,
    p99: latency.p99,
  }));
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

/** The percentiles of the shapes. @param more number of shapes that are not shown */
export function latencyTableHtml(
  rows: readonly { readonly label: string; readonly shape: LatencyShape }[],
  more: number,
  limits: PageLimits,
): string {
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
