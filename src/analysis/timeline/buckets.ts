/** The most buckets of a series; it has at least half as many once the trace is longer than their number in nanoseconds. */
export const MOST_BUCKETS = 720;

/** A series over the buckets of a clock, which joins each two of them when time outgrows them. */
export interface Series {
  /** The buckets `2i` and `2i + 1` become bucket `i`, all of which were `width` wide. */
  join(width: number): void;
}

/** The width of the buckets of several series: their number is bounded, and their width doubles when they are full. */
export class BucketClock {
  /** Of a bucket, in nanoseconds. */
  width = 1;
  readonly #series: Series[] = [];

  /** Adds a series. */
  add(series: Series): void {
    this.#series.push(series);
  }

  /** Makes room for a time. @returns its bucket */
  bucketOf(time: number): number {
    while (time >= this.width * MOST_BUCKETS) {
      for (const series of this.#series) series.join(this.width);
      this.width *= 2;
    }
    return Math.floor(time / this.width);
  }
}

/** How much of each bucket intervals cover, in nanoseconds: the sum over all intervals. */
export class CoveredTime implements Series {
  readonly #clock: BucketClock;
  /** Of intervals that begin or end within the bucket. */
  readonly #partial = new Float64Array(MOST_BUCKETS);
  /** How many more intervals cover the whole bucket than the bucket before it, so a long interval takes no longer. */
  readonly #whole = new Float64Array(MOST_BUCKETS);

  constructor(clock: BucketClock) {
    this.#clock = clock;
    clock.add(this);
  }

  add(since: number, until: number): void {
    const last = this.#clock.bucketOf(until);
    const { width } = this.#clock;
    const first = Math.floor(since / width);
    const partial = this.#partial;
    if (first === last) {
      partial[first] = (partial[first] as number) + until - since;
      return;
    }
    partial[first] = (partial[first] as number) + (first + 1) * width - since;
    partial[last] = (partial[last] as number) + until - last * width;
    const whole = this.#whole;
    whole[first + 1] = (whole[first + 1] as number) + 1;
    whole[last] = (whole[last] as number) - 1;
  }

  join(width: number): void {
    const times = this.#times(width);
    this.#whole.fill(0);
    for (let i = 0; i < MOST_BUCKETS; i++)
      this.#partial[i] = 2 * i < MOST_BUCKETS ? (times[2 * i] as number) + (times[2 * i + 1] as number) : 0;
  }

  /** By bucket. @param length number of buckets */
  times(length: number): number[] {
    return [...this.#times(this.#clock.width).subarray(0, length)];
  }

  #times(width: number): Float64Array {
    let covering = 0;
    return this.#partial.map((time, i) => {
      covering += this.#whole[i] as number;
      return time + covering * width;
    });
  }
}

/** The highest value in each bucket. */
export class HighestValue implements Series {
  readonly #clock: BucketClock;
  readonly #highest = new Float64Array(MOST_BUCKETS).fill(Number.NaN);

  constructor(clock: BucketClock) {
    this.#clock = clock;
    clock.add(this);
  }

  add(time: number, value: number): void {
    const bucket = this.#clock.bucketOf(time);
    const highest = this.#highest[bucket] as number;
    if (!(highest >= value)) this.#highest[bucket] = value;
  }

  join(): void {
    const values = this.#highest.slice();
    this.#highest.fill(Number.NaN);
    for (let i = 0; 2 * i < MOST_BUCKETS; i++) {
      const [a, b] = [values[2 * i] as number, values[2 * i + 1] as number];
      this.#highest[i] = a >= b || Number.isNaN(b) ? a : b;
    }
  }

  /** By bucket; null without a value. @param length number of buckets */
  values(length: number): (number | null)[] {
    return Array.from(this.#highest.subarray(0, length), (value) => (Number.isNaN(value) ? null : value));
  }
}
