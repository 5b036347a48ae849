import { Integrator, type Steps } from "./integrator.js";
import type { UtilizationSeries } from "./utilization-series.js";

/**
 * A utilization series in bands of equal duration. Each band has bounds for the windows that begin in it, so only the
 * bands that matter are examined step by step.
 */
export class BandedSeries implements Steps {
  readonly time: Float64Array;
  readonly utilization: Float64Array;
  readonly length: number;
  /** By step: the integral of the utilization up to it, in nanoseconds. */
  readonly sums: Float64Array;
  readonly #bandDuration: number;
  /** By band, and one after the last: its minimum, the integral up to it, and the step in which it begins. */
  readonly #least: Float64Array;
  readonly #sum: Float64Array;
  readonly #step: Int32Array;

  /** @param most bands that it is divided into at most */
  constructor({ time, utilization, length, duration }: UtilizationSeries, most: number) {
    this.time = time.subarray(0, length);
    this.utilization = utilization.subarray(0, length);
    this.length = length;
    this.sums = integrals(this.time, this.utilization);
    const bands = Math.min(most, length);
    this.#bandDuration = Math.max(1, Math.ceil(duration / bands));
    this.#least = new Float64Array(bands + 1);
    this.#sum = new Float64Array(bands + 1);
    this.#step = new Int32Array(bands + 1);
    this.#divide();
  }

  get duration(): number {
    return (this.time[this.length - 1] as number) - (this.time[0] as number);
  }

  /**
   * By band: a lower bound of the utilization of windows of a duration that begin in it. A window covers some bands
   * whole, which contribute their mean, and at most three in part, for which the minimum is assumed.
   */
  bounds(window: number): Float64Array {
    const band = this.#bandDuration;
    const fewest = Math.ceil(window / band);
    const most = Math.floor((window + 2 * (band - 1)) / band);
    const bounds = new Float64Array(Math.max(0, this.#least.length - most + 1));
    for (let i = 0; i < bounds.length; i++) {
      const left = this.#least[i] as number;
      const right = this.#least[i + fewest - 1] as number;
      const beyond = this.#least[i + most - 1] as number;
      const [worst, second] = twoLeast(left, right, beyond);
      let sum = fewest === 1 ? worst * window : worst * band + second * (window % band);
      if (fewest > 2) sum += (this.#sum[i + fewest - 1] as number) - (this.#sum[i + 1] as number);
      bounds[i] = sum / window;
    }
    return bounds;
  }

  /**
   * Visits windows that begin in a band. The utilization of a moving window is piecewise linear and bends only where an
   * edge meets a step, so its minimum is at one of these places. The last band may begin later than any whole window;
   * its one window then extends beyond the end, with the utilization of the last step, as in Go's viewer.
   * @param visit gets the time and utilization of a window; returns the utilization above which windows do not matter,
   *   or −1 to stop
   */
  windows(band: number, window: number, visit: (time: number, utilization: number) => number): void {
    const left = new Integrator(this, this.#step[band] as number);
    const right = new Integrator(this, this.#step[band] as number);
    let time = this.#start(band);
    const last = (this.time[this.length - 1] as number) - window;
    const end = Math.min(this.#start(band + 1), last);
    for (;;) {
      const utilization = (right.advance(time + window) - left.advance(time)) / window;
      const bound = visit(time, utilization);
      // If a band begins later than any whole window, the band before it has covered the last of these.
      if (bound < 0 || time >= end) return;
      // It falls by at most 1 in the duration of a window.
      const earliest = time + Math.trunc((utilization - bound) * window);
      const next = Math.min(left.next(time), right.next(time + window) - window);
      time = Math.min(Math.max(next, earliest), end);
    }
  }

  #start(band: number): number {
    return (this.time[0] as number) + band * this.#bandDuration;
  }

  #divide(): void {
    const { time, utilization, length } = this;
    const integrator = new Integrator(this, 0);
    for (let band = 0; band < this.#least.length; band++) {
      this.#sum[band] = integrator.advance(this.#start(band));
      this.#step[band] = integrator.step;
      const end = this.#start(band + 1);
      let least = 1;
      for (let i = integrator.step; i < length && (time[i] as number) < end; i++)
        least = Math.min(least, utilization[i] as number);
      this.#least[band] = least;
    }
  }
}

function integrals(time: Float64Array, utilization: Float64Array): Float64Array {
  const sums = new Float64Array(time.length);
  for (let i = 1; i < time.length; i++) {
    const duration = (time[i] as number) - (time[i - 1] as number);
    sums[i] = (sums[i - 1] as number) + (utilization[i - 1] as number) * duration;
  }
  return sums;
}

/** The minimum of three numbers, and of the other two. */
function twoLeast(a: number, b: number, c: number): readonly [number, number] {
  const least = Math.min(a, b, c);
  if (least === a) return [least, Math.min(b, c)];
  return [least, least === b ? Math.min(a, c) : Math.min(a, b)];
}
