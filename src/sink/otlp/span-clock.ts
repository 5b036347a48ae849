import type { HrTime } from "@opentelemetry/api";

const SECOND = 1e9;

/** Turns times of the trace into those of the wall clock. */
export class SpanClock {
  readonly #seconds: number;
  readonly #nanoseconds: number;

  /** @param start what the wall clock showed when the trace began, in nanoseconds since 1970 */
  constructor(start: bigint) {
    this.#seconds = Number(start / BigInt(SECOND));
    this.#nanoseconds = Number(start % BigInt(SECOND));
  }

  /** @param time in nanoseconds since the start of the trace */
  at(time: number): HrTime {
    const nanoseconds = this.#nanoseconds + time;
    const seconds = Math.floor(nanoseconds / SECOND);
    return [this.#seconds + seconds, nanoseconds - seconds * SECOND];
  }
}
