import type {
  InstancePath,
  PathDifference,
  PathPart,
  PathReport,
} from "../analysis/explain/path/path-report.js";
import { grouped } from "../base/grouped.js";
import { durationText, shareText, timeText } from "../base/rounded.js";
import { list, name, right, type Table, table } from "./table.js";
import { traceText } from "./trace-url.js";

/**
 * The tables of critical paths: the slowest instance, and what the slowest have that those in the middle have not.
 * @param traceUrl where a viewer shows traces of the program's own tracing: see `isTraceUrl`
 */
export function pathTables(
  { differences, latency, middle, of, slow, slowest }: PathReport,
  top: number,
  traceUrl?: string,
): Table[] {
  const which = of === "region" ? `region (goroutine ${slowest.id})` : `${of} (${slowest.id})`;
  const trace = slowest.traceId === undefined ? "" : `, trace ${traceText(slowest.traceId, traceUrl)}`;
  const at = `${timeText(slowest.time)} for ${durationText(slowest.duration)}${trace}`;
  const counts = `the slowest ${grouped(slow.count)} of ${grouped(latency.count)} (${durationText(slow.duration)} on average)`;
  const half = `the middle half (${durationText(middle.duration)})`;
  const tables = [
    { ...pathPartsTable(slowest, top), title: `Critical path of the slowest ${which}: at ${at}` },
    table(`What ${counts} have more than ${half}, on average`, differences, top, [
      right("more", ({ time }: PathDifference) => durationText(time)),
      right("slowest", (part) => durationText(part.slow)),
      right("middle", (part) => durationText(part.middle)),
      list("doing", ({ doing }) => doing),
      name("goroutines of", (part) => part.function),
      name("place", placeText),
    ]),
  ];
  return tables.filter(({ rows }) => rows.length > 0);
}

/** The parts of a critical path. */
export function pathPartsTable({ duration, parts }: InstancePath, top: number): Table {
  return table("Critical path", parts, top, [
    right("time", ({ time }: PathPart) => durationText(time)),
    right("share", ({ time }) => shareText(time, duration)),
    list("doing", ({ doing }) => doing),
    name("goroutines of", (part) => part.function),
    name("place", placeText),
  ]);
}

function placeText({ place }: PathPart): string {
  return place === undefined ? "-" : `${place.function}:${place.line}`;
}
