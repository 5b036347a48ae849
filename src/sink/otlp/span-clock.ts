import type { HrTime } from "@opentelemetry/api";

const SECOND = 1e9;

/** A stretch of the trace in which the wall clock goes as the trace's clock. */
interface Stretch {
  /** Where it begins, in nanoseconds since the start of the trace. */
  readonly from: number;
  /** What the wall clock would have shown at the start of the trace. */
  readonly start: bigint;
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * Turns times of the trace into those of the wall clock, which may be set meanwhile. The rules are those of OpenTelemetry's SDK for Go: what
 * happens has the time that the wall clock shows, and a span ends its duration after its start.
 */
export class SpanClock {
  readonly #stretches: Stretch[] = [];

  get isUnset(): boolean {
    return this.#stretches.length === 0;
  }

  /**
   * @param from from when on, in nanoseconds since the start of the trace, later each time; what is before the first goes by it too
   * @param start what the wall clock would have shown when the trace began, in nanoseconds since 1970
   */
  set(from: number, start: bigint): void {
    if (this.#stretches.at(-1)?.start === start) return;
    const seconds = Number(start / BigInt(SECOND));
    this.#stretches.push({ from, start, seconds, nanoseconds: Number(start % BigInt(SECOND)) });
  }

  /**
   * @param time in nanoseconds since the start of the trace
   * @param since the wall clock is taken not to have been set since then
   */
  at(time: number, since = time): HrTime {
    const { seconds, nanoseconds } = this.#stretchAt(since);
    const sum = nanoseconds + time;
    const more = Math.floor(sum / SECOND);
    return [seconds + more, sum - more * SECOND];
  }

  /** The last one that has begun, by halves: a damaged trace may have one in each of its many generations. */
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
