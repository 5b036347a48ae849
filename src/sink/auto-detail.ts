import { grouped } from "../base/grouped.js";

/** How much a viewer takes. */
export interface DetailLimit {
  /** Events, and goroutines that ever were. */
  readonly events: number;
  readonly goroutines: number;
}

/** What a viewer opens in a time that one likes to wait. */
export const VIEWER_LIMIT: DetailLimit = { events: 2_000_000, goroutines: 50_000 };
/** Bytes of a trace of about so many events. */
const LARGE = 11_000_000;

/** Why a trace is too much for a viewer as a whole, by the bytes of its file; undefined if it is not, or not known. */
export function tooLarge(bytes: number | undefined): string | undefined {
  return bytes !== undefined && bytes > LARGE ? `the trace has more than ${LARGE / 1e6} MB` : undefined;
}

/** Why what there is so far is too much for a viewer; undefined if it is not. */
export function tooMuch(limit: DetailLimit, events: number, goroutines: number): string | undefined {
  if (events > limit.events) return `there are more than ${grouped(limit.events)} events`;
  if (goroutines > limit.goroutines) return `there are more than ${grouped(limit.goroutines)} goroutines`;
  return undefined;
}
