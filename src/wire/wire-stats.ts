import { ByteCursor, MalformedBytes } from "../bytes/byte-cursor.js";
import { isRun, type StoredPart } from "./observer.js";
import { runEvents, threadOf } from "./v1/run-events.js";
import { wireName as nameV1 } from "./v1/spec.js";
import type { WireRun } from "./v1/trace-reader.js";
import type { Batch } from "./v2/batch-reader.js";
import { decodeEvent, RawEvent, TIMED_ARGS } from "./v2/event-decoder.js";
import { wireEvent, wireType } from "./v2/spec.js";

const EVENT_BATCH = wireType("EventBatch");
const EXPERIMENTAL_BATCH = wireType("ExperimentalBatch");
const END_OF_GENERATION = wireType("EndOfGeneration");
const STRING = wireType("String");
const STACK = wireType("Stack");

/** The number of events of a type in the file, and their bytes. */
export interface WireCount {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
}

/** Counts the raw events of a trace. */
export class WireStats {
  readonly #counts = new Float64Array(256);
  readonly #bytes = new Float64Array(256);
  readonly #event = new RawEvent();
  readonly #threads = new Set<number>();

  #nameOf: (type: number) => string = (type) => wireEvent(type)?.name ?? String(type);

  /** Threads that have their own batch; in formats before Go 1.22, threads that had a P. */
  get threads(): number {
    return this.#threads.size;
  }

  /** Counts a part of the input. Use it as the reader's observer. */
  readonly part = (part: StoredPart): void => {
    if (isRun(part)) this.#run(part);
    else this.#batch(part);
  };

  #run(run: WireRun): void {
    this.#nameOf = nameV1;
    for (const event of runEvents(run)) {
      this.#add(event.type, event.end - event.start);
      const thread = threadOf(run, event);
      if (thread !== undefined) this.#threads.add(thread);
    }
  }

  #batch(batch: Batch): void {
    if (batch.isEndOfGeneration) {
      this.#add(END_OF_GENERATION, 1);
      return;
    }
    const header = batch.dataOffset - batch.offset;
    if (batch.experiment !== 0) {
      this.#add(EXPERIMENTAL_BATCH, header + batch.length);
      return;
    }
    this.#add(EVENT_BATCH, header);
    if (batch.thread >= 0) this.#threads.add(batch.thread);
    try {
      this.#data(batch.data);
    } catch (error) {
      // The reader itself reports a malformed batch.
      if (!(error instanceof MalformedBytes)) throw error;
    }
  }

  /** Types that occur, most bytes first. */
  entries(): WireCount[] {
    const types = Array.from(this.#counts.keys()).filter((type) => (this.#counts[type] as number) > 0);
    const entries = types.map((type) => ({
      name: this.#nameOf(type),
      count: this.#counts[type] as number,
      bytes: this.#bytes[type] as number,
    }));
    return entries.sort((a, b) => b.bytes - a.bytes || b.count - a.count);
  }

  #data(data: Uint8Array): void {
    for (let position = 0; position < data.length; ) {
      const type = data[position] as number;
      const end =
        (TIMED_ARGS[type] as number) >= 0 ? this.#timed(data, position) : structural(data, position, type);
      this.#add(type, end - position);
      position = end;
    }
  }

  #timed(data: Uint8Array, position: number): number {
    decodeEvent(data, position, data.length, this.#event);
    return this.#event.end;
  }

  #add(type: number, bytes: number): void {
    this.#counts[type] = (this.#counts[type] as number) + 1;
    this.#bytes[type] = (this.#bytes[type] as number) + bytes;
  }
}

/** Position after a structural event. */
export function structural(data: Uint8Array, position: number, type: number): number {
  const cursor = new ByteCursor(data, position + 1, data.length);
  if (type === STRING) {
    cursor.uvarint();
    cursor.take(cursor.uvarint());
  } else if (type === STACK) {
    cursor.uvarint();
    for (let left = 4 * cursor.uvarint(); left > 0; left--) cursor.uvarint();
  } else {
    const spec = wireEvent(type);
    if (spec === undefined) throw new MalformedBytes(`unknown event type ${type}`);
    for (const _ of spec.args) cursor.uvarint();
  }
  return cursor.position;
}
