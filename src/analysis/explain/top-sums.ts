/** Keys kept. */
const KEPT = 64;

/** Sums by key, of the first keys that come: enough to name the greatest. */
export class TopSums {
  readonly #sums = new Map<number, number>();

  add(key: number, value: number): void {
    const sum = this.#sums.get(key);
    if (sum !== undefined) this.#sums.set(key, sum + value);
    else if (this.#sums.size < KEPT) this.#sums.set(key, value);
  }

  /** The key with the greatest sum, and the sum; undefined without any. Of equal ones, the first. */
  greatest(): { readonly key: number; readonly sum: number } | undefined {
    let best: { key: number; sum: number } | undefined;
    for (const [key, sum] of this.#sums) if (best === undefined || sum > best.sum) best = { key, sum };
    return best;
  }
}
