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

/** Which rows are kept: none, all in the order in which they come, or so many with the greatest keys. */
export type Keep = boolean | number;

/** Rows of goroutines, regions or tasks, as far as they are asked for. */
export class KeptRows<T> {
  readonly #all: T[] | undefined;
  readonly #top: TopList<T>;

  constructor(keep: Keep) {
    this.#all = keep === true ? [] : undefined;
    this.#top = new TopList(typeof keep === "number" ? keep : 0);
  }

  /** Whether a row with this key would be kept: so that it need not be made otherwise. */
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
