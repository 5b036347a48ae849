import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import type { BatchStore, Slot } from "../../wire/batch-store.js";
import { decodeEvent, describeUntimed, RawEvent, TIMED_ARGS } from "../../wire/v2/event-decoder.js";
import type { ThreadBatches, WireGeneration } from "../../wire/v2/generation.js";

/** Replaces the type of an event whose type or time is malformed. */
export const MALFORMED = 0;

/** Initial capacity, in threads. */
const ROOM = 16;

/**
 * The latest time that an event can have, in nanoseconds since the start: 52 days. Only damage makes later
 * ones.
 *
 * The check costs the fast loop nothing: it covers only a batch's first event and events with a large time
 * delta. The small deltas of a batch (64 KiB, at least five bytes for a delta of nearly 2^28 ticks) add up to
 * less than 2^51 ns, so all times are exact. If a tick is too long for that, every event is checked and the
 * fast loop is skipped.
 */
export const LATEST = 2 ** 52;
/** In ticks. The fast loop takes only smaller deltas. */
const LARGE_DELTA = 2 ** 28;
/**
 * Moves per thread before the insertion sort of the heap gives up for another sort. Few are needed in most
 * cases.
 */
const MOVES = 32;
/** In nanoseconds: eight times the usual length. */
const LONG_TICK = 2 ** 9;

/** Columns of {@link Frontier.cursors}. */
export const Cursor = {
  /** Type byte of the next event. */
  Type: 0,
  /** Position of the event's arguments in the buffer. */
  Position: 1,
  /** End of the current batch in the buffer. */
  End: 2,
  /** Number of the thread's context in {@link ThreadContexts}. */
  Context: 3,
} as const;

/** Entries of {@link Frontier.cursors} per cursor, as a power of two. One array is faster than four. */
export const CURSOR_SHIFT = 2;

/**
 * The next event of every thread's stream, as a min-heap by time. An event's arguments are decoded only when
 * its turn comes.
 *
 * The heap is arranged exactly like that of Go's reader, because the arrangement decides between events of
 * the same time.
 */
export class Frontier {
  /** Cursors as a binary heap: `heap[0, size)`. */
  heap = new Int32Array(ROOM);
  /** Time of each cursor's next event in nanoseconds since the start of the trace, in heap order. */
  times = new Float64Array(ROOM);
  size = 0;

  /** The data of a cursor, at its number `<< CURSOR_SHIFT` plus {@link Cursor}. */
  cursors = new Int32Array(ROOM << CURSOR_SHIFT);
  /** The buffer of each cursor's current batch. */
  readonly buffers: Uint8Array[] = [];

  nsPerTick = Number.NaN;
  /** Whether only a few events need a check of their time: see {@link LATEST}. */
  hasShortTicks = true;
  /** Absolute time of the start of the trace, in nanoseconds. */
  base = Number.NaN;

  readonly #store: BatchStore;
  readonly #reader = new ByteCursor(new Uint8Array(0), 0, 0);
  readonly #slots: Slot[] = [];
  #threads: readonly ThreadBatches[] = [];
  /** Cursors that have a next event but are kept out of the heap, and the event's time. */
  readonly #aside: { readonly cursor: number; readonly time: number }[] = [];
  /** Number of the current batch of each cursor. */
  #batch = new Int32Array(ROOM);
  /** Start of the current batch in the buffer. */
  #start = new Int32Array(ROOM);
  /** Time to which the next event's delta is added. */
  #time = Number.NaN;

  constructor(store: BatchStore) {
    this.#store = store;
  }

