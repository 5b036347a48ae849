import type { SpanType } from "./span-type.js";

const HIGH = 2 ** 32;
/** Take the place of a span's number, for the halves of a trace's id. */
const FIRST_HALF = 1 << 30;
const SECOND_HALF = 1 << 29;
/** Codes of the hexadecimal digits. */
const DIGITS = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));

/**
 * Ids of spans and traces, as hashes of the input and the span's subject. A capture gives the same ids each
 * time, so a backend that receives it twice stores it once. The hash need not be cryptographic, because ids
 * only have to differ.
 */
export class SpanIds {
  readonly #seeds: Uint32Array;
  #low = 0;
  #high = 0;

  /** @param digest identifies the input: at least 8 bytes that depend on all of its beginning */
  constructor(digest: Uint8Array) {
    const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
    this.#seeds = Uint32Array.of(view.getUint32(0), view.getUint32(4));
  }

  /**
   * The id of a span, 16 hexadecimal digits.
   * @param id of the goroutine, task or cycle
   * @param base absolute time of the start of the trace, in nanoseconds
   * @param start of the span, in nanoseconds since then
   * @param nth distinguishes spans with the same values
   */
  span(type: SpanType, id: number, base: number, start: number, nth = 0): string {
    this.#hash((nth << 4) | type, id, base, start);
    return hex(this.#low, this.#high);
  }

  /** The id of a trace, 32 hexadecimal digits. @param id id of the root's subject */
  trace(type: SpanType, id: number, base: number, start = 0): string {
    this.#hash(FIRST_HALF | type, id, base, start);
    const first = hex(this.#low, this.#high);
    this.#hash(SECOND_HALF | type, id, base, start);
    return first + hex(this.#low, this.#high);
  }

  /** Two lanes of 32 bits that mix after every word, and an avalanche at the end. */
  #hash(kind: number, id: number, base: number, start: number): void {
    // Their sum in two words: as one number it is not exact on a machine that has been up for 104 days.
    const low = (base % HIGH) + (start % HIGH);
    // Before Go 1.22 a trace begins at -1, its parts later.
    const high = Math.trunc(base / HIGH) + Math.trunc(start / HIGH) + Math.floor(low / HIGH);
    this.#low = this.#seeds[0] as number;
    this.#high = this.#seeds[1] as number;
    this.#mix(kind, id >>> 0);
    this.#mix(Math.floor(id / HIGH) >>> 0, low >>> 0);
    this.#mix(high >>> 0, kind);
    const first = avalanche((this.#low + this.#high) | 0);
    const second = avalanche((this.#high + first) | 0);
    this.#low = (first + second) | 0;
    // An all-zero id means none.
    this.#high = second === 0 && this.#low === 0 ? 1 : second;
  }

  #mix(first: number, second: number): void {
    const a = Math.imul(rotate(Math.imul(first, 0x239b961b), 15), 0xab0e9789);
    this.#low = (Math.imul((rotate(this.#low ^ a, 19) + this.#high) | 0, 5) + 0x561ccd1b) | 0;
    const b = Math.imul(rotate(Math.imul(second, 0xab0e9789), 16), 0x38b34ae5);
    this.#high = (Math.imul((rotate(this.#high ^ b, 17) + this.#low) | 0, 5) + 0x0bcaa747) | 0;
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function avalanche(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** One call makes a flat string; readers would have to flatten a concatenation. */
function hex(a: number, b: number): string {
  return String.fromCharCode(
    DIGITS[a >>> 28] as number,
    DIGITS[(a >>> 24) & 15] as number,
    DIGITS[(a >>> 20) & 15] as number,
    DIGITS[(a >>> 16) & 15] as number,
    DIGITS[(a >>> 12) & 15] as number,
    DIGITS[(a >>> 8) & 15] as number,
    DIGITS[(a >>> 4) & 15] as number,
    DIGITS[a & 15] as number,
    DIGITS[b >>> 28] as number,
    DIGITS[(b >>> 24) & 15] as number,
    DIGITS[(b >>> 20) & 15] as number,
    DIGITS[(b >>> 16) & 15] as number,
    DIGITS[(b >>> 12) & 15] as number,
    DIGITS[(b >>> 8) & 15] as number,
    DIGITS[(b >>> 4) & 15] as number,
    DIGITS[b & 15] as number,
  );
}
