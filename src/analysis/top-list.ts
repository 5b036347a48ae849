import { checkedNumber } from "../base/checked.js";
import { Heap } from "../base/heap.js";

interface Entry<T> {
  readonly key: number;
  readonly order: number;
  readonly row: T;
}

/** The rows with the greatest keys, up to a limit; of equal keys, the first rows. */
export class TopList<T> {
  readonly #limit: number;
  /** The next row to drop comes first. */
  readonly #entries = new Heap<Entry<T>>((a, b) => (a.key === b.key ? a.order > b.order : a.key < b.key));
  #count = 0;

  /** @throws RangeError unless the limit is a number from 0 on */
  constructor(limit: number) {
    this.#limit = checkedNumber("the number of rows", limit);
  }

  /** Whether a row with this key would be kept. If not, the caller need not make it. */
  admits(key: number): boolean {
    const { entries, first } = this.#entries;
    return entries.length < this.#limit || (first !== undefined && key > first.key);
  }

  add(key: number, row: T): void {
    if (!this.admits(key)) return;
    this.#entries.push({ key, order: this.#count++, row });
    if (this.#entries.entries.length > this.#limit) this.#entries.pop();
  }

  /** The rows, the greatest key first. */
  rows(): T[] {
    const sorted = [...this.#entries.entries].sort((a, b) => b.key - a.key || a.order - b.order);
    return sorted.map(({ row }) => row);
  }
}

/** The rows to keep: none (`false`), all in order, or a number of those with the greatest keys. */
export type Keep = boolean | number;

/** The requested rows of goroutines, regions or tasks. */
export class KeptRows<T> {
  readonly #all: T[] | undefined;
  readonly #top: TopList<T>;

  constructor(keep: Keep) {
    this.#all = keep === true ? [] : undefined;
    this.#top = new TopList(typeof keep === "number" ? keep : 0);
  }

  /** Whether a row with this key would be kept. If not, the caller need not make it. */
  admits(key: number): boolean {
    return this.#all !== undefined || this.#top.admits(key);
  }

  add(key: number, row: T): void {
    if (this.#all !== undefined) this.#all.push(row);
    else this.#top.add(key, row);
  }

  rows(): readonly T[] {
    return this.#all ?? this.#top.rows();
  }
}
