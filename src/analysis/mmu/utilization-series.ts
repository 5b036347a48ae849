import { grown } from "../../base/columns.js";

/**
 * Mutator utilization over time, in steps. Its memory is bounded: of too many steps, those closer than
 * {@link resolution} are replaced by their mean.
 */
export class UtilizationSeries {
  /** Nanoseconds since the start of the trace. */
  time = new Float64Array(8);
  /** From 0 to 1. */
  utilization = new Float64Array(8);
  length = 0;
  /**
   * Steps within this many nanoseconds were averaged; 0: none. It bounds the error of the minimum over a window: half
   * of resolution / window.
   */
  resolution = 0;
  readonly #limit: number;

  /** @param limit number of steps kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Duration from the first step to the last. */
  get duration(): number {
    return this.length === 0 ? 0 : (this.time[this.length - 1] as number) - (this.time[0] as number);
  }

  /** Adds a step, unless it changes nothing. Of several at one time, the lowest counts. */
  add(time: number, utilization: number): void {
    const last = this.length - 1;
    if (last >= 0) {
      if (this.utilization[last] === utilization) return;
      if (this.time[last] === time) {
        if (utilization < (this.utilization[last] as number)) this.utilization[last] = utilization;
        return;
      }
    }
    if (this.length >= this.#limit) this.#coarsen();
    this.#push(time, utilization);
  }

  #push(time: number, utilization: number): void {
    const at = this.length++;
    if (at === this.time.length) {
      this.time = grown(this.time, at + 1);
      this.utilization = grown(this.utilization, at + 1);
    }
    this.time[at] = time;
    this.utilization[at] = utilization;
  }

  /** Averages close steps until half of the room is free. */
  #coarsen(): void {
    const goal = this.#limit / 2;
    this.resolution = Math.max(2 * this.resolution, Math.ceil((2 * this.duration) / this.#limit), 1);
    while (this.#merge() > goal) this.resolution *= 2;
  }

  /**
   * Reduces the steps in each stretch of {@link resolution} to the first, with the mean up to the last, and the last.
   * @returns the number of steps left
   */
  #merge(): number {
    const { time, utilization, length, resolution } = this;
    const start = time[0] as number;
    const stretch = (at: number) => Math.floor(((time[at] as number) - start) / resolution);
    let kept = 0;
    for (let first = 0; first < length; ) {
      let area = 0;
      let last = first;
      while (last + 1 < length && stretch(last + 1) === stretch(first)) {
        area += (utilization[last] as number) * ((time[last + 1] as number) - (time[last] as number));
        last++;
      }
      const [since, until, then] = [time[first] as number, time[last] as number, utilization[last] as number];
      if (last > first) {
        time[kept] = since;
        utilization[kept++] = area / (until - since);
      }
      time[kept] = until;
      utilization[kept++] = then;
      first = last + 1;
    }
    this.length = kept;
    return kept;
  }
}
