/** Log2 of the buckets of each power of two. */
const SUB_BITS = 5;
const SUBS = 1 << SUB_BITS;
/** Above this, bits are split in two steps, because bit operations are limited to 32 bits. */
const HIGH = 2 ** 26;

/** The distribution of durations, in nanoseconds; all 0 if there are none. */
export interface Distribution {
  readonly count: number;
  readonly total: number;
  readonly min: number;
  /** Percentiles, within {@link HISTOGRAM_ERROR} of the exact value. */
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Values from `from` up to 2^(1/4) times as much. */
export interface HistogramBin {
  readonly from: number;
  readonly count: number;
}

/** Bins of {@link Histogram.bins} for each power of two. */
const BINS = 4;

/** Largest relative error of a percentile. Counts, sums, minima and maxima are exact. */
export const HISTOGRAM_ERROR = 1 / (2 * SUBS);

/** The head of a histogram's numbers, before its buckets. */
const Head = { Count: 0, Total: 1, Min: 2, Max: 3 } as const;
const HEAD = 4;

/**
 * A log-linear histogram: a bucket is at most a 32nd of its value wide. Its memory grows with the powers of two that
 * the values span, not with their number. Equal values need no buckets: a trace may have a million kinds of things
 * that happen once.
 */
export class Histogram {
  /**
   * {@link Head}, then the counts of the buckets of each power of two, from {@link #lowest} on. All is in one
   * array, because adding to one of many histograms takes as long as reaching their memory does.
   */
  #numbers = new Float64Array(HEAD);
  /** The least power of two that has buckets, numbered from 0 for all values below {@link SUBS}. */
  #lowest = 0;

  constructor() {
    this.#numbers[Head.Min] = Number.POSITIVE_INFINITY;
  }

  get count(): number {
    return this.#numbers[Head.Count] as number;
  }

  get total(): number {
    return this.#numbers[Head.Total] as number;
  }

  /** Infinite without values. */
  get min(): number {
    return this.#numbers[Head.Min] as number;
  }

  get max(): number {
    return this.#numbers[Head.Max] as number;
  }

  /** Adds a value: an integer from 0 to 2⁵³ − 1. */
  add(value: number): void {
    if (this.#hasBuckets) this.#count(value, 1);
    else if (this.count > 0 && value !== this.min) {
      this.#count(this.min, this.count);
      this.#count(value, 1);
    }
    const numbers = this.#numbers;
    numbers[Head.Count] = (numbers[Head.Count] as number) + 1;
    numbers[Head.Total] = (numbers[Head.Total] as number) + value;
    if (value < (numbers[Head.Min] as number)) numbers[Head.Min] = value;
    if (value > (numbers[Head.Max] as number)) numbers[Head.Max] = value;
  }

  get #hasBuckets(): boolean {
    return this.#numbers.length > HEAD;
  }

