/*
 * Decides which reading of the wall clock applies. Since Go 1.25 each generation begins with a reading of the
 * trace clock and the wall clock. The two drift apart a little, and the wall clock may be set while the trace
 * is recorded.
 *
 * 1. The first reading applies as long as later ones agree with it within {@link TOLERANCE}. So the distances
 *    between times are those of the trace, and spans stay within their parents.
 * 2. A reading that differs by more applies from its generation on. Durations are always those of the trace
 *    clock.
 * 3. If it differs by more than that from the previous reading too, the wall clock jumped, which gives a
 *    warning. Accumulated drift gives none.
 */

import type { ClockSnapshot } from "./generation.js";

const MILLION = 1_000_000n;
const BILLION = 1_000_000_000n;
/**
 * 100 ms. A clock under gradual correction moves by at most half a millisecond per second, and a thread that
 * is preempted between the two readings takes less than that.
 */
const TOLERANCE = 100n * MILLION;
/** The formats written here cannot hold later times. Only damage makes such a reading. */
const LATEST = 2n ** 63n;

/** Chooses the reading of the wall clock for each generation. */
export class WallClock {
  #last: ClockSnapshot | undefined;
  #reading: ClockSnapshot | undefined;

  /** The reading for the generation of the last call of {@link take}. */
  get reading(): ClockSnapshot | undefined {
    return this.#reading;
  }

  /**
   * Takes the reading of the next generation; a broken one may have none.
   * @param base absolute time of the start of the trace
   * @returns nanoseconds by which the wall clock jumped since the previous reading; 0 if it did not
   */
  take(reading: ClockSnapshot | undefined, base: number): bigint {
    const last = this.#last;
    if (reading === undefined || !isWallClock(reading.wall)) return 0n;
    if (last === undefined || this.#reading === undefined) {
      this.#last = this.#reading = reading;
      return 0n;
    }
    if (!isWallClock(wallClockAt(reading, base))) return 0n;
    this.#last = reading;
    const jump = ahead(reading, last);
    const isJump = isBeyondTolerance(jump);
    if (isJump || isBeyondTolerance(ahead(reading, this.#reading))) this.#reading = reading;
    return isJump ? jump : 0n;
  }
}

/** How far a reading is ahead of the time extrapolated from an earlier one. */
function ahead(reading: ClockSnapshot, earlier: ClockSnapshot): bigint {
  return reading.wall - wallClockAt(earlier, reading.trace);
}

function isBeyondTolerance(difference: bigint): boolean {
  return difference > TOLERANCE || difference < -TOLERANCE;
}

/**
 * The wall clock at a time of the trace clock, extrapolated from a reading of both.
 * @param time absolute, in nanoseconds
 * @returns nanoseconds since 1970
 */
export function wallClockAt({ trace, wall }: ClockSnapshot, time: number): bigint {
  return wall - BigInt(Math.round(trace - time));
}

/** Whether the formats written here can hold a time. */
export function isWallClock(wall: bigint): boolean {
  return wall >= 0n && wall < LATEST;
}

/** A wall clock time as text, to the nanosecond. Beyond the year 275760 there are no dates. */
export function isoTime(wall: bigint): string {
  const date = new Date(Number(wall / MILLION));
  if (Number.isNaN(date.getTime())) return `${wall} ns since 1970`;
  const nanoseconds = String(wall % BILLION).padStart(9, "0");
  return date.toISOString().replace(/\.\d+Z$/, `.${nanoseconds}Z`);
}
