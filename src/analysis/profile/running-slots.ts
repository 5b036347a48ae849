import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";

/** More Ps than any Go program can have. */
const MOST = 1 << 16;

/** Slots of the goroutines that Ps ran last: cheaper than the slots of all goroutines by id. */
export class RunningSlots {
  /** By P. */
  #slots = new Int32Array(64).fill(NONE);
  /** Where only a made-up trace has any. */
  readonly #others = new Map<number, number>();

  set(proc: number, slot: number): void {
    if (proc >= this.#slots.length) this.#grow(proc);
    if (proc >= 0 && proc < this.#slots.length) this.#slots[proc] = slot;
    else this.#others.set(proc, slot);
  }

  /** The slot of the goroutine that a P ran last, −1 if there is none. */
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
