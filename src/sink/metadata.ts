/*
 * The facts of a file or span about its own conversion: the input, its format, when it began, which part of
 * it was converted, what is missing. The sinks write the same facts under their own keys;
 * {@link METADATA_KEYS} has all of them.
 */

import { formatDuration } from "../base/duration.js";
import type { TraceError } from "../base/errors.js";
import { counted } from "../base/grouped.js";
import type { ClockSnapshot } from "../event/generation.js";
import { isoTime, isWallClock, wallClockAt } from "../event/wall-clock.js";
import type { Trace } from "../order/trace.js";
import type { Omission, TraceSummary } from "./trace-sink.js";

/**
 * Keys of the facts: in Perfetto's table `metadata` after `go2perfetto.`, in `otherData` of JSON, and on the
 * root span of OTLP.
 */
export const METADATA_KEYS = {
  source: { perfetto: "source", json: "trace file" },
  format: { perfetto: "format", json: "trace format", span: "go.trace.format" },
  start: { perfetto: "start", json: "start" },
  part: { perfetto: "part", json: "part" },
  from: { perfetto: "from", json: "from" },
  to: { perfetto: "to", json: "to" },
  lost: { perfetto: "lost", json: "incomplete", span: "go.trace.lost" },
  omitted: { perfetto: "omitted", json: "left out" },
  notes: { perfetto: "note", json: "notes" },
} as const;

/** The facts that a file holds, in this order. A fact that is absent is not written. */
export type Metadata = Readonly<
  Partial<Record<keyof typeof METADATA_KEYS, string | number | readonly string[]>>
>;

/**
 * @param source the name of the input
 * @param wall wall clock at the start, in nanoseconds since 1970
 */
export function metadataOf(
  source: string,
  wall: bigint | undefined,
  { format, part, lost, notes = [] }: TraceSummary,
  omissions: readonly Omission[],
): Metadata {
  return {
    source,
    format,
    ...(wall !== undefined && { start: isoTime(wall) }),
    ...(part?.number !== undefined && { part: part.number }),
    ...(part && { from: formatDuration(part.from), to: formatDuration(part.to) }),
    ...(lost.length > 0 && { lost }),
    ...(omissions.length > 0 && { omitted: omissions.map(({ text }) => text) }),
    ...(notes.length > 0 && { notes }),
  };
}

/** Calls `visit` for each fact, with its keys. */
export function forEachFact(
  metadata: Metadata,
  visit: (
    keys: (typeof METADATA_KEYS)[keyof typeof METADATA_KEYS],
    value: string | number | readonly string[],
  ) => void,
): void {
  for (const [name, value] of Object.entries(metadata))
    visit(METADATA_KEYS[name as keyof typeof METADATA_KEYS], value);
}

/** What a conversion knows about its trace when all events are read. @param duration nanoseconds from the first to the last event */
export function summaryOf(trace: Trace, duration: number, error: TraceError | undefined): TraceSummary {
  const { part, diagnostics } = trace;
  const counts = [...diagnostics.losses(), ...diagnostics.inWords("repair")];
  return {
    format: formatName(trace),
    lost: error === undefined ? counts : [error.message, ...counts],
    notes: diagnostics.inWords("notice"),
    ...(part && { part: { ...part, to: part.from + duration } }),
  };
}

/** The name of a trace's format, as in its header: `go 1.26`. */
export function formatName({ format }: Trace): string {
  return `go 1.${format.minor}`;
}

/**
 * The wall clock at a time, in nanoseconds since 1970. It is undefined where the trace has no reading of it, and where damage makes it
 * negative: no format can hold that.
 * @param time absolute, on the trace clock
 */
export function wallAt(time: number, snapshot: ClockSnapshot | undefined): bigint | undefined {
  const wall = snapshot && wallClockAt(snapshot, time);
  return wall !== undefined && isWallClock(wall) ? wall : undefined;
}

/** The omission of slices shorter than `limit` nanoseconds. */
export function shortSlices(count: number, limit: number): Omission {
  const are = count === 1 ? "is" : "are";
  return {
    text: `${counted(count, "slice")} shorter than ${durationText(limit)} ${are} left out`,
    cause: "min-duration",
  };
}

/**
 * The omission of slices that exceed a viewer's limit, with the option that writes them.
 * @param from when it begins, in nanoseconds since the start of the trace
 */
export function leftOutForViewer(what: string, why: string, from?: number): Omission {
  const since = from === undefined ? "" : ` from ${(from / 1e9).toFixed(3)} s on`;
  const advice = "--detail full writes them, convert --split auto --detail full in parts that a viewer opens";
  return { text: `${what} are left out${since}, as ${why}: ${advice}`, cause: "viewer-limit" };
}

/** A duration in the largest unit that gives a whole number. */
function durationText(nanoseconds: number): string {
  const units = ["ns", "µs", "ms", "s"];
  let value = nanoseconds;
  let unit = 0;
  for (; unit < units.length - 1 && value % 1000 === 0; unit++) value /= 1000;
  return `${value} ${units[unit]}`;
}
