import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import type { BatchStore, Slot } from "../../wire/v2/batch-store.js";
import { TIMED_ARGS } from "../../wire/v2/event-decoder.js";
import type { ThreadBatches, WireGeneration } from "../../wire/v2/generation.js";

/** Takes the place of the type of an event whose first bytes are malformed. */
export const MALFORMED = 0;

/**
 * The next event of every thread's stream, as a min-heap by time. Only an event's type and time are
 * decoded before its turn comes.
 *
 * Cursors are numbers; what is known of each is in the columns. The heap is arranged exactly as Go's
 * reader arranges its own, since that decides between events of the same time.
 */
export class Frontier {
  /** Cursors as a binary heap: `heap[0, size)`. */
  heap = new Int32Array(64);
  size = 0;

  // By cursor.
  /** Nanoseconds since the start of the trace, of the next event. */
  time = new Float64Array(64);
  type = new Uint8Array(64);
  /** Position of the next event's arguments in the buffer. */
  position = new Int32Array(64);
  /** End of the current batch in the buffer. */
  end = new Int32Array(64);
  /** Number of the thread's context in {@link ThreadContexts}. */
  context = new Int32Array(64);
  readonly buffers: Uint8Array[] = [];

  nsPerTick = Number.NaN;
  /** Absolute time of the start of the trace, in nanoseconds. */
  base = Number.NaN;

  readonly #store: BatchStore;
  readonly #reader = new ByteCursor(new Uint8Array(0), 0, 0);
  readonly #slots: Slot[] = [];
  #threads: readonly ThreadBatches[] = [];
  /** Number of the current batch of each cursor. */
  #batch = new Int32Array(64);
  /** Start of the current batch in the buffer. */
  #start = new Int32Array(64);

  constructor(store: BatchStore) {
    this.#store = store;
  }

  /** Puts the first event of every thread of a generation into the heap. */
  install(generation: WireGeneration, contextOf: (thread: number) => number): void {
    this.#threads = generation.threads;
    this.nsPerTick = generation.nsPerTick;
    this.size = 0;
    this.#reserve(generation.threads.length);
    generation.threads.forEach((thread, cursor) => {
      this.context[cursor] = contextOf(thread.thread);
      this.#batch[cursor] = -1;
      this.position[cursor] = 0;
      this.end[cursor] = 0;
      if (this.next(cursor, 0)) this.#insert(cursor);
    });
  }

