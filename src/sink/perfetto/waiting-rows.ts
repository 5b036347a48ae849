import { NONE } from "../../base/ids.js";
import type { Location, Threads } from "./threads.js";

/** A row of a goroutine; −1 for code outside of goroutines. */
export interface OfGoroutine {
  readonly goroutine: number;
  /** Its slot; −1 while unknown. */
  slot: number;
}

/** Gives the slot of a live goroutine, or −1. */
export type SlotOf = (goroutine: number) => number;

/** Takes a row and its goroutine's place in the file, if any. */
export type RowVisitor<Row> = (row: Row, location: Location | undefined) => void;

/** The most rows that wait, because each is checked after every block. */
const MOST_WAITING = 4096;

/**
 * Rows that wait until their goroutines have groups. A goroutine that runs when the trace begins gets its group with
 * its first stack. If too many rows wait, their goroutines get the group for no start function.
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

  /** Takes out the rows that are ready. Call it after `Threads` has taken a block. */
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

  /** Takes out the rest. Call it when `Threads` has given groups to all. */
  takeAll(visit: RowVisitor<Row>): void {
    for (const row of this.#rows) visit(row, this.#threads.locate(row.slot, row.goroutine));
    this.#rows = [];
  }
}
