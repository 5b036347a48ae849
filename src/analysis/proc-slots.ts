import { grown } from "../base/columns.js";
import { NONE } from "../base/ids.js";

/** An upper bound of the Ps of a program. */
const MOST = 1 << 16;

/** By P: the slot of a goroutine, such as that which ran last. Cheaper than an index of all goroutines by id. */
export class ProcSlots {
  /** By P. */
  #slots = new Int32Array(64).fill(NONE);
  /** For Ps beyond that, which only damaged traces have. */
  readonly #others = new Map<number, number>();

  set(proc: number, slot: number): void {
    if (proc >= this.#slots.length) this.#grow(proc);
    if (proc >= 0 && proc < this.#slots.length) this.#slots[proc] = slot;
    else this.#others.set(proc, slot);
  }

  /** The slot of a P's goroutine, or −1. */
  get(proc: number): number {
    if (proc >= 0 && proc < this.#slots.length) return this.#slots[proc] as number;
    return this.#others.get(proc) ?? NONE;
  }

  #grow(proc: number): void {
    if (proc >= MOST) return;
    const { length } = this.#slots;
    this.#slots = grown(this.#slots, proc + 1);
    this.#slots.fill(NONE, length);
  }
}
