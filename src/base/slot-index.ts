import { grown } from "./columns.js";
import { IdIndex } from "./id-index.js";

/** Slots by id, for slots assigned elsewhere. Several times faster than a Map. */
export class SlotIndex {
  readonly #ids = new IdIndex();
  #slots = new Int32Array(256);

  /** The id's slot, or −1. */
  get(id: number): number {
    const place = this.#ids.get(id);
    return place < 0 ? -1 : (this.#slots[place] as number);
  }

  /** Assigns a slot to an id. */
  set(id: number, slot: number): void {
    const known = this.#ids.get(id);
    const place = known < 0 ? this.#ids.add(id) : known;
    if (place >= this.#slots.length) this.#slots = grown(this.#slots, place + 1);
    this.#slots[place] = slot;
  }

  delete(id: number): void {
    this.#ids.delete(id);
  }
}
