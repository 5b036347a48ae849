import type { Diagnostics } from "../base/diagnostics.js";

/** Keeps the event batches of one generation until they are merged. */
export interface BatchStore {
  /** Whether {@link put} needs no data, because {@link load} reads the input again. */
  readonly leavesData: boolean;
  /** Stores a batch's data. @param offset of the data in the input @returns a reference for {@link load} */
  put(data: Uint8Array, offset: number): number;
  /** Makes the bytes of a batch readable: `buffer[start, start + length)` of the slot. */
  load(reference: number, length: number, slot: Slot): void;
  /** Removes everything, for the next generation. */
  clear(): void;
}

/** The buffer of a thread's current batch. */
export interface Slot {
  buffer: Uint8Array;
  start: number;
}

/** Reading a varint at the end of a batch may look at bytes after it. These bytes must exist. */
const PADDING = 64;
const CHUNK = 1 << 20;
const FIRST_CHUNK = 1 << 14;

/** For streams: copies batches into large chunks that are reused for the next generation. */
export class MemoryBatchStore implements BatchStore {
  readonly leavesData = false;
  readonly #chunks: Uint8Array[] = [];
  #chunk = -1;
  #used = 0;
  /** Bytes of the current chunk. */
  #room = 0;

  put(data: Uint8Array): number {
    while (this.#chunk < 0 || this.#used + data.length > this.#room) this.#nextChunk(data.length);
    (this.#chunks[this.#chunk] as Uint8Array).set(data, this.#used);
    const reference = this.#chunk * CHUNK + this.#used;
    this.#used += data.length;
    return reference;
  }

  load(reference: number, _length: number, slot: Slot): void {
    slot.buffer = this.#chunks[Math.floor(reference / CHUNK)] as Uint8Array;
    slot.start = reference % CHUNK;
  }

  clear(): void {
    this.#chunk = -1;
    this.#used = 0;
    this.#room = 0;
  }

  /** Each new chunk is twice as large as the one before, because most traces are small. */
  #nextChunk(length: number): void {
    this.#chunk++;
    this.#used = 0;
    if (this.#chunk === this.#chunks.length) {
      const size = Math.max(length, Math.min(CHUNK, FIRST_CHUNK * 2 ** this.#chunk));
      this.#chunks.push(new Uint8Array(size + PADDING));
    }
    this.#room = (this.#chunks[this.#chunk] as Uint8Array).length - PADDING;
  }
}

/** For files: stores only where a batch is, and reads it when its turn comes. */
export class FileBatchStore implements BatchStore {
  readonly leavesData = true;
  readonly #readAt: (offset: number, into: Uint8Array) => number;
  readonly #diagnostics: Diagnostics;

  constructor(readAt: (offset: number, into: Uint8Array) => number, diagnostics: Diagnostics) {
    this.#readAt = readAt;
    this.#diagnostics = diagnostics;
  }

  put(_data: Uint8Array, offset: number): number {
    return offset;
  }

  load(reference: number, length: number, slot: Slot): void {
    if (slot.buffer.length < length + PADDING) slot.buffer = new Uint8Array(roundUp(length + PADDING));
    slot.start = 0;
    const read = this.#readAt(reference, slot.buffer.subarray(0, length));
    // The file was truncated while it was read. The rest must not be data of an earlier batch.
    if (read < length) {
      slot.buffer.fill(0, read, length);
      this.#diagnostics.add("vanished-bytes", length - read);
    }
  }

  clear(): void {}
}

/**
 * Few sizes, so that a thread's slot is rarely replaced. Small sizes, because many threads may do little.
 */
function roundUp(length: number): number {
  return length > 8192 ? Math.ceil(length / 8192) * 8192 : 2 ** Math.ceil(Math.log2(length));
}
