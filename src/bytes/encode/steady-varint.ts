import { FOUR_MORE, putSmallVarint, SMALL_VARINT, spread } from "./small-varint.js";

/**
 * Writes varints of large numbers that usually share their upper bits with the previous one, as times do.
 * Those bits are encoded once.
 */
export class SteadyVarint {
  #high = -1;
  /** The encoded upper bits, and their number of bytes. */
  readonly #bytes = new DataView(new ArrayBuffer(8));
  #upper = 0;
  #length = 0;

  /** @param value up to 2^53; eight bytes of room are required. @returns the position after it */
  put(data: DataView, position: number, value: number): number {
    const high = Math.floor(value / SMALL_VARINT);
    const low = (value - high * SMALL_VARINT) | 0;
    if (high === 0) return putSmallVarint(data, position, low);
    if (high !== this.#high) this.#enter(high);
    data.setInt32(position, spread(low) | FOUR_MORE, true);
    data.setInt32(position + 4, this.#upper, true);
    return position + 4 + this.#length;
  }

  #enter(high: number): void {
    this.#high = high;
    this.#length = putSmallVarint(this.#bytes, 0, high);
    this.#upper = this.#bytes.getInt32(0, true);
  }
}
