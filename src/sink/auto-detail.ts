import { grouped } from "../base/grouped.js";

/** The size that a viewer can show. */
export interface DetailLimit {
  /** Events, and rows of goroutines. */
  readonly events: number;
  readonly goroutines: number;
}

/** Perfetto's UI shows about this much in full within about ten seconds, five of which an empty trace takes (v52, two cores). */
export const VIEWER_LIMIT: DetailLimit = { events: 1_100_000, goroutines: 50_000 };
/** Size in bytes of a trace with about that many events. */
const LARGE = 6_000_000;

/** Why a file of that size is too large for a viewer; undefined if it fits, or its size is unknown. */
export function tooLarge(bytes: number | undefined): string | undefined {
  return bytes !== undefined && bytes > LARGE ? `the trace has more than ${LARGE / 1e6} MB` : undefined;
}

/** Why the conversion so far is too large for a viewer; undefined if it fits. */
export function tooMuch(limit: DetailLimit, events: number, goroutines: number): string | undefined {
  if (events > limit.events) return `there are more than ${grouped(limit.events)} events`;
  if (goroutines > limit.goroutines) return `there are more than ${grouped(limit.goroutines)} goroutines`;
  return undefined;
}
