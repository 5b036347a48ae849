import type { ClockSnapshot } from "./generation.js";

/**
 * What the wall clock showed at a time of the trace clock, reckoned from a reading of both.
 * @param time absolute, in nanoseconds
 * @returns nanoseconds since 1970
 */
export function wallClockAt({ trace, wall }: ClockSnapshot, time: number): bigint {
  return wall - BigInt(Math.round(trace - time));
}
