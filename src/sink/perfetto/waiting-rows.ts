import { NONE } from "../../base/ids.js";
import type { Location, Threads } from "./threads.js";

/** What is about a goroutine: −1 for code that is no goroutine's. */
export interface OfGoroutine {
  readonly goroutine: number;
  /** Its slot; −1 as long as it is not known. */
  slot: number;
}

/** Gives the slot of a live goroutine, or −1. */
export type SlotOf = (goroutine: number) => number;

/** Takes a row and where its goroutine is in the file; undefined if it has no place there. */
export type RowVisitor<Row> = (row: Row, location: Location | undefined) => void;

/** Rows that wait at most: each is looked at again after every block. */
const MOST_WAITING = 4096;

/**
 * Rows that wait until their goroutines have their groups: one that runs when the trace begins gets its group when it
 * first tells a stack. Where too many wait, the goroutines of all of them are taken for ones that never tell one.
 */
export class WaitingRows<Row extends OfGoroutine> {
  readonly #threads: Threads;
  #rows: Row[] = [];

  constructor(threads: Threads) {
    this.#threads = threads;
  }

  add(row: Row): void {
    this.#rows.push(row);
  }

  /** Takes out those that need not wait any more, after `Threads` has taken a block. */
  take(slotOf: SlotOf, visit: RowVisitor<Row>): void {
    if (this.#rows.length === 0) return;
    this.#rows = this.#rows.filter((row) => {
      if (row.slot === NONE && row.goroutine !== NONE) row.slot = slotOf(row.goroutine);
      const location = this.#threads.locate(row.slot, row.goroutine);
      if (location === undefined && row.goroutine !== NONE) return true;
      visit(row, location);
      return false;
    });
    if (this.#rows.length <= MOST_WAITING) return;
    for (const { slot, goroutine } of this.#rows) this.#threads.giveUpName(slot, goroutine);
    this.takeAll(visit);
  }

  /** Takes out the rest, when `Threads` has given groups to all. */
  takeAll(visit: RowVisitor<Row>): void {
    for (const row of this.#rows) visit(row, this.#threads.locate(row.slot, row.goroutine));
    this.#rows = [];
  }
}
