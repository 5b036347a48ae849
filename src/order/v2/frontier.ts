import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import type { BatchStore, Slot } from "../../wire/batch-store.js";
import { decodeEvent, describeUntimed, RawEvent, TIMED_ARGS } from "../../wire/v2/event-decoder.js";
import type { ThreadBatches, WireGeneration } from "../../wire/v2/generation.js";

/** Takes the place of the type of an event whose type or time is malformed. */
export const MALFORMED = 0;

/** Threads for which there is room at first. */
const ROOM = 16;

/**
 * The latest time that an event can have, in nanoseconds since the start: 52 days. Only damage makes later ones.
 *
 * To cost the fast loop nothing it is checked for a batch's first event and for those with a large time delta. The
 * small ones of a batch (64 KiB, five bytes at least for one of nearly 2^28 ticks) add up to less than 2^51 ns, so that
 * all times are exact. Where a tick is so long that they could not be, every event is checked, and the fast loop is
 * left out.
 */
export const LATEST = 2 ** 52;
/** In ticks: the fast loop takes only what is less. */
const LARGE_DELTA = 2 ** 28;
/** Moves for each thread that sorting the heap takes at most before it is done in another way; mostly there are few. */
const MOVES = 32;
/** In nanoseconds: eight times what is usual. */
const LONG_TICK = 2 ** 9;

/** Columns of {@link Frontier.cursors}. */
export const Cursor = {
  /** Type byte of the next event. */
  Type: 0,
  /** Position of its arguments in the buffer. */
  Position: 1,
  /** End of the current batch in the buffer. */
  End: 2,
  /** Number of the thread's context in {@link ThreadContexts}. */
  Context: 3,
} as const;

/** Numbers of {@link Frontier.cursors} for each cursor, as a power of two: one array is faster than four. */
export const CURSOR_SHIFT = 2;

/**
 * The next event of every thread's stream, as a min-heap by time. Only an event's type and time are
 * decoded before its turn comes.
 *
 * The heap is arranged exactly as Go's reader arranges its own, since that decides between events of the
 * same time.
 */
export class Frontier {
  /** Cursors as a binary heap: `heap[0, size)`. */
  heap = new Int32Array(ROOM);
  /** Nanoseconds since the start of the trace of the next event of each cursor, in the order of the heap. */
  times = new Float64Array(ROOM);
  size = 0;

  /** What is known of a cursor: its number `<< CURSOR_SHIFT`, plus {@link Cursor}. */
  cursors = new Int32Array(ROOM << CURSOR_SHIFT);
  /** Where each cursor's current batch is readable. */
  readonly buffers: Uint8Array[] = [];

  nsPerTick = Number.NaN;
  /** Whether only a few events' times need a look: see {@link LATEST}. */
  hasShortTicks = true;
  /** Absolute time of the start of the trace, in nanoseconds. */
  base = Number.NaN;

  readonly #store: BatchStore;
  readonly #reader = new ByteCursor(new Uint8Array(0), 0, 0);
  readonly #slots: Slot[] = [];
  #threads: readonly ThreadBatches[] = [];
  /** Cursors that are not in the heap though they have a next event, and its time. */
  readonly #aside: { readonly cursor: number; readonly time: number }[] = [];
  /** Number of the current batch of each cursor. */
  #batch = new Int32Array(ROOM);
  /** Start of the current batch in the buffer. */
  #start = new Int32Array(ROOM);
  /** Time from which the next event's delta counts. */
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

  /** Moves the cursor at a place of the heap to the event at a position of its buffer, and the heap with it. */
  advance(place: number, position: number): void {
    this.#time = this.times[place] as number;
    if (this.#next(this.heap[place] as number, position)) {
      this.times[place] = this.#time;
      if (this.#siftUp(place) === place) this.#siftDown(place);
    } else this.#remove(place);
  }

  /** Sorts the heap by time, the earlier in the heap first among equals. A sorted heap is a heap. */
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

  /** Takes the cursor of the earliest event out of the heap until {@link takeBack}. */
  setAside(): void {
    this.#aside.push({ cursor: this.heap[0] as number, time: this.times[0] as number });
    this.#remove(0);
  }

  /** Puts the cursors that were set aside into the heap; gives their number. */
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

  /** What is known of the cursor at a place of the heap. */
  at(place: number, column: number): number {
    return this.cursors[((this.heap[place] as number) << CURSOR_SHIFT) + column] as number;
  }

  /** The type byte of the event at a place of the heap, also if it is malformed. */
  typeAt(place: number): number {
    const type = this.at(place, Cursor.Type);
    if (type !== MALFORMED) return type;
    const buffer = this.buffers[this.heap[place] as number] as Uint8Array;
    return buffer[this.at(place, Cursor.Position)] as number;
  }

  /** Place in the input of the type byte of the event at a place of the heap. */
  offsetAt(place: number): number {
    const cursor = this.heap[place] as number;
    const offset = this.#threads[cursor]?.offsets[this.#batch[cursor] as number] ?? 0;
    return offset + this.startAt(place) - (this.#start[cursor] as number);
  }

  /** What is wrong with the malformed event at a place of the heap. */
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

  /** Bytes of events that have not been taken. */
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
   * Position in its buffer of the event at a place of the heap. All before it are decoded again: its arguments' position, which is
   * what is known, does not tell how long its time delta is.
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
   * Moves a cursor to the event at a position, or into its next batch; its time is in `#time` then.
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
    this.cursors[(cursor << CURSOR_SHIFT) + Cursor.End] = slot.start + length;
    this.#time = Math.trunc((thread.times[batch] as number) * this.nsPerTick) - this.base;
    return true;
  }

  /** Decodes the type and time of the event at a position. @param isFirst whether it is a batch's first */
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
      // It comes up when its time does: until then all others can be given.
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

  /** Takes the cursor at a place out of the heap. */
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