  /**
   * Moves a cursor to the event at a position of its buffer, or into its next batch.
   * @returns false if the thread has no more events
   */
  next(cursor: number, position: number): boolean {
    while (position === (this.end[cursor] as number)) {
      if (!this.#load(cursor)) return false;
      position = this.#start[cursor] as number;
    }
    this.#peek(cursor, position);
    return true;
  }

  /** Moves the cursor at a place of the heap to the event at a position, and the heap with it. */
  advance(place: number, position: number): void {
    if (this.next(this.heap[place] as number, position)) this.update(place);
    else this.remove(place);
  }

  /** Restores the heap after the event of the cursor at a place has changed. */
  update(place: number): void {
    if (this.#siftUp(place) === place) this.siftDown(place);
  }

  /** Takes the cursor at a place out of the heap. */
  remove(place: number): void {
    const { heap } = this;
    for (let i = place; i > 0; ) {
      const parent = (i - 1) >> 1;
      this.#swap(parent, i);
      i = parent;
    }
    this.size--;
    this.#swap(0, this.size);
    heap[this.size] = -1;
    this.siftDown(0);
  }

  /** Sorts the heap by time, the earlier in the heap first among equals. A sorted heap is a heap. */
  sort(): void {
    const { heap, time } = this;
    for (let i = 1; i < this.size; i++) {
      const cursor = heap[i] as number;
      const at = time[cursor] as number;
      let j = i;
      while (j > 0 && (time[heap[j - 1] as number] as number) > at) {
        heap[j] = heap[j - 1] as number;
        j--;
      }
      heap[j] = cursor;
    }
  }

  siftDown(place: number): void {
    const { heap, time, size } = this;
    let i = place;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= size) return;
      let least = i;
      let at = time[heap[i] as number] as number;
      const leftTime = time[heap[left] as number] as number;
      if (leftTime < at) {
        at = leftTime;
        least = left;
      }
      if (left + 1 < size && (time[heap[left + 1] as number] as number) < at) least = left + 1;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  /** Place in the input of a position in a cursor's buffer. */
  offsetOf(cursor: number, position: number): number {
    const thread = this.#threads[cursor];
    const start = thread?.offsets[this.#batch[cursor] as number] ?? 0;
    return start + position - (this.#start[cursor] as number);
  }

  /** Bytes of events that have not been taken. */
  remainingBytes(): number {
    let bytes = 0;
    for (let place = 0; place < this.size; place++) {
      const cursor = this.heap[place] as number;
      bytes += (this.end[cursor] as number) - (this.position[cursor] as number);
      const lengths = this.#threads[cursor]?.lengths ?? [];
      for (let i = (this.#batch[cursor] as number) + 1; i < lengths.length; i++)
        bytes += lengths[i] as number;
    }
    return bytes;
  }

  /** Makes the cursor's next batch readable. False if there is none. */
  #load(cursor: number): boolean {
    const thread = this.#threads[cursor] as ThreadBatches;
    const batch = (this.#batch[cursor] as number) + 1;
    if (batch >= thread.references.length) return false;
    const slot = this.#slots[cursor] as Slot;
    const length = thread.lengths[batch] as number;
    this.#store.load(thread.references[batch] as number, length, slot);
    this.buffers[cursor] = slot.buffer;
    this.#batch[cursor] = batch;
    this.#start[cursor] = slot.start;
    this.end[cursor] = slot.start + length;
    this.time[cursor] = Math.trunc((thread.times[batch] as number) * this.nsPerTick) - this.base;
    return true;
  }

  /** Decodes the type and time of the event at a position. */
  #peek(cursor: number, position: number): void {
    const reader = this.#reader;
    reader.reset(this.buffers[cursor] as Uint8Array, position, this.end[cursor] as number);
    const type = reader.byte();
    this.type[cursor] = MALFORMED;
    this.position[cursor] = position;
    if ((TIMED_ARGS[type] as number) < 0) return;
    try {
      const delta = reader.uvarint();
      this.time[cursor] = (this.time[cursor] as number) + Math.trunc(delta * this.nsPerTick);
      this.type[cursor] = type;
      this.position[cursor] = reader.position;
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
    }
  }

  #insert(cursor: number): void {
    this.heap[this.size] = cursor;
    this.size++;
    this.#siftUp(this.size - 1);
  }

  #siftUp(place: number): number {
    const { heap, time } = this;
    let i = place;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((time[heap[parent] as number] as number) <= (time[heap[i] as number] as number)) break;
      this.#swap(parent, i);
      i = parent;
    }
    return i;
  }

  #swap(a: number, b: number): void {
    const { heap } = this;
    const cursor = heap[a] as number;
    heap[a] = heap[b] as number;
    heap[b] = cursor;
  }

  #reserve(cursors: number): void {
    while (this.#slots.length < cursors) {
      const slot = { buffer: new Uint8Array(0), start: 0 };
      this.#slots.push(slot);
      this.buffers.push(slot.buffer);
    }
    if (cursors <= this.heap.length) return;
    const size = cursors * 2;
    this.heap = new Int32Array(size);
    this.time = new Float64Array(size);
    this.type = new Uint8Array(size);
    this.position = new Int32Array(size);
    this.end = new Int32Array(size);
    this.context = new Int32Array(size);
    this.#batch = new Int32Array(size);
    this.#start = new Int32Array(size);
  }
}
