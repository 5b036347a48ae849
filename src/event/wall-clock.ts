/*
 * Which wall clock counts when. Since Go 1.25 each generation begins with a reading of the trace's clock and the wall clock. The two drift
 * apart a little, and someone may set the wall clock while the trace is recorded.
 *
 * 1. The first reading counts as long as the later ones agree with it to {@link TOLERANCE}: within that, times are as far from each other as
 *    the trace says, and spans stay within those around them.
 * 2. A reading that differs by more counts from its generation on. Durations are always those of the trace's clock.
 * 3. If it differs by more from the reading just before it, the wall clock jumped: that is worth a warning. Drift that has added up is not.
 */

import type { ClockSnapshot } from "./generation.js";

const MILLION = 1_000_000n;
const BILLION = 1_000_000_000n;
/** 100 ms: a clock that is corrected gradually moves by half a millisecond a second at most, a thread that is preempted between both readings takes less. */
const TOLERANCE = 100n * MILLION;
/** Beyond are no times that the formats written here can hold; only damage makes such a reading. */
const LATEST = 2n ** 63n;

/** Decides which reading of the wall clock counts, generation by generation. */
export class WallClock {
  #last: ClockSnapshot | undefined;
  #reading: ClockSnapshot | undefined;

  /** What counts for the generation that {@link take} was called for last. */
  get reading(): ClockSnapshot | undefined {
    return this.#reading;
  }

  /**
   * Takes the reading of the next generation, which a broken one may lack.
   * @param base absolute time of the start of the trace
   * @returns by how much the wall clock jumped since the reading before, in nanoseconds; 0 if it did not
   */
  take(reading: ClockSnapshot | undefined, base: number): bigint {
    const last = this.#last;
    if (reading === undefined) return 0n;
    if (last === undefined || this.#reading === undefined) {
      this.#last = this.#reading = reading;
      return 0n;
    }
    const start = wallClockAt(reading, base);
    if (start < 0n || start >= LATEST) return 0n;
    this.#last = reading;
    const jump = ahead(reading, last);
    const isJump = isBeyondTolerance(jump);
    if (isJump || isBeyondTolerance(ahead(reading, this.#reading))) this.#reading = reading;
    return isJump ? jump : 0n;
  }
}

/** By how much a reading is ahead of what an earlier one would make it. */
function ahead(reading: ClockSnapshot, earlier: ClockSnapshot): bigint {
  return reading.wall - wallClockAt(earlier, reading.trace);
}

function isBeyondTolerance(difference: bigint): boolean {
  return difference > TOLERANCE || difference < -TOLERANCE;
}

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
