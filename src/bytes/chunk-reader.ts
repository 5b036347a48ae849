import { TraceError } from "../base/errors.js";

/** Random access to the input. */
export interface RandomAccess {
  readonly size: number;
  /** Fills `into` from an offset on. Returns the number of bytes read, which is smaller only at the end. */
  readAt(offset: number, into: Uint8Array): number;
}

/** The most bytes to peek at in an input with random access. */
const PEEKED = 64;
/** Bytes per read from an input with random access. */
const WINDOW = 1 << 12;

/**
 * Provides contiguous bytes from chunks of any size, or from an input with random access.
 *
 * Invariants: `buffer[position, end)` holds the bytes read and not yet consumed. `offset` is the input
 * position of `buffer[position]`. A chunk is referenced only until the next one is requested.
 */
export class ChunkReader {
  buffer: Uint8Array = new Uint8Array(0);
  position = 0;
  end = 0;
  offset = 0;
  /**
   * Why the input was cut, if it was. The bytes before that are still usable. Errors that are not about the
   * trace are thrown at once.
   */
  failure: TraceError | undefined;
  readonly #chunks: AsyncIterator<Uint8Array> | undefined;
  readonly #file: RandomAccess | undefined;
  #carry = new Uint8Array(0);
  /** Buffer for {@link peekAt}. */
  readonly #ahead = new Uint8Array(PEEKED);
  #ended = false;

  constructor(input: AsyncIterable<Uint8Array> | RandomAccess) {
    if ("readAt" in input) this.#file = input;
    else this.#chunks = input[Symbol.asyncIterator]();
  }

  /** Number of available bytes: read and not yet consumed. */
  get available(): number {
    return this.end - this.position;
  }

  /** The next byte, which must be available. */
  peek(): number {
    return this.buffer[this.position] as number;
  }

  /**
   * Tries to make `count` contiguous bytes available. Returns the number of available bytes, which is smaller
   * only at the end.
   */
  async need(count: number): Promise<number> {
    while (this.available < count && !this.#ended) {
      if (this.#file !== undefined) this.#readWindow(this.#file, count);
      else await this.#more(count);
    }
    return this.available;
  }

  /**
   * Up to `count` bytes at a distance after the next one, fewer only at the end. They are valid until the
   * next call.
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

  /**
   * Whether the input is known to have another `count` bytes. They can be skipped without being available.
   */
  reaches(count: number): boolean {
    return this.#file !== undefined && this.offset + count <= this.#file.size;
  }

  /** Consumes bytes. */
  skip(count: number): void {
    this.position = Math.min(this.position + count, this.end);
    this.offset += count;
  }

  /** Reads to the end and discards the bytes. Returns their number. */
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
    // The buffer may have grown for an earlier, larger request.
    this.buffer = this.#carry.subarray(0, Math.max(count, WINDOW));
    this.position = 0;
    this.end = file.readAt(this.offset, this.buffer);
    this.#ended = this.end < count;
  }

  async #more(count: number): Promise<void> {
    // The rest must be copied before the source reuses the chunk's memory.
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

  /** References the chunk itself without a copy. */
  #borrow(chunk: Uint8Array): void {
    // A plain Uint8Array: code that also sees Buffers is slower.
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

  /** Moves the available bytes to the front, of a larger buffer if needed. */
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
