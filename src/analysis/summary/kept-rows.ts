import { TopList } from "../top-list.js";

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
