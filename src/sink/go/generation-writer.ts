import { ByteWriter } from "../../bytes/writer.js";
import type { ClockSnapshot, ExperimentalBatch, Generation } from "../../event/generation.js";
import {
  type ClockReading,
  putBatch,
  putEndOfGeneration,
  putExperimentalBatch,
  putSync,
} from "../../wire/v2/batch-encoder.js";
import { putEvent, putExactEvent } from "../../wire/v2/event-encoder.js";
import { LIMITS } from "../../wire/v2/spec.js";
import { putCpuSample, type SamplePlace, TABLE_TYPES } from "../../wire/v2/table-encoder.js";
import { Tables } from "./tables.js";
import { Ticks } from "./ticks.js";

/** Bytes of a thread's batch, and of all batches that are not complete. */
const BATCH: number = LIMITS.batch;
const ALL_BATCHES = 1 << 24;
const LEAST_BATCH = 1 << 10;
const NO_DATA = new Uint8Array(0);
/** More than an event or a sample takes. */
const MARGIN = 128;

/** The events of one thread that are not in a batch yet. */
interface Stream {
  readonly thread: number;
  readonly data: ByteWriter;
  /** Time of the batch in ticks, and of its last event in nanoseconds, as readers get it. */
  start: number;
  last: number;
  /** Time of the last event of the batch before. */
  end: number;
  /** Batches so far. */
  flushes: number;
}

/**
 * Writes generations: the events of each thread in batches, then the tables. Event batches leave as they fill,
 * so memory holds one for each thread, and the tables of one generation.
 */
export class GenerationWriter {
  readonly tables = new Tables();
  readonly #output: ByteWriter;
  readonly #minor: number;
  readonly #threadOf: (context: number) => number;
  /** By number of the thread's context. */
  readonly #streams: (Stream | undefined)[] = [];
  #streamCount = 0;
  #batch = BATCH;
  readonly #samples = new ByteWriter();
  #ticks = Ticks.NANOSECONDS;
  /** In ticks. */
  #start = 0;
  number = 0;

  /** @param threadOf gives the thread of a context */
  constructor(output: ByteWriter, minor: number, threadOf: (context: number) => number) {
    this.#output = output;
    this.#threadOf = threadOf;
    this.#minor = minor;
  }

