/** The longest code that deflate allows, in bits. */
const MAX_BITS = 15;
/** Codes up to this length are looked up at once; longer ones are too rare for a larger table to pay. */
const FAST_BITS = 10;
const FAST_SIZE = 1 << FAST_BITS;
const FAST_MASK = FAST_SIZE - 1;

/** Entries of the table hold a symbol above its code's length. */
export const LENGTH_BITS = 4;
export const LENGTH_MASK = (1 << LENGTH_BITS) - 1;

/** A canonical Huffman code of deflate (RFC 1951, 3.2.2). */
export class HuffmanCode {
  /**
   * By the next ten bits: `symbol << LENGTH_BITS | length` of the code that they begin with, 0 if it is longer or there
   * is none. Read by the inflater's loop directly.
   */
  readonly fast = new Uint16Array(FAST_SIZE);
  /** Number of codes of each length. */
  readonly #counts = new Uint16Array(MAX_BITS + 1);
  /** Symbols by length, then by value. */
  readonly #symbols: Uint16Array;
  readonly #next = new Uint16Array(MAX_BITS + 1);

  /** @param most the most symbols that there can be */
  constructor(most: number) {
    this.#symbols = new Uint16Array(most);
  }

  /**
   * Takes another code.
   * @param lengths the length of each symbol's code in bits, 0 for those without one
   * @returns false if no code has these lengths, or some bits mean nothing; as in zlib, one code alone may be of one bit
   */
  assign(lengths: Uint8Array): boolean {
    const counts = this.#counts.fill(0);
    for (const length of lengths) counts[length] = (counts[length] as number) + 1;
    const used = lengths.length - (counts[0] as number);
    counts[0] = 0;
    if (!this.#isComplete() && !(used === 0 || (used === 1 && counts[1] === 1))) return false;
    this.#sort(lengths);
    this.#fill();
    return true;
  }

  /**
   * The entry for a code that {@link fast} does not have.
   * @param bits at least the next 15 bits, the first in the lowest place
   * @returns 0 if they begin with no code
   */
  slow(bits: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS; length++) {
      code |= bits & 1;
      bits >>>= 1;
      const count = this.#counts[length] as number;
      if (code - first < count)
        return ((this.#symbols[index + code - first] as number) << LENGTH_BITS) | length;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }

  /** Whether every sequence of bits is a code. */
  #isComplete(): boolean {
    let left = 1;
    for (let length = 1; length <= MAX_BITS; length++) {
      left = 2 * left - (this.#counts[length] as number);
      if (left < 0) return false;
    }
    return left === 0;
  }

  #sort(lengths: Uint8Array): void {
    const next = this.#next;
    for (let length = 1, at = 0; length <= MAX_BITS; length++) {
      next[length] = at;
      at += this.#counts[length] as number;
    }
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const length = lengths[symbol] as number;
      if (length === 0) continue;
      const at = next[length] as number;
      this.#symbols[at] = symbol;
      next[length] = at + 1;
    }
  }

  #fill(): void {
    const { fast } = this;
    fast.fill(0);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= FAST_BITS; length++) {
      for (let left = this.#counts[length] as number; left > 0; left--) {
        const entry = ((this.#symbols[index++] as number) << LENGTH_BITS) | length;
        for (let at = reversed(code++, length); at < FAST_SIZE; at += 1 << length) fast[at] = entry;
      }
      code <<= 1;
    }
  }

  /** The entry for the code with which bits (at least 15, the first in the lowest place) begin; 0 if with none. */
  entry(bits: number): number {
    return this.fast[bits & FAST_MASK] || this.slow(bits);
  }
}

/** Codes begin with their highest bit, the rest of deflate with the lowest. */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let i = 0; i < length; i++) {
    result = (result << 1) | (code & 1);
    code >>= 1;
  }
  return result;
}
