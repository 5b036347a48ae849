import {
  CODE_ORDER,
  DISTANCE_BASE,
  DISTANCE_EXTRA,
  END_OF_BLOCK,
  LENGTH_BASE,
  LENGTH_EXTRA,
} from "./deflate-tables.js";
import { HuffmanCode, LENGTH_BITS, LENGTH_MASK } from "./huffman.js";

/** How far back a repetition can reach. */
const HISTORY = 1 << 15;
/** Bytes decompressed at a time. */
const SPAN = 1 << 17;
const LONGEST_REPETITION = 258;
/** Bits that a load of four bytes has at least, from any bit on. */
const LOADED_BITS = 25;
const LONGEST_CODE = 15;
/** Of the codes in which a block's header writes the lengths of the others. */
const LONGEST_LENGTH_CODE = 7;
/** Symbols of the two alphabets; each has two more than mean something. */
const LITERALS = 288;
const DISTANCES = 32;

/** Why {@link Inflater.run} came back. */
export const Inflated = {
  /** It needs input behind what it has. */
  Starved: 0,
  /** There is no more room: {@link Inflater.take} makes some. */
  Full: 1,
  /** The data is at its end. */
  Done: 2,
} as const;
export type Inflated = (typeof Inflated)[keyof typeof Inflated];

/** The data is none that deflate writes. Everything before can be taken. */
export class DamagedDeflate extends Error {
  override readonly name = "DamagedDeflate";
}

/** What comes next. */
const Next = { Block: 0, Stored: 1, Symbol: 2, Nothing: 3 } as const;

/**
 * Decompresses deflate data (RFC 1951) as far as it goes: to the last whole symbol before the end of the input, and to
 * the symbol that is damaged. The platform's own decompression throws away what it has in hand when it finds
 * damage, which can be a whole small trace.
 *
 * Invariants: a symbol, or a block's header, is read whole or not at all; `output[start, end)` has not been taken.
 */
export class Inflater {
  /** Position of the first byte that is not used up, in the bytes that {@link run} was given last. */
  position = 0;
  readonly #output = new Uint8Array(HISTORY + SPAN);
  #start = 0;
  #end = 0;
  /** Where the data begins in the output: nothing before it can be repeated. */
  #floor = 0;
  #next: number = Next.Block;
  #isLast = false;
  /** Bytes left of a stored block. */
  #stored = 0;
  readonly #literals = new HuffmanCode(LITERALS);
  readonly #distances = new HuffmanCode(DISTANCES);
  readonly #lengthCode = new HuffmanCode(CODE_ORDER.length);
  readonly #lengths = new Uint8Array(LITERALS + DISTANCES);

  // The input of the current run.
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  /** Of the next bit; that of the first unused byte between two runs. */
  #bit = 0;
  /** One behind the last bit. */
  #bits = 0;

  /** Prepares for other data. */
  reset(): void {
    this.#floor = this.#end;
    this.#next = Next.Block;
    this.#isLast = false;
    this.#bit = 0;
  }

  /** What was decompressed since the last time, valid until the next run. */
  take(): Uint8Array {
    const taken = this.#output.subarray(this.#start, this.#end);
    this.#start = this.#end;
    return taken;
  }

  /**
   * Decompresses on. Bytes that are not used up must be given again, with more behind them.
   * @throws DamagedDeflate
   */
  run(bytes: Uint8Array, position: number, end: number): Inflated {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bit += position * 8;
    this.#bits = end * 8;
    this.#makeRoom();
    try {
      return this.#run();
    } finally {
      this.position = this.#bit >> 3;
      this.#bit &= 7;
    }
  }

  #run(): Inflated {
    for (;;) {
      if (this.#next === Next.Nothing) return this.#finish();
      const result =
        this.#next === Next.Block
          ? this.#block()
          : this.#next === Next.Stored
            ? this.#copyStored()
            : this.#symbols();
      if (result !== undefined) return result;
    }
  }

