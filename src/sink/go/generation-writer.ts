import { ByteWriter } from "../../bytes/writer.js";
import type { ClockSnapshot, ExperimentalBatch } from "../../event/generation.js";
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

/** A timestamp of the output is a nanosecond, so every time is exact. */
const FREQUENCY = 1e9;
/** Bytes of a thread's batch, and of all batches that are not complete. */
const BATCH = 1 << 15;
const ALL_BATCHES = 1 << 24;
const LEAST_BATCH = 1 << 10;
/** More than an event or a sample takes. */
const MARGIN = 128;

/** The events of one thread that are not in a batch yet. */
interface Stream {
  readonly thread: number;
  readonly data: ByteWriter;
  /** Time of the first event, and of the last one. */
  start: number;
  last: number;
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
   */
  begin(time: number, clock: ClockSnapshot | undefined): void {
    this.number++;
    this.#start = time;
    const data = new ByteWriter(64);
    putSync(data, this.#minor, FREQUENCY, readingOf(clock, time));
    this.#put(-1, time, data.view());
  }

  /** Adds an event. @param context number of the thread's context */
  event(context: number, type: number, time: number, args: Float64Array): void {
    const stream = this.#stream(context, time);
    putEvent(stream.data, type, time - stream.last, args);
    stream.last = time;
  }

  /** Adds an event of one argument that may exceed 2^53. */
  exactEvent(context: number, type: number, time: number, arg: bigint): void {
    const stream = this.#stream(context, time);
    putExactEvent(stream.data, type, time - stream.last, arg);
    stream.last = time;
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
    putCpuSample(samples, place, stack);
  }

  experiment({ experiment, thread, data }: ExperimentalBatch): void {
    const place = { generation: this.number, thread, time: this.#start };
    putExperimentalBatch(this.#output, experiment, place, data);
  }

  /** Writes what is left of the generation. */
  end(): void {
    for (const stream of this.#streams) if (stream !== undefined) this.#flush(stream);
    this.#flushSamples();
    this.tables.write((data) => this.#put(-1, this.#start, data));
    putEndOfGeneration(this.#output, this.#minor);
  }

  /** The stream of a thread, with room for an event, in a batch that has begun. */
  #stream(context: number, time: number): Stream {
    const stream = this.#streams[context] ?? this.#open(context);
    if (stream.data.length + MARGIN > this.#batch) this.#flush(stream);
    if (stream.data.length === 0) stream.start = stream.last = time;
    return stream;
  }

  #open(context: number): Stream {
    const thread = this.#threadOf(context);
    while (this.#streams.length <= context) this.#streams.push(undefined);
    const stream = { thread, data: new ByteWriter(256), start: Number.NaN, last: Number.NaN, flushes: 0 };
    this.#streams[context] = stream;
    this.#streamCount++;
    this.#batch = Math.max(Math.min(BATCH, Math.floor(ALL_BATCHES / this.#streamCount)), LEAST_BATCH);
    return stream;
  }

  #flush(stream: Stream): void {
    const { thread, data, start } = stream;
    if (data.length > 0) this.#put(thread, start, data.view());
    data.clear();
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
function readingOf(clock: ClockSnapshot | undefined, time: number): ClockReading {
  if (clock === undefined) return { delta: 0, mono: time, wall: BigInt(time) };
  const delta = clock.trace - time;
  if (delta >= 0) return { delta, mono: clock.mono, wall: clock.wall };
  return { delta: 0, mono: clock.mono - delta, wall: clock.wall - BigInt(delta) };
}