  /**
   * Begins the next generation.
   * @param time of its beginning, in nanoseconds on the trace clock
   * @param clock a reading of the system's clocks, if there is one
   * @param stored the generation whose ticks and order of threads are kept; undefined for nanoseconds
   * @returns whether they are: then times of events are those that are stored
   */
  begin(time: number, clock: ClockSnapshot | undefined, stored?: Generation): boolean {
    this.number++;
    this.#ticks = stored === undefined ? Ticks.NANOSECONDS : Ticks.of(stored, time, clock);
    this.#start = this.#ticks.within(time);
    const data = new ByteWriter(64);
    putSync(data, this.#minor, this.#ticks.frequency, readingOf(clock, time, this.#ticks));
    this.#put(-1, this.#start, data.view());
    if (this.#ticks === Ticks.NANOSECONDS) return false;
    // Between events of the same time, Go's reader decides by the order in which it meets the threads.
    for (const { thread } of stored?.threads ?? []) this.#put(thread, this.#start, NO_DATA);
    return true;
  }

  /** Adds an event. @param context number of the thread's context */
  event(context: number, type: number, time: number, args: Float64Array): void {
    const stream = this.#streams[context] ?? this.#open(context);
    putEvent(stream.data, type, this.#advance(stream, time), args);
  }

  /** Adds an event of one argument that may exceed 2^53. */
  exactEvent(context: number, type: number, time: number, arg: bigint): void {
    const stream = this.#streams[context] ?? this.#open(context);
    putExactEvent(stream.data, type, this.#advance(stream, time), arg);
  }

  /** Time of the last event of a thread, in nanoseconds; 0 if there is none. @param context number of the thread's context */
  lastOf(context: number): number {
    const stream = this.#streams[context];
    if (stream === undefined) return 0;
    return Number.isNaN(stream.last) ? stream.end : stream.last;
  }

  /**
   * Returns a function that replaces the last argument of a thread's last event, which must be below 128. It
   * returns false once the batch has left.
   */
  patch(context: number): (arg: number) => boolean {
    const stream = this.#streams[context] as Stream;
    const { flushes } = stream;
    const at = stream.data.length - 1;
    return (arg) => {
      if (stream.flushes !== flushes) return false;
      stream.data.buffer[at] = arg;
      return true;
    };
  }

  /** Adds a CPU sample. @param stack id in the tables */
  sample(place: SamplePlace, stack: number): void {
    const samples = this.#samples;
    if (samples.length + MARGIN > LIMITS.batch) this.#flushSamples();
    if (samples.length === 0) samples.byte(TABLE_TYPES.samples);
    putCpuSample(samples, { ...place, time: this.#ticks.within(place.time) }, stack);
  }

  experiment({ experiment, thread, data }: ExperimentalBatch): void {
    const place = { generation: this.number, thread, time: this.#start };
    putExperimentalBatch(this.#output, experiment, place, data);
  }

  /** Writes what is left of the generation. @param lasting see {@link Tables.write} */
  end(lasting: readonly string[]): void {
    for (const stream of this.#streams) if (stream !== undefined) this.#flush(stream);
    this.#flushSamples();
    this.tables.write((data) => this.#put(-1, this.#start, data), lasting);
    putEndOfGeneration(this.#output, this.#minor);
  }

  /** Moves a stream to the time of an event, in a batch with room for it. @returns the ticks since the event before */
  #advance(stream: Stream, time: number): number {
    const ticks = this.#ticks.exactly(time - stream.last);
    if (ticks < 0 || stream.data.length + MARGIN > this.#batch) return this.#begin(stream, time);
    stream.last = time;
    return ticks;
  }

  /** Begins a batch at an event; if none can begin there, the event gets the next earlier time or a later batch. */
  #begin(stream: Stream, time: number): number {
    const ticks = this.#ticks;
    const start = ticks.begin(time, this.#start);
    const { length } = stream.data;
    if (length === 0 || start >= 0 || length + MARGIN > LIMITS.batch) {
      this.#flush(stream);
      stream.start = start >= 0 ? start : Math.max(ticks.within(time), this.#start);
      stream.last = ticks.ns(stream.start);
    }
    const delta = ticks.within(Math.max(time - stream.last, 0));
    stream.last += ticks.ns(delta);
    return delta;
  }

  #open(context: number): Stream {
    const thread = this.#threadOf(context);
    while (this.#streams.length <= context) this.#streams.push(undefined);
    const stream = {
      thread,
      data: new ByteWriter(256),
      start: Number.NaN,
      last: Number.NaN,
      end: 0,
      flushes: 0,
    };
    this.#streams[context] = stream;
    this.#streamCount++;
    this.#batch = Math.max(Math.min(BATCH, Math.floor(ALL_BATCHES / this.#streamCount)), LEAST_BATCH);
    return stream;
  }

  #flush(stream: Stream): void {
    const { thread, data, start } = stream;
    if (data.length > 0) this.#put(thread, start, data.view());
    data.clear();
    if (stream.last > 0) stream.end = stream.last;
    stream.last = Number.NaN;
    stream.flushes++;
  }

  #flushSamples(): void {
    if (this.#samples.length > 0) this.#put(-1, this.#start, this.#samples.view());
    this.#samples.clear();
  }

  #put(thread: number, time: number, data: Uint8Array): void {
    putBatch(this.#output, { generation: this.number, thread, time }, data);
  }
}

/** The reading at a time or later. A trace without a reading gets one that counts from 1970. */
function readingOf(clock: ClockSnapshot | undefined, time: number, ticks: Ticks): ClockReading {
  if (clock === undefined) return { delta: 0, mono: time, wall: BigInt(time) };
  const delta = clock.trace - time;
  if (delta >= 0)
    return { delta: ticks.within(clock.trace) - ticks.within(time), mono: clock.mono, wall: clock.wall };
  return { delta: 0, mono: clock.mono - delta, wall: clock.wall - BigInt(delta) };
}
