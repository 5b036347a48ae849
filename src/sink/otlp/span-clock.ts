import type { HrTime } from "@opentelemetry/api";

const SECOND = 1e9;

/** A stretch of the trace in which the wall clock follows the trace's clock. */
interface Stretch {
  /** Its beginning, in nanoseconds since the start of the trace. */
  readonly from: number;
  /** The wall clock at the start of the trace, extrapolated. */
  readonly start: bigint;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * Converts times of the trace to wall-clock times; the clock may be set meanwhile. As in OpenTelemetry's SDK for Go, an
 * event has the time that the wall clock shows, and a span ends its duration after its start.
 */
export class SpanClock {
  readonly #stretches: Stretch[] = [];

  get isUnset(): boolean {
    return this.#stretches.length === 0;
  }

  /**
   * @param from its beginning, in nanoseconds since the start of the trace, which increases; times before the first use
   *   it too
   * @param start the wall clock at the start of the trace, extrapolated, in nanoseconds since 1970
   */
  set(from: number, start: bigint): void {
    if (this.#stretches.at(-1)?.start === start) return;
    const seconds = Number(start / BigInt(SECOND));
    this.#stretches.push({ from, start, seconds, nanoseconds: Number(start % BigInt(SECOND)) });
  }

  /**
   * @param time in nanoseconds since the start of the trace
   * @param since time from which on changes of the clock are ignored
   */
  at(time: number, since = time): HrTime {
    const { seconds, nanoseconds } = this.#stretchAt(since);
    const sum = nanoseconds + time;
    const more = Math.floor(sum / SECOND);
    return [seconds + more, sum - more * SECOND];
  }

  /** The stretch of a time, by binary search: a damaged trace may have one in each of many generations. */
  #stretchAt(time: number): Stretch {
    const stretches = this.#stretches;
    let low = 0;
    for (let high = stretches.length; high - low > 1; ) {
      const middle = (low + high) >>> 1;
      if ((stretches[middle] as Stretch).from <= time) low = middle;
      else high = middle;
    }
    return stretches[low] as Stretch;
  }
}