  /** The rest of the last byte means nothing. */
  #finish(): Inflated {
    this.#bit = (this.#bit + 7) & ~7;
    return Inflated.Done;
  }

  #makeRoom(): void {
    if (this.#end <= this.#output.length - LONGEST_REPETITION || this.#start < this.#end) return;
    const shift = this.#end - HISTORY;
    this.#output.copyWithin(0, shift, this.#end);
    this.#floor = Math.max(0, this.#floor - shift);
    this.#start = this.#end = HISTORY;
  }

  /** Reads a block's header. */
  #block(): Inflated | undefined {
    const start = this.#bit;
    const isLast = this.#take(1) === 1;
    const problem = this.#header(this.#take(2));
    if (this.#bit <= this.#bits && problem === undefined) {
      this.#isLast = isLast;
      return undefined;
    }
    const needed = this.#bit;
    this.#bit = start;
    this.#next = Next.Block;
    return starved(needed, this.#bits, problem ?? "");
  }

  /** Reads what a block of a kind begins with. @returns what is wrong with it */
  #header(kind: number): string | undefined {
    if (kind === 0) return this.#storedHeader();
    if (kind === 1) return this.#fixedCodes();
    if (kind === 2) return this.#dynamicCodes() ? undefined : "a block has no valid codes";
    return "a block of an unknown kind";
  }

  #storedHeader(): string | undefined {
    this.#bit = (this.#bit + 7) & ~7;
    const length = this.#take(16);
    const inverse = this.#take(16);
    this.#stored = length;
    this.#next = Next.Stored;
    return (length ^ inverse) === 0xffff ? undefined : "a stored block's length is wrong";
  }

  #fixedCodes(): undefined {
    const lengths = this.#lengths;
    lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, LITERALS);
    lengths.fill(5, LITERALS, LITERALS + DISTANCES);
    this.#assign(LITERALS, DISTANCES);
  }

  /** Reads a block's own codes. False if they are none, or the input is at its end. */
  #dynamicCodes(): boolean {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const count = this.#take(4) + 4;
    const ofLengths = new Uint8Array(CODE_ORDER.length);
    for (let i = 0; i < count; i++) ofLengths[CODE_ORDER[i] as number] = this.#take(3);
    if (literals > 286 || distances > 30 || !this.#lengthCode.assign(ofLengths)) return false;
    if (!this.#codeLengths(literals + distances)) return false;
    return this.#lengths[END_OF_BLOCK] !== 0 && this.#assign(literals, distances);
  }

  #assign(literals: number, distances: number): boolean {
    this.#next = Next.Symbol;
    return (
      this.#literals.assign(this.#lengths.subarray(0, literals)) &&
      this.#distances.assign(this.#lengths.subarray(literals, literals + distances))
    );
  }

  /** Reads the lengths of `count` codes. */
  #codeLengths(count: number): boolean {
    const lengths = this.#lengths;
    for (let i = 0; i < count; ) {
      const entry = this.#lengthCode.entry(this.#load(this.#bit));
      // Bits that begin with no code may do so only because the rest of them is missing.
      this.#bit += entry === 0 ? LONGEST_LENGTH_CODE : entry & LENGTH_MASK;
      if (entry === 0 || this.#bit > this.#bits) return false;
      const symbol = entry >> LENGTH_BITS;
      if (symbol < 16) lengths[i++] = symbol;
      else {
        if (symbol === 16 && i === 0) return false;
        const value = symbol === 16 ? (lengths[i - 1] as number) : 0;
        const times =
          symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
        if (i + times > count) return false;
        lengths.fill(value, i, i + times);
        i += times;
      }
    }
    return true;
  }

  #copyStored(): Inflated | undefined {
    const position = this.#bit >> 3;
    const room = this.#output.length - this.#end;
    const length = Math.min(this.#stored, (this.#bits >> 3) - position, room);
    this.#output.set(this.#bytes.subarray(position, position + length), this.#end);
    this.#end += length;
    this.#bit += length * 8;
    this.#stored -= length;
    if (this.#stored > 0) return length === room ? Inflated.Full : Inflated.Starved;
    this.#endBlock();
    return undefined;
  }

  #endBlock(): void {
    this.#next = this.#isLast ? Next.Nothing : Next.Block;
  }

  /**
   * Decompresses symbols until the block, the input or the room ends.
   *
   * One large function on purpose: it is where all the time goes.
   */
  #symbols(): Inflated | undefined {
    const output = this.#output;
    const bytes = this.#bytes;
    const view = this.#view;
    const bits = this.#bits;
    const floor = this.#floor;
    const literals = this.#literals;
    const distances = this.#distances;
    const literalTable = literals.fast;
    const distanceTable = distances.fast;
    const lastEnd = output.length - LONGEST_REPETITION;
    // A load may be of four bytes at once up to here.
    const lastLoad = Math.min(bits >> 3, bytes.length) - 4;
    let bit = this.#bit;
    let end = this.#end;
    try {
      for (;;) {
        if (end > lastEnd) return Inflated.Full;
        let loaded = bit >> 3 <= lastLoad ? view.getInt32(bit >> 3, true) >>> (bit & 7) : this.#load(bit);
        let entry = literalTable[loaded & 1023] as number;
        if (entry === 0) entry = literals.slow(loaded);
        let at = bit + (entry & LENGTH_MASK);
        if (entry === 0 || at > bits) return starved(at + LONGEST_CODE, bits, "a code that means nothing");
        const symbol = entry >> LENGTH_BITS;
        if (symbol < END_OF_BLOCK) {
          output[end++] = symbol;
          bit = at;
          continue;
        }
        if (symbol === END_OF_BLOCK) {
          bit = at;
          this.#endBlock();
          return undefined;
        }
        if (symbol > 285) throw new DamagedDeflate("a length that means nothing");
        const lengthExtra = LENGTH_EXTRA[symbol - 257] as number;
        const length =
          (LENGTH_BASE[symbol - 257] as number) +
          ((loaded >>> (entry & LENGTH_MASK)) & ((1 << lengthExtra) - 1));
        at += lengthExtra;

        loaded = at >> 3 <= lastLoad ? view.getInt32(at >> 3, true) >>> (at & 7) : this.#load(at);
        entry = distanceTable[loaded & 1023] as number;
        if (entry === 0) entry = distances.slow(loaded);
        if (entry === 0) return starved(at + LONGEST_CODE, bits, "a distance that means nothing");
        const kind = entry >> LENGTH_BITS;
        if (kind > 29) return starved(at + (entry & LENGTH_MASK), bits, "a distance that means nothing");
        at += entry & LENGTH_MASK;
        const extra = DISTANCE_EXTRA[kind] as number;
        loaded =
          (entry & LENGTH_MASK) + extra <= LOADED_BITS ? loaded >>> (entry & LENGTH_MASK) : this.#load(at);
        const distance = (DISTANCE_BASE[kind] as number) + (loaded & ((1 << extra) - 1));
        at += extra;
        if (at > bits) return Inflated.Starved;
        let from = end - distance;
        if (from < floor) throw new DamagedDeflate("a repetition of what is before the beginning");
        bit = at;
        for (const to = end + length; end < to; ) output[end++] = output[from++] as number;
      }
    } finally {
      this.#bit = bit;
      this.#end = end;
    }
  }

  /** The next bits as a number; it moves on, also behind the end of the input, where all are 0. */
  #take(count: number): number {
    const value = this.#load(this.#bit) & ((1 << count) - 1);
    this.#bit += count;
    return value;
  }

  /** At least 25 bits from a bit on; behind the end of the input they are 0. */
  #load(bit: number): number {
    const position = bit >> 3;
    const end = this.#bits >> 3;
    let loaded = 0;
    for (let i = 0; i < 4 && position + i < end; i++)
      loaded |= (this.#bytes[position + i] as number) << (8 * i);
    return loaded >>> (bit & 7);
  }
}

/** Bits that mean nothing mean so only if all of them are there. */
function starved(needed: number, bits: number, message: string): Inflated {
  if (needed > bits) return Inflated.Starved;
  throw new DamagedDeflate(message);
}
