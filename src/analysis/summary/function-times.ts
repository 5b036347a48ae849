import { grown } from "../../base/columns.js";
import type { FunctionRow } from "./rows.js";
import { type Naming, TimesTable } from "./times-table.js";

/** Times of goroutines by start function. */
export class FunctionTimes {
  readonly #table = new TimesTable();
  #count = new Float64Array(64);
  /** Rows in the order of their first goroutines. A function's row is its number + 1; 0 is for "unknown". */
  readonly #rows: number[] = [];

  /** Number of goroutines. */
  get goroutines(): number {
    return this.#rows.reduce((sum, row) => sum + (this.#count[row] as number), 0);
  }

  /** A goroutine has ended. @param func number of its start function; −1: unknown */
  add(func: number, times: TimesTable, slot: number): void {
    const row = func + 1;
    this.#table.ensure(row);
    if (row >= this.#count.length) this.#count = grown(this.#count, row + 1);
    if (this.#count[row] === 0) this.#rows.push(row);
    this.#count[row] = (this.#count[row] as number) + 1;
    this.#table.accumulate(row, times, slot);
  }

  rows(name: Naming, reason: Naming, range: Naming): FunctionRow[] {
    return this.#rows.map((row) => ({
      function: name(row - 1),
      count: this.#count[row] as number,
      times: this.#table.read(row, reason, range),
    }));
  }
}
