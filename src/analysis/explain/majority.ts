import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";

/**
 * Which goroutine has most of a sum, by site, in constant memory: one leads, and what others add counts against it
 * (Boyer and Moore's vote). Its lead is at most its part of the sum.
 */
export class Majority {
  #goroutine = new Float64Array(64).fill(NONE);
  #func = new Int32Array(64);
  #lead = new Float64Array(64);

  /** @param goroutine −1 if nobody is known @param func number of its start function; −1 if unknown */
  add(site: number, goroutine: number, func: number, value: number): void {
    if (site >= this.#lead.length) this.#grow(site + 1);
    const lead = this.#lead[site] as number;
    if (this.#goroutine[site] === goroutine) this.#lead[site] = lead + value;
    else if (value <= lead) this.#lead[site] = lead - value;
    else {
      this.#goroutine[site] = goroutine;
      this.#func[site] = func;
      this.#lead[site] = value - lead;
    }
  }

  /** The goroutine that leads, −1 if nobody does; its start function, and its lead. */
  leaderOf(site: number): { readonly goroutine: number; readonly func: number; readonly lead: number } {
    if (site >= this.#lead.length) return { goroutine: NONE, func: NONE, lead: 0 };
    return {
      goroutine: this.#goroutine[site] as number,
      func: this.#func[site] as number,
      lead: this.#lead[site] as number,
    };
  }

  #grow(length: number): void {
    const used = this.#lead.length;
    this.#goroutine = grown(this.#goroutine, length).fill(NONE, used);
    this.#func = grown(this.#func, length);
    this.#lead = grown(this.#lead, length);
  }
}