  /** Puts the first event of every thread of a generation into the heap. */
  install(generation: WireGeneration, contextOf: (thread: number) => number): void {
    this.#threads = generation.threads;
    this.nsPerTick = generation.nsPerTick;
    this.hasShortTicks = generation.nsPerTick <= LONG_TICK;
    this.size = 0;
    this.#aside.length = 0;
    this.#reserve(generation.threads.length);
    generation.threads.forEach((thread, cursor) => {
      const at = cursor << CURSOR_SHIFT;
      this.#batch[cursor] = -1;
      this.cursors[at + Cursor.Position] = 0;
      this.cursors[at + Cursor.End] = 0;
      this.cursors[at + Cursor.Context] = contextOf(thread.thread);
      if (this.#next(cursor, 0)) this.#insert(cursor, this.#time);
    });
  }

  /** Moves the cursor at a heap place to the event at a position of its buffer, then restores the heap. */
  advance(place: number, position: number): void {
    this.#time = this.times[place] as number;
    if (this.#next(this.heap[place] as number, position)) {
      this.times[place] = this.#time;
      if (this.#siftUp(place) === place) this.#siftDown(place);
    } else this.#remove(place);
  }

  /** Sorts the heap by time. Equal events keep their heap order. A sorted heap is a heap. */
  sort(): void {
    const { heap, times } = this;
    let moves = MOVES * this.size;
    for (let i = 1; i < this.size; i++) {
      if (moves < 0) {
        this.#sortAll();
        return;
      }
      const cursor = heap[i] as number;
      const at = times[i] as number;
      let j = i;
      for (; j > 0 && (times[j - 1] as number) > at; j--) {
        heap[j] = heap[j - 1] as number;
        times[j] = times[j - 1] as number;
      }
      heap[j] = cursor;
      times[j] = at;
      moves -= i - j;
    }
  }

  /** Removes the cursor of the earliest event from the heap until {@link takeBack}. */
  setAside(): void {
    this.#aside.push({ cursor: this.heap[0] as number, time: this.times[0] as number });
    this.#remove(0);
  }

  /** Puts the removed cursors back into the heap. Returns their number. */
  takeBack(): number {
    const count = this.#aside.length;
    for (const { cursor, time } of this.#aside) this.#insert(cursor, time);
    this.#aside.length = 0;
    return count;
  }

  #sortAll(): void {
    const { heap, times, size } = this;
    const entries = Array.from({ length: size }, (_, i) => ({
      cursor: heap[i] as number,
      time: times[i] as number,
    }));
    entries.sort((a, b) => a.time - b.time);
    entries.forEach(({ cursor, time }, i) => {
      heap[i] = cursor;
      times[i] = time;
    });
  }

  /** A column of the cursor at a heap place. */
  at(place: number, column: number): number {
    return this.cursors[((this.heap[place] as number) << CURSOR_SHIFT) + column] as number;
  }

  /** The type byte of the event at a heap place, even if the event is malformed. */
  typeAt(place: number): number {
    const type = this.at(place, Cursor.Type);
    if (type !== MALFORMED) return type;
    const buffer = this.buffers[this.heap[place] as number] as Uint8Array;
    return buffer[this.at(place, Cursor.Position)] as number;
  }

  /** Offset in the input of the type byte of the event at a heap place. */
  offsetAt(place: number): number {
    const cursor = this.heap[place] as number;
    const offset = this.#threads[cursor]?.offsets[this.#batch[cursor] as number] ?? 0;
    return offset + this.startAt(place) - (this.#start[cursor] as number);
  }

  /** What is wrong with the malformed event at a heap place. */
  problemAt(place: number): string {
    const type = this.typeAt(place);
    if ((TIMED_ARGS[type] as number) < 0) return describeUntimed(type);
    const position = this.at(place, Cursor.Position);
    this.#reader.reset(
      this.buffers[this.heap[place] as number] as Uint8Array,
      position + 1,
      this.at(place, Cursor.End),
    );
    try {
      this.#reader.uvarint();
    } catch (error) {
      if (error instanceof MalformedBytes) return error.message;
      throw error;
    }
    return "its time is later than any trace can be";
  }

  /** Bytes of events not taken yet. */
  remainingBytes(): number {
    let bytes = 0;
    for (let place = 0; place < this.size; place++) {
      const cursor = this.heap[place] as number;
      bytes += this.at(place, Cursor.End) - this.at(place, Cursor.Position);
      const lengths = this.#threads[cursor]?.lengths ?? [];
      for (let i = (this.#batch[cursor] as number) + 1; i < lengths.length; i++)
        bytes += lengths[i] as number;
    }
    return bytes;
  }

  /**
   * Buffer position of the event at a heap place. The method decodes the batch again from its start: the
   * cursor stores the position of the arguments, which does not tell the length of the time delta before
   * them.
   */
  startAt(place: number): number {
    const position = this.at(place, Cursor.Position);
    if (this.at(place, Cursor.Type) === MALFORMED) return position;
    const bytes = this.buffers[this.heap[place] as number] as Uint8Array;
    const event = new RawEvent();
    let start = this.#start[this.heap[place] as number] as number;
    try {
      for (;;) {
        decodeEvent(bytes, start, this.at(place, Cursor.End), event);
        if (event.end >= position) return start;
        start = event.end;
      }
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      return start;
    }
  }

  /**
   * Moves a cursor to the event at a position, or into its next batch. Stores the event's time in `#time`.
   * @returns false if the thread has no more events
   */
  #next(cursor: number, position: number): boolean {
    const end = (cursor << CURSOR_SHIFT) + Cursor.End;
    let isFirst = false;
    while (position === (this.cursors[end] as number)) {
      if (!this.#load(cursor)) return false;
      position = this.#start[cursor] as number;
      isFirst = true;
    }
    this.#peek(cursor, position, isFirst);
    return true;
  }

  /** Makes the cursor's next batch readable. Returns false if there is none. */
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
    this.cursors[(cursor << CURSOR_SHIFT) + Cursor.End] = slot.start + length;
    this.#time = Math.trunc((thread.times[batch] as number) * this.nsPerTick) - this.base;
    return true;
  }

  /**
   * Decodes the type and time of the event at a position.
   * @param isFirst whether it is the batch's first event
   */
  #peek(cursor: number, position: number, isFirst: boolean): void {
    const { cursors } = this;
    const at = cursor << CURSOR_SHIFT;
    const reader = this.#reader;
    reader.reset(this.buffers[cursor] as Uint8Array, position, cursors[at + Cursor.End] as number);
    const type = reader.byte();
    cursors[at + Cursor.Type] = MALFORMED;
    cursors[at + Cursor.Position] = position;
    if ((TIMED_ARGS[type] as number) < 0) return;
    try {
      const delta = reader.uvarint();
      this.#time += Math.trunc(delta * this.nsPerTick);
      // A malformed event takes its turn by time, so that all earlier events are emitted first.
      if (this.#time > LATEST && (isFirst || delta >= LARGE_DELTA || !this.hasShortTicks)) return;
      cursors[at + Cursor.Type] = type;
      cursors[at + Cursor.Position] = reader.position;
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
    }
  }

  #insert(cursor: number, time: number): void {
    this.heap[this.size] = cursor;
    this.times[this.size] = time;
    this.size++;
    this.#siftUp(this.size - 1);
  }

  /** Removes the cursor at a place from the heap. */
  #remove(place: number): void {
    for (let i = place; i > 0; ) {
      const parent = (i - 1) >> 1;
      this.#swap(parent, i);
      i = parent;
    }
    this.size--;
    this.#swap(0, this.size);
    this.#siftDown(0);
  }

  #siftUp(place: number): number {
    let i = place;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if ((this.times[parent] as number) <= (this.times[i] as number)) break;
      this.#swap(parent, i);
      i = parent;
    }
    return i;
  }

  #siftDown(place: number): void {
    const { times, size } = this;
    let i = place;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= size) return;
      let least = i;
      if ((times[left] as number) < (times[i] as number)) least = left;
      if (left + 1 < size && (times[left + 1] as number) < (times[least] as number)) least = left + 1;
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(a: number, b: number): void {
    const { heap, times } = this;
    const cursor = heap[a] as number;
    heap[a] = heap[b] as number;
    heap[b] = cursor;
    const time = times[a] as number;
    times[a] = times[b] as number;
    times[b] = time;
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
    this.times = new Float64Array(size);
    this.cursors = new Int32Array(size << CURSOR_SHIFT);
    this.#batch = new Int32Array(size);
    this.#start = new Int32Array(size);
  }
}
