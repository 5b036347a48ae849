/** A utilization in steps. */
export interface Steps {
  /** By step: when it begins, in nanoseconds. */
  readonly time: Float64Array;
  readonly utilization: Float64Array;
  /** By step: the integral of the utilization up to it, in nanoseconds. */
  readonly sums: Float64Array;
  readonly length: number;
}

/** A cursor that moves forward in a utilization series. */
export class Integrator {
  /** The current step. */
  step: number;
  readonly #series: Steps;

  constructor(series: Steps, step: number) {
    this.#series = series;
    this.step = step;
  }

  /** The integral of the utilization up to a time, which never decreases between calls. */
  advance(time: number): number {
    const { time: times, utilization, sums } = this.#series;
    this.step = this.#find(time);
    const since = times[this.step] as number;
    const sum = sums[this.step] as number;
    return time === since ? sum : sum + (utilization[this.step] as number) * (time - since);
  }

  /** The beginning of the first step after a time. */
  next(time: number): number {
    const { time: times, length } = this.#series;
    for (let i = this.step; i < length; i++) if ((times[i] as number) > time) return times[i] as number;
    return Number.POSITIVE_INFINITY;
  }

  /**
   * The last step that begins at or before a time. A galloping search finds it, because it is usually near.
   */
  #find(time: number): number {
    const { time: times, length } = this.#series;
    let low = this.step;
    let leap = 1;
    while (low + leap < length && (times[low + leap] as number) <= time) {
      low += leap;
      leap *= 2;
    }
    let high = Math.min(low + leap, length);
    while (high - low > 1) {
      const mid = (low + high) >> 1;
      if ((times[mid] as number) <= time) low = mid;
      else high = mid;
    }
    return low;
  }
}
