import { checkedNumber } from "../base/checked.js";
import { Heap } from "../base/heap.js";

interface Entry<T> {
  readonly key: number;
  readonly order: number;
  readonly row: T;
}

/** The rows with the greatest keys, as many as asked for; of equal ones, the first that came. */
export class TopList<T> {
  readonly #limit: number;
  /** The one to be dropped next comes first. */
  readonly #entries = new Heap<Entry<T>>((a, b) => (a.key === b.key ? a.order > b.order : a.key < b.key));
  #count = 0;

  /** @throws RangeError if the limit is no number from 0 on */
  constructor(limit: number) {
    this.#limit = checkedNumber("the number of rows", limit);
  }

  /** Whether a row with this key would be kept: so that it need not be made otherwise. */
  admits(key: number): boolean {
    const { entries, first } = this.#entries;
    return entries.length < this.#limit || (first !== undefined && key > first.key);
  }

  add(key: number, row: T): void {
    if (!this.admits(key)) return;
    this.#entries.push({ key, order: this.#count++, row });
    if (this.#entries.entries.length > this.#limit) this.#entries.pop();
  }

  /** From the greatest key on. */
  rows(): T[] {
    const sorted = [...this.#entries.entries].sort((a, b) => b.key - a.key || a.order - b.order);
    return sorted.map(({ row }) => row);
  }
}
