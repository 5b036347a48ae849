/** Keys kept. */
const KEPT = 64;

/** Sums by key, of the first keys that come: enough to name the greatest. */
export class TopSums {
  /** The sum of all that was added, also of keys that are not kept. */
  total = 0;
  readonly #sums = new Map<number, number>();
  /** The key that came last, and what was added for it since: mostly the same key comes again. */
  #last = Number.NaN;
  #added = 0;

  add(key: number, value: number): void {
    this.total += value;
    if (key !== this.#last) this.#keep(key);
    this.#added += value;
  }

  /** The keys with the greatest sums, the greatest first; of equal ones, the first that came. */
  greatestOf(count: number): { readonly key: number; readonly sum: number }[] {
    this.#keep(Number.NaN);
    const rows = Array.from(this.#sums, ([key, sum]) => ({ key, sum }));
    return rows.sort((a, b) => b.sum - a.sum).slice(0, count);
  }

  /** Adds what came for the last key to its sum. @param next the key that comes now */
  #keep(next: number): void {
    const last = this.#last;
    const sum = this.#sums.get(last);
    if (sum !== undefined) this.#sums.set(last, sum + this.#added);
    else if (!Number.isNaN(last) && this.#sums.size < KEPT) this.#sums.set(last, this.#added);
    this.#last = next;
    this.#added = 0;
  }
}
