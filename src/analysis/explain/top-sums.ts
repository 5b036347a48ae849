/** Keys kept. */
const KEPT = 64;

/** Sums by key, of the first keys that come: enough to name the greatest. */
export class TopSums {
  /** The sum of all that was added, also of keys that are not kept. */
  total = 0;
  readonly #sums = new Map<number, number>();

  add(key: number, value: number): void {
    this.total += value;
    const sum = this.#sums.get(key);
    if (sum !== undefined) this.#sums.set(key, sum + value);
    else if (this.#sums.size < KEPT) this.#sums.set(key, value);
  }

  /** The keys with the greatest sums, the greatest first. */
  greatestOf(count: number): { readonly key: number; readonly sum: number }[] {
    const rows = Array.from(this.#sums, ([key, sum]) => ({ key, sum }));
    return rows.sort((a, b) => b.sum - a.sum).slice(0, count);
  }

  /** The key with the greatest sum, and the sum; undefined without any. Of equal ones, the first. */
  greatest(): { readonly key: number; readonly sum: number } | undefined {
    let best: { key: number; sum: number } | undefined;
    for (const [key, sum] of this.#sums) if (best === undefined || sum > best.sum) best = { key, sum };
    return best;
  }
}
