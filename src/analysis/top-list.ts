/** The rows with the greatest keys, as many as asked for. */
export class TopList<T> {
  readonly #limit: number;
  /** From the greatest key on; of equal ones, the first that came. */
  readonly #rows: { readonly key: number; readonly row: T }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether a row with this key would be kept: so that it need not be made otherwise. */
  admits(key: number): boolean {
    if (this.#rows.length < this.#limit) return true;
    const last = this.#rows.at(-1);
    return last !== undefined && key > last.key;
  }

  add(key: number, row: T): void {
    if (!this.admits(key)) return;
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((this.#rows[mid]?.key ?? 0) >= key) low = mid + 1;
      else high = mid;
    }
    this.#rows.splice(low, 0, { key, row });
    if (this.#rows.length > this.#limit) this.#rows.pop();
  }

  rows(): T[] {
    return this.#rows.map(({ row }) => row);
  }
}
