import type { MergeOrder } from "./merge-order.js";

/** The ends of system calls, ordered by their real times. */
export class Exits {
  readonly #order: MergeOrder;
  /** Indices of the ends in that order. */
  readonly #sorted: Uint32Array;
  #next = 0;
  /** Key of the next end; infinite if there is none. */
  key = Number.NaN;

  constructor(order: MergeOrder) {
    this.#order = order;
    const { exitKeys } = order;
    this.#sorted = Uint32Array.from({ length: exitKeys.length }, (_, i) => i);
    // Ends with equal keys keep the order of the streams.
    this.#sorted.sort((a, b) => exitKeys.at(a) - exitKeys.at(b) || a - b);
    this.#setKey();
  }

  /**
   * Whether the next end comes before an event.
   * @param ordinal number of events before that event in stream order
   */
  isBefore(key: number, ordinal: number): boolean {
    if (this.key !== key) return this.key < key;
    if (key === Number.POSITIVE_INFINITY) return false;
    return this.#order.exitOrdinals.at(this.#sorted[this.#next] as number) < ordinal;
  }

  /** The next one's goroutine. */
  get goroutine(): number {
    return this.#order.exitGoroutines.at(this.#sorted[this.#next] as number);
  }

  /** The next one's time, in ticks. */
  get time(): number {
    return this.#order.exitTimes.at(this.#sorted[this.#next] as number);
  }

  advance(): void {
    this.#next++;
    this.#setKey();
  }

  #setKey(): void {
    const next = this.#sorted[this.#next];
    this.key = next === undefined ? Number.POSITIVE_INFINITY : this.#order.exitKeys.at(next);
  }
}
