import { TraceError } from "../base/errors.js";

/** Random access to the bytes that are being read. */
export interface RandomAccess {
  readonly size: number;
  /** Fills `into` from an offset on; gives the number of bytes read, fewer only at the end. */
  readAt(offset: number, into: Uint8Array): number;
}

/** Bytes that can be peeked at in an input with random access. */
const PEEKED = 64;
/** Bytes read at a time from an input with random access. */
const WINDOW = 1 << 12;

/**
 * Gives contiguous bytes out of chunks of any size, or out of an input with random access.
 *
 * Invariants: `buffer[position, end)` are the bytes read and not yet consumed, `offset` is the place of
 * `buffer[position]` in the input; a chunk is only referred to until the next one is asked for.
 */
export class ChunkReader {
  buffer: Uint8Array = new Uint8Array(0);
  position = 0;
  end = 0;
  offset = 0;
  /**
   * Why the input ends where it does, if it is not its own end: what was read before that can be used first.
   * Errors that are not about the trace are thrown at once.
   */
  failure: TraceError | undefined;
  readonly #chunks: AsyncIterator<Uint8Array> | undefined;
  readonly #file: RandomAccess | undefined;
  #carry = new Uint8Array(0);
  /** For {@link peekAt}. */
  readonly #ahead = new Uint8Array(PEEKED);
  #ended = false;

  constructor(input: AsyncIterable<Uint8Array> | RandomAccess) {
    if ("readAt" in input) this.#file = input;
    else this.#chunks = input[Symbol.asyncIterator]();
  }

  /** Bytes at hand. */
  get available(): number {
    return this.end - this.position;
  }

  /** The next byte, which must be at hand. */
  peek(): number {
    return this.buffer[this.position] as number;
  }

  /** Tries to have `count` contiguous bytes at hand; gives how many there are, fewer only at the end. */
  async need(count: number): Promise<number> {
    while (this.available < count && !this.#ended) {
      if (this.#file !== undefined) this.#readWindow(this.#file, count);
      else await this.#more(count);
    }
    return this.available;
  }

  /**
   * Up to `count` bytes at a distance behind the next one, fewer only at the end. They are valid until the next call.
   */
  async peekAt(distance: number, count: number): Promise<Uint8Array> {
    if (this.#file !== undefined && this.available < distance + count) {
      const length = this.#file.readAt(this.offset + distance, this.#ahead);
      return this.#ahead.subarray(0, Math.min(length, count));
    }
    const available = await this.need(distance + count);
    return this.buffer.subarray(
      this.position + Math.min(distance, available),
      this.position + Math.min(distance + count, available),
    );
  }

  /** Whether the input is known to have another `count` bytes. They need not be at hand to be skipped. */
  reaches(count: number): boolean {
    return this.#file !== undefined && this.offset + count <= this.#file.size;
  }

  /** Consumes bytes. */
  skip(count: number): void {
    this.position = Math.min(this.position + count, this.end);
    this.offset += count;
  }

  /** Reads on to the end without keeping anything; gives the number of bytes passed over. */
  async drain(): Promise<number> {
    const start = this.offset;
    if (this.#file !== undefined) this.skip(Math.max(this.#file.size - start, 0));
    else while ((await this.need(1)) > 0) this.skip(this.available);
    return this.offset - start;
  }

  /** Stops reading before the end. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#chunks?.return?.();
  }

  #readWindow(file: RandomAccess, count: number): void {
    if (this.#carry.length < count) this.#carry = new Uint8Array(Math.max(count, WINDOW));
    // It may have been larger once, where more had to be at hand.
    this.buffer = this.#carry.subarray(0, Math.max(count, WINDOW));
    this.position = 0;
    this.end = file.readAt(this.offset, this.buffer);
    this.#ended = this.end < count;
  }

  async #more(count: number): Promise<void> {
    // The rest must be moved away before the source may reuse the chunk's memory.
    if (this.available > 0) this.#carryRest(count);
    const next = await this.#nextChunk();
    if (next === undefined || next.done) this.#ended = true;
    else if (this.available > 0) this.#append(next.value);
    else this.#borrow(next.value);
  }

  async #nextChunk(): Promise<IteratorResult<Uint8Array> | undefined> {
    try {
      return await this.#chunks?.next();
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.failure = error;
      return undefined;
    }
  }

  /** Refers to the chunk itself: nothing to copy. */
  #borrow(chunk: Uint8Array): void {
    // A plain Uint8Array: code that sees Buffers too is slower.
    this.buffer = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.position = 0;
    this.end = chunk.length;
  }

  #carryRest(count: number): void {
    if (this.buffer === this.#carry) return;
    const rest = this.buffer.subarray(this.position, this.end);
    if (this.#carry.length < rest.length) this.#carry = new Uint8Array(Math.max(rest.length, count) * 2);
    this.#carry.set(rest);
    this.buffer = this.#carry;
    this.position = 0;
    this.end = rest.length;
  }

  #append(chunk: Uint8Array): void {
    if (this.end + chunk.length > this.#carry.length) this.#makeRoom(chunk.length);
    this.#carry.set(chunk, this.end);
    this.end += chunk.length;
  }

  /** Moves the bytes at hand to the front, of a larger buffer if need be. */
  #makeRoom(length: number): void {
    const rest = this.available;
    const old = this.#carry;
    if (rest + length > old.length) this.#carry = new Uint8Array((rest + length) * 2);
    this.#carry.set(old.subarray(this.position, this.end));
    this.buffer = this.#carry;
    this.position = 0;
    this.end = rest;
  }
}
