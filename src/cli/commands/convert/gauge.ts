/** Something that grows from block to block and must not become too much. */
export class Gauge {
  readonly #most: number;
  #last: number;
  /** What a block has added at most. */
  #largest = 0;

  /** @param start how much there is already */
  constructor(most: number, start = 0) {
    this.#most = most;
    this.#last = start;
  }

  /** Whether another block could make it too much. */
  isFull(now: number): boolean {
    this.#largest = Math.max(this.#largest, now - this.#last);
    this.#last = now;
    return now + this.#largest > this.#most;
  }
}
