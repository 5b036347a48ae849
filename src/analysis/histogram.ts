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

/** Largest relative error of a percentile. Counts, sums, minima and maxima are exact. */
export const HISTOGRAM_ERROR = 1 / (2 * SUBS);

/**
 * A log-linear histogram: a bucket is at most a 32nd of its value wide. Its memory grows with the powers of two that
 * the values span, not with their number.
 */
export class Histogram {
  count = 0;
  total = 0;
  min = Number.POSITIVE_INFINITY;
  max = 0;
  /** By power of two: counts of its buckets. The first holds the values below {@link SUBS}. */
  readonly #pages: (Float64Array | undefined)[] = [];

  /** Adds a value: an integer from 0 to 2⁵³ − 1. */
  add(value: number): void {
    this.count++;
    this.total += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    let page = 0;
    let sub = value;
    if (value >= HIGH) {
      page = 58 - SUB_BITS - Math.clz32(value / HIGH);
      sub = Math.floor(value / 2 ** (page - 1)) - SUBS;
    } else if (value >= SUBS) {
      page = 32 - SUB_BITS - Math.clz32(value);
      sub = (value >>> (page - 1)) - SUBS;
    }
    const counts = this.#pages[page] ?? this.#page(page);
    counts[sub] = (counts[sub] as number) + 1;
  }

  /** Adds the values of another histogram. */
  merge(other: Histogram): void {
    this.count += other.count;
    this.total += other.total;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    other.#pages.forEach((counts, page) => {
      const own = this.#page(page);
      counts?.forEach((count, sub) => {
        own[sub] = (own[sub] as number) + count;
      });
    });
  }

  /**
   * The quantile of a share.
   * @param share from 0 to 1
   * @returns the middle of its bucket; 0 without values
   */
  quantile(share: number): number {
    if (this.count === 0) return 0;
    // Products such as 0.999 × 1000 are inexact.
    const rank = Math.max(1, Math.ceil(this.count * share - 1e-9));
    let seen = 0;
    for (const [page, counts] of this.#pages.entries()) {
      for (let sub = 0; counts !== undefined && sub < SUBS; sub++) {
        seen += counts[sub] as number;
        if (seen >= rank) return Math.min(Math.max(middle(page, sub), this.min), this.max);
      }
    }
    return this.max;
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

  #page(page: number): Float64Array {
    let counts = this.#pages[page];
    if (counts === undefined) {
      counts = new Float64Array(SUBS);
      this.#pages[page] = counts;
    }
    return counts;
  }
}

function middle(page: number, sub: number): number {
  if (page === 0) return sub;
  const width = 2 ** (page - 1);
  return (SUBS + sub) * width + Math.floor((width - 1) / 2);
}
