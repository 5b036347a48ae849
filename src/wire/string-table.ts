import { decodeUtf8 } from "../base/utf8.js";
import type { StringTable } from "../event/tables.js";
import { IdMap } from "./id-map.js";

const NO_BYTES = new Uint8Array(0);

/** The strings of a generation. Bytes are decoded on first use. */
export class WireStrings implements StringTable {
  readonly ids = new IdMap();
  #bytes = new Uint8Array(4096);
  #used = 0;
  /** End of each string's bytes. A string starts at the end of the one before. */
  #ends = new Float64Array(256);
  #length = 1;
  #texts: (string | undefined)[] = [""];
  readonly #extra = new Map<string, number>();

  get length(): number {
    return this.#length;
  }

  text(index: number): string {
    const known = this.#texts[index];
    if (known !== undefined) return known;
    if (index < 0 || index >= this.#length) return "";
    const text = decodeUtf8(this.#bytes.subarray(this.#ends[index - 1], this.#ends[index]));
    this.#texts[index] = text;
    return text;
  }

  bytes(index: number): Uint8Array | undefined {
    const isStored = index > 0 && index < this.#length && this.#ends[index] !== this.#ends[index - 1];
    return isStored ? this.#bytes.subarray(this.#ends[index - 1], this.#ends[index]) : undefined;
  }

  /**
   * The index of a text from outside the table, such as the name of a task that began in an earlier
   * generation.
   */
  indexOf(text: string): number {
    if (text === "") return 0;
    let index = this.#extra.get(text);
    if (index === undefined) {
      index = this.#append(NO_BYTES, 0, 0);
      this.#texts[index] = text;
      this.#extra.set(text, index);
    }
    return index;
  }

  /**
   * Adds a string.
   * @param start where its bytes begin in `bytes`
   * @returns false if the id exists already; nothing is added then
   */
  add(id: number, bytes: Uint8Array, start: number, length: number): boolean {
    return this.ids.get(id) < 0 && this.ids.add(id, this.#append(bytes, start, length));
  }

  #append(bytes: Uint8Array, start: number, length: number): number {
    const end = this.#used + length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, end));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    // Most strings are short: making a view of them takes longer than copying them.
    const from = start - this.#used;
    for (let i = this.#used; i < end; i++) this.#bytes[i] = bytes[from + i] as number;
    this.#used = end;
    const index = this.#length++;
    if (index === this.#ends.length) {
      const larger = new Float64Array(index * 2);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#ends[index] = end;
    return index;
  }
}
