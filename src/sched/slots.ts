import { NONE } from "../base/ids.js";

/** The slots of live goroutines by id, for events that are about a goroutine without a change of its state. */
export class GoroutineSlots {
  readonly #slots = new Map<number, number>();

  begin(goroutine: number, slot: number): void {
    this.#slots.set(goroutine, slot);
  }

  end(goroutine: number): void {
    this.#slots.delete(goroutine);
  }

  /** The goroutine's slot, or −1. */
  of(goroutine: number): number {
    return this.#slots.get(goroutine) ?? NONE;
  }
}
