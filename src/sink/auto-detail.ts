import { grouped } from "../base/grouped.js";
import type { Format } from "./formats.js";

/** The size that a viewer can show. */
export interface DetailLimit {
  /** Events, and rows of goroutines. */
  readonly events: number;
  readonly goroutines: number;
}

/** Up to where a file is full by default. */
export interface AutoLimit extends DetailLimit {
  /** Size of a trace with about that many events. */
  readonly bytes: number;
}

/**
 * Perfetto's UI shows about this much in full within about ten seconds, five of which an empty file takes (v52, two cores).
 * Events take four times as long as JSON: a million are 545 MB.
 */
export const AUTO_LIMITS: Readonly<Record<Format, AutoLimit>> = {
  pftrace: { events: 1_100_000, goroutines: 50_000, bytes: 6_000_000 },
  json: { events: 250_000, goroutines: 20_000, bytes: 1_400_000 },
};

/** Why a file of that size is too large for a viewer; undefined if it fits, or its size is unknown. */
export function tooLarge(format: Format, bytes: number | undefined): string | undefined {
  const most = AUTO_LIMITS[format].bytes;
  return bytes !== undefined && bytes > most ? `the trace has more than ${most / 1e6} MB` : undefined;
}

/** Why the conversion so far is too large for a viewer; undefined if it fits. */
export function tooMuch(limit: DetailLimit, events: number, goroutines: number): string | undefined {
  if (events > limit.events) return `there are more than ${grouped(limit.events)} events`;
  if (goroutines > limit.goroutines) return `there are more than ${grouped(limit.goroutines)} goroutines`;
  return undefined;
}