  /** Adds to the bucket of a value. */
  #count(value: number, times: number): void {
    let page = 0;
    let sub = value;
    if (value >= HIGH) {
      page = 58 - SUB_BITS - Math.clz32(value / HIGH);
      sub = Math.floor(value / 2 ** (page - 1)) - SUBS;
    } else if (value >= SUBS) {
      page = 32 - SUB_BITS - Math.clz32(value);
      sub = (value >>> (page - 1)) - SUBS;
    }
    let at = HEAD + (page - this.#lowest) * SUBS + sub;
    if (page < this.#lowest || at >= this.#numbers.length) at = this.#reach(page) + sub;
    this.#numbers[at] = (this.#numbers[at] as number) + times;
  }

  /** Adds the values of another histogram. */
  merge(other: Histogram): void {
    const isUniform = !this.#hasBuckets && !other.#hasBuckets;
    if (!isUniform || (this.count > 0 && other.count > 0 && this.min !== other.min))
      for (const each of [this, other])
        if (!each.#hasBuckets && each.count > 0) this.#count(each.min, each.count);
    if (other.#hasBuckets) this.#mergeBuckets(other);
    const numbers = this.#numbers;
    numbers[Head.Count] = this.count + other.count;
    numbers[Head.Total] = this.total + other.total;
    numbers[Head.Min] = Math.min(this.min, other.min);
    numbers[Head.Max] = Math.max(this.max, other.max);
  }

  #mergeBuckets(other: Histogram): void {
    const from = other.#numbers;
    for (let page = other.#lowest; page < other.#end; page++) {
      const own = this.#reach(page);
      const start = HEAD + (page - other.#lowest) * SUBS;
      for (let sub = 0; sub < SUBS; sub++)
        this.#numbers[own + sub] = (this.#numbers[own + sub] as number) + (from[start + sub] as number);
    }
  }

  /**
   * The quantile of a share.
   * @param share from 0 to 1
   * @returns the middle of its bucket; 0 without values
   */
  quantile(share: number): number {
    if (this.count === 0) return 0;
    const bucket = this.#bucketOf(share);
    if (bucket < 0) return this.max;
    const value = middle(this.#lowest + Math.floor(bucket / SUBS), bucket % SUBS);
    return Math.min(Math.max(value, this.min), this.max);
  }

  /** The least and the greatest value that are in one bucket with the quantile of a share; 0 without values. */
  around(share: number): readonly [least: number, greatest: number] {
    if (this.count === 0) return [0, 0];
    const bucket = this.#bucketOf(share);
    if (bucket < 0) return [this.min, this.max];
    const page = this.#lowest + Math.floor(bucket / SUBS);
    const width = page === 0 ? 1 : 2 ** (page - 1);
    const least = page === 0 ? bucket % SUBS : (SUBS + (bucket % SUBS)) * width;
    return [Math.max(least, this.min), Math.min(least + width - 1, this.max)];
  }

  /** The bucket of the quantile of a share; −1 if all values are equal. */
  #bucketOf(share: number): number {
    // Products such as 0.999 × 1000 are inexact.
    const rank = Math.max(1, Math.ceil(this.count * share - 1e-9));
    let seen = 0;
    for (let at = HEAD; at < this.#numbers.length; at++) {
      seen += this.#numbers[at] as number;
      if (seen >= rank) return at - HEAD;
    }
    return -1;
  }

  /**
   * The shape of the distribution: counts of values in bins that are a quarter of a power of two wide. Values below 32,
   * which have exact counts, fall into the bin of their logarithm.
   */
  bins(): HistogramBin[] {
    const counts = new Map<number, number>();
    const count = (value: number, times: number) => {
      const bin = Math.floor(BINS * Math.log2(Math.max(1, value)) + 1e-9);
      counts.set(bin, (counts.get(bin) ?? 0) + times);
    };
    if (!this.#hasBuckets && this.count > 0) count(this.min, this.count);
    for (let at = HEAD; at < this.#numbers.length; at++) {
      const bucket = at - HEAD;
      const times = this.#numbers[at] as number;
      if (times > 0) count(middle(this.#lowest + Math.floor(bucket / SUBS), bucket % SUBS), times);
    }
    return [...counts]
      .sort(([a], [b]) => a - b)
      .map(([bin, times]) => ({ from: 2 ** (bin / BINS), count: times }));
  }

  distribution(): Distribution {
    return {
      count: this.count,
      total: this.total,
      min: this.count === 0 ? 0 : this.min,
      p50: this.quantile(0.5),
      p90: this.quantile(0.9),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      max: this.max,
    };
  }

  /** The power of two behind the last. */
  get #end(): number {
    return this.#lowest + (this.#numbers.length - HEAD) / SUBS;
  }

  /** Where a power of two has its buckets. Makes room for it. */
  #reach(page: number): number {
    const isEmpty = this.#numbers.length === HEAD;
    const lowest = isEmpty ? page : Math.min(page, this.#lowest);
    const end = isEmpty ? page + 1 : Math.max(page + 1, this.#end);
    if (isEmpty || lowest < this.#lowest || end > this.#end) {
      const numbers = new Float64Array(HEAD + (end - lowest) * SUBS);
      numbers.set(this.#numbers.subarray(0, HEAD));
      numbers.set(this.#numbers.subarray(HEAD), HEAD + (isEmpty ? 0 : this.#lowest - lowest) * SUBS);
      this.#numbers = numbers;
      this.#lowest = lowest;
    }
    return HEAD + (page - this.#lowest) * SUBS;
  }
}

/** The histogram of things with a name. */
export interface NamedHistogram {
  readonly name: string;
  readonly latency: Histogram;
}

function middle(page: number, sub: number): number {
  if (page === 0) return sub;
  const width = 2 ** (page - 1);
  return (SUBS + sub) * width + Math.floor((width - 1) / 2);
}
