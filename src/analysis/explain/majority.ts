import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";

/**
 * What has most of a sum, such as a goroutine or a stack, by row, in constant memory: one leads, and what others add
 * counts against it (Boyer and Moore's vote). Its lead is at most its part of the sum.
 */
export class Majority {
  #key = new Float64Array(64).fill(NONE);
  #func = new Int32Array(64);
  #lead = new Float64Array(64);

  /** @param key −1 if it is unknown @param func number of the start function, of a goroutine */
  add(row: number, key: number, value: number, func = NONE): void {
    if (row >= this.#lead.length) this.#grow(row + 1);
    const lead = this.#lead[row] as number;
    if (this.#key[row] === key) this.#lead[row] = lead + value;
    else if (value <= lead) this.#lead[row] = lead - value;
    else {
      this.#key[row] = key;
      this.#func[row] = func;
      this.#lead[row] = value - lead;
    }
  }

  /** What leads, −1 if nothing does; the start function it came with, and its lead. */
  leaderOf(row: number): { readonly key: number; readonly func: number; readonly lead: number } {
    if (row >= this.#lead.length) return { key: NONE, func: NONE, lead: 0 };
    return {
      key: this.#key[row] as number,
      func: this.#func[row] as number,
      lead: this.#lead[row] as number,
    };
  }

  /** Forgets what was added to a row. */
  clear(row: number): void {
    if (row >= this.#lead.length) return;
    this.#key[row] = NONE;
    this.#lead[row] = 0;
  }

  #grow(length: number): void {
    const used = this.#lead.length;
    this.#key = grown(this.#key, length).fill(NONE, used);
    this.#func = grown(this.#func, length);
    this.#lead = grown(this.#lead, length);
  }
}
