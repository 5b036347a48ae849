import type { ClockSnapshot } from "./generation.js";

const MILLION = 1_000_000n;
const BILLION = 1_000_000_000n;

/**
 * What the wall clock showed at a time of the trace clock, reckoned from a reading of both.
 * @param time absolute, in nanoseconds
 * @returns nanoseconds since 1970
 */
export function wallClockAt({ trace, wall }: ClockSnapshot, time: number): bigint {
  return wall - BigInt(Math.round(trace - time));
}

/** A wall clock as people read it, to the nanosecond. Beyond the year 275760 there are no dates. */
export function isoTime(wall: bigint): string {
  const date = new Date(Number(wall / MILLION));
  if (Number.isNaN(date.getTime())) return `${wall} ns since 1970`;
  const nanoseconds = String(wall % BILLION).padStart(9, "0");
  return date.toISOString().replace(/\.\d+Z$/, `.${nanoseconds}Z`);
}
