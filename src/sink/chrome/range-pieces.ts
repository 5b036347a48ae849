import type { EncodedText } from "../../bytes/encoded-text.js";
import type { InnerSlices } from "./inner-slices.js";

interface OpenRange {
  /** When the current piece began; NaN while the goroutine does not run. */
  since: number;
  stack: number;
}

/** Mark assists and stop-the-world in pieces, one for each run of the goroutine within them, as in Go's viewer. */
export class RangePieces {
  readonly #inner: InnerSlices;
  /** By slot, then by what begins the event. */
  readonly #open = new Map<number, Map<EncodedText, OpenRange>>();

  constructor(inner: InnerSlices) {
    this.#inner = inner;
  }

  /** @param since when the piece begins; NaN if the goroutine does not run */
  begin(slot: number, head: EncodedText, since: number, stack: number): void {
    let ranges = this.#open.get(slot);
    if (ranges === undefined) {
      ranges = new Map();
      this.#open.set(slot, ranges);
    }
    ranges.set(head, { since, stack });
  }

  /** A range is reported as active. @param runSince when the run began; NaN as above */
  active(slot: number, head: EncodedText, runSince: number): void {
    if (!this.#open.get(slot)?.has(head)) this.begin(slot, head, runSince, 0);
  }

  end(slot: number, head: EncodedText, runSince: number, time: number): void {
    const ranges = this.#open.get(slot);
    const range = ranges?.get(head);
    if (ranges === undefined || range === undefined) return;
    // Slices of a row must nest: a range that began within this one and continues is cut here.
    let isLater = false;
    for (const [other, each] of ranges) {
      if (isLater) this.#piece(slot, other, each, runSince, time);
      if (other === head) isLater = true;
    }
    this.#piece(slot, head, range, runSince, time);
    ranges.delete(head);
    if (ranges.size === 0) this.#open.delete(slot);
  }

  /** The goroutine starts to run. */
  start(slot: number, time: number): void {
    if (this.#open.size === 0) return;
    for (const range of this.#open.get(slot)?.values() ?? []) {
      range.since = time;
      range.stack = 0;
    }
  }

  /** A system call ends that began at `since`. Ranges that began within it begin a piece behind it. */
  syscallEnd(slot: number, since: number, time: number): void {
    if (this.#open.size === 0) return;
    for (const range of this.#open.get(slot)?.values() ?? []) if (!(range.since < since)) range.since = time;
  }

  /** It stops, and its run has been written. */
  stop(slot: number, runSince: number, time: number): void {
    if (this.#open.size > 0) {
      for (const [head, range] of this.#open.get(slot) ?? []) {
        this.#piece(slot, head, range, runSince, time);
        range.since = Number.NaN;
      }
    }
    this.#inner.flush(slot);
  }

  /** Ends the current piece, if there is one; the next begins at once. */
  #piece(slot: number, head: EncodedText, range: OpenRange, runSince: number, time: number): void {
    if (Number.isNaN(range.since)) return;
    this.#inner.add(slot, runSince, head, range.since, time, range.stack);
    range.since = time;
    range.stack = 0;
  }

  /** It ends. */
  forget(slot: number): void {
    if (this.#open.size > 0) this.#open.delete(slot);
  }
}
