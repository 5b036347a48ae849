import { grown } from "../base/columns.js";

/** Points kept of one counter. More would only slow the viewer down. */
const CAPACITY = 20_000;

/** The most points of a stretch of time: its lowest, highest and last value. */
const POINTS = 3;

/**
 * The values of a counter over time, at most {@link CAPACITY} of them. A counter with more keeps the lowest, highest
 * and last value of every stretch of time; stretches get longer as the trace does.
 */
export class CounterSeries {
  #times = new Float64Array(256);
  #values = new Float64Array(256);
  #length = 0;
  /** Length of a stretch in nanoseconds; 0 as long as all values are kept. */
  width = 0;
  /** The current stretch and its extremes. */
  #stretch = Number.NEGATIVE_INFINITY;
  #lowTime = Number.NaN;
  #low = Number.NaN;
  #highTime = Number.NaN;
  #high = Number.NaN;
  /** Its last value so far. */
  #endTime = Number.NaN;
  #end = Number.NaN;
  #lastTime = Number.NaN;
  #last = Number.NaN;
  /** To be added to all kept values. */
  #raised = 0;

  /** Points so far, with the most that the current stretch can add. */
  get points(): number {
    return this.#length + POINTS + 1;
  }

  /** Sets the value from `time` on. Times never decrease. */
  set(time: number, value: number): void {
    if (value === this.#last) return;
    this.#last = value;
    this.#lastTime = time;
    if (this.width === 0) this.#keep(time, value - this.#raised);
    else this.#merge(time, value - this.#raised);
  }

  /** Adds to all values so far: something was there from the start and is noticed only now. */
  raise(by: number): void {
    this.#raised += by;
    this.#last += by;
  }

  /** Calls `visit` for all points, in order of time: nanoseconds since the start of the trace, and the value. */
  forEach(visit: (time: number, value: number) => void): void {
    this.#closeStretch();
    if (this.#length > 0 && this.#times[this.#length - 1] !== this.#lastTime)
      this.#append(this.#lastTime, this.#last - this.#raised);
    const first = this.#length > 0 ? (this.#times[0] as number) : Number.POSITIVE_INFINITY;
    if (this.#raised !== 0 && first > 0) visit(0, this.#raised);
    for (let i = 0; i < this.#length; i++)
      visit(this.#times[i] as number, (this.#values[i] as number) + this.#raised);
  }

  #keep(time: number, value: number): void {
    this.#append(time, value);
    if (this.#length >= CAPACITY) this.#coarsen();
  }

  #merge(time: number, value: number): void {
    if (Math.floor(time / this.width) !== this.#stretch) {
      this.#closeStretch();
      if (this.#length > CAPACITY - POINTS) this.#coarsen();
    }
    const stretch = Math.floor(time / this.width);
    if (stretch !== this.#stretch) {
      this.#closeStretch();
      this.#stretch = stretch;
      this.#lowTime = this.#highTime = time;
      this.#low = this.#high = value;
    } else if (value < this.#low) {
      this.#low = value;
      this.#lowTime = time;
    } else if (value > this.#high) {
      this.#high = value;
      this.#highTime = time;
    }
    this.#endTime = time;
    this.#end = value;
  }

  /** Appends the extremes of the current stretch, and its last value, which holds until the next change. */
  #closeStretch(): void {
    if (this.#stretch === Number.NEGATIVE_INFINITY) return;
    const lowFirst = this.#lowTime <= this.#highTime;
    if (lowFirst) this.#append(this.#lowTime, this.#low);
    if (this.#highTime !== this.#lowTime) this.#append(this.#highTime, this.#high);
    if (!lowFirst) this.#append(this.#lowTime, this.#low);
    if (this.#endTime !== Math.max(this.#lowTime, this.#highTime)) this.#append(this.#endTime, this.#end);
    this.#stretch = Number.NEGATIVE_INFINITY;
  }

  /** Makes the stretches longer and merges the kept points. */
  #coarsen(): void {
    const times = this.#times.slice(0, this.#length);
    const values = this.#values.slice(0, this.#length);
    const end = times.at(-1) as number;
    this.width = Math.max(this.width * 2, Math.ceil(end / (CAPACITY / (2 * POINTS))), 1);
    this.#length = 0;
    times.forEach((time, i) => {
      this.#merge(time, values[i] as number);
    });
  }

  #append(time: number, value: number): void {
    if (this.#length === this.#times.length) {
      this.#times = grown(this.#times, this.#length + 1);
      this.#values = grown(this.#values, this.#length + 1);
    }
    this.#times[this.#length] = time;
    this.#values[this.#length] = value;
    this.#length++;
  }
}
