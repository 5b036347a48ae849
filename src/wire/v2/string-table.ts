import { TraceError } from "../../base/errors.js";
import type { ByteCursor } from "../../bytes/byte-cursor.js";
import type { StringTable } from "../../event/tables.js";
import { IdMap } from "./id-map.js";
import { LIMITS, wireType } from "./spec.js";

const STRING = wireType("String");
const decoder = new TextDecoder();
const NO_BYTES = new Uint8Array(0);

/** The strings of a generation: bytes as they came, decoded when asked for. */
export class WireStrings implements StringTable {
  readonly ids = new IdMap();
  #bytes = new Uint8Array(4096);
  #used = 0;
  /** End of each string's bytes; its start is the end of the one before. */
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
    const text = decoder.decode(this.#bytes.subarray(this.#ends[index - 1], this.#ends[index]));
    this.#texts[index] = text;
    return text;
  }

  /** The index of a text that is not from the table itself, such as the name of a task begun earlier. */
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
   * Adds the strings of a batch.
   * @param data the batch's data behind its first byte
   * @throws TraceError `malformed-table`, MalformedBytes if it ends within a string
   */
  addBatch(data: ByteCursor): void {
    while (data.remaining > 0) {
      const type = data.byte();
      if (type !== STRING) throw new TraceError("malformed-table", `expected a string, found event ${type}`);
      const id = data.uvarint();
      const size = data.uvarint();
      if (size > LIMITS.string) {
        throw new TraceError(
          "malformed-table",
          `a string of ${size} bytes; the most there can be is ${LIMITS.string}`,
        );
      }
      const start = data.skip(size);
      if (this.ids.get(id) >= 0) throw new TraceError("malformed-table", `two strings with the id ${id}`);
      this.ids.add(id, this.#append(data.bytes, start, size));
    }
  }

  #append(bytes: Uint8Array, start: number, length: number): number {
    const end = this.#used + length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, end));
      larger.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = larger;
    }
    // Most are short: a view of them takes longer to make than they take to copy.
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
