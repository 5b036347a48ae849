import { putVarint } from "../writer.js";
import { putSmallVarint, SMALL_VARINT } from "./small-varint.js";

/** The most bytes of a varint. */
const ROOM = 10;

/** Consecutive varints. The caller ensures the capacity. */
export class VarintColumn {
  #bytes: Uint8Array;
  #data: DataView;
  #end = 0;

  /** @param capacity numbers that may be pushed before {@link take} */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity * ROOM + 4);
    this.#data = new DataView(this.#bytes.buffer);
  }

  /** Increases the capacity and keeps the pushed numbers. */
  grow(capacity: number): void {
    const larger = new Uint8Array(capacity * ROOM + 4);
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
    this.#data = new DataView(larger.buffer);
  }

  /** @param value a whole number from 0 to 2^53 */
  push(value: number): void {
    this.#end =
      value < SMALL_VARINT
        ? putSmallVarint(this.#data, this.#end, value)
        : putVarint(this.#bytes, this.#end, value);
  }

  /** The pushed numbers, valid until the next push. Empties the column. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#end);
    this.#end = 0;
    return taken;
  }
}
