/**
 * Gives contiguous bytes out of chunks of any size.
 *
 * Invariants: `buffer[position, end)` are the bytes read and not yet consumed, `offset` is the place of
 * `buffer[position]` in the input; a chunk is only referred to until the next one is asked for.
 */
export class ChunkReader {
  buffer: Uint8Array = new Uint8Array(0);
  position = 0;
  end = 0;
  offset = 0;
  #chunks: AsyncIterator<Uint8Array>;
  #carry = new Uint8Array(0);
  #ended = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes at hand. */
  get available(): number {
    return this.end - this.position;
  }

  /** Tries to have `count` contiguous bytes at hand; gives how many there are, fewer only at the end. */
  async need(count: number): Promise<number> {
    while (this.available < count && !this.#ended) await this.#more(count);
    return this.available;
  }

  /** Consumes bytes that are at hand. */
  skip(count: number): void {
    this.position += count;
    this.offset += count;
  }

  /** Reads on to the end without keeping anything; gives the number of bytes passed over. */
  async drain(): Promise<number> {
    let total = this.available;
    this.skip(this.available);
    while (!this.#ended) {
      const next = await this.#chunks.next();
      if (next.done) this.#ended = true;
      else {
        total += next.value.length;
        this.offset += next.value.length;
      }
    }
    return total;
  }

  /** Stops reading before the end. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#chunks.return?.();
  }

  async #more(count: number): Promise<void> {
    // The rest must be moved away before the source may reuse the chunk's memory.
    if (this.available > 0) this.#carryRest(count);
    const next = await this.#chunks.next();
    if (next.done) this.#ended = true;
    else if (this.available > 0) this.#append(next.value);
    else this.#borrow(next.value);
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
