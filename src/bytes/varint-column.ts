import { putVarint } from "./writer.js";

/** Most bytes of one varint. */
const ROOM = 10;
/** Numbers below take at most four bytes and are put without a branch. */
const SMALL = 2 ** 28;

/** Length of a small number's varint by its count of leading zero bits. */
const LENGTH = Uint8Array.from({ length: 33 }, (_, zeros) => Math.max(1, Math.ceil((32 - zeros) / 7)));
/** By that length: the bits that say "there is another byte". */
const MORE = Int32Array.of(0, 0, 0x80, 0x8080, 0x808080);

/**
 * Varints one behind the other, for a number of them that is known before.
 *
 * How long the next varint is cannot be predicted, and a processor that predicts it wrong loses more time than
 * encoding takes. So small numbers are encoded without a branch: four bytes are written, and as many count as the
 * number needs.
 */
export class VarintColumn {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #end = 0;

  /** @param capacity numbers that may be pushed before {@link take} */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity * ROOM + 4);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** @param value a whole number from 0 to 2^53 */
  push(value: number): void {
    if (value >= SMALL) {
      this.#end = putVarint(this.#bytes, this.#end, value);
      return;
    }
    const bits = value | 0;
    const length = LENGTH[Math.clz32(bits)] as number;
    const spread =
      (bits & 0x7f) | ((bits & 0x3f80) << 1) | ((bits & 0x1fc000) << 2) | ((bits & 0xfe00000) << 3);
    this.#view.setInt32(this.#end, spread | (MORE[length] as number), true);
    this.#end += length;
  }

  /** What has been pushed, valid until the next push; the column is empty then. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#end);
    this.#end = 0;
    return taken;
  }
}
