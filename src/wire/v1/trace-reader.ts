import { breathe, isBreathDue } from "../../base/breather.js";
import { TraceError } from "../../base/errors.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import type { ChunkReader } from "../../bytes/chunk-reader.js";
import type { BatchStore } from "../batch-store.js";
import { HEADER_LENGTH, headerVersion } from "../format.js";
import { EventBounds, INCOMPLETE } from "./event-bounds.js";
import { BATCH, COUNT_SHIFT, EventForms, GO_CREATE, LONG_FORM, STRING, TYPE_MASK } from "./event-forms.js";
import { LIMITS, wireName } from "./spec.js";
import { readStructural } from "./tables.js";
import { type ProcStream, WireTrace } from "./trace.js";

/** Bytes to read ahead before scanning; also the approximate length of a segment. */
const WINDOW = 1 << 16;
/** More than the bytes of any event: a longer incomplete one is an error. */
const MAX_EVENT = LIMITS.string + LIMITS.event + 64;

/** Whole consecutive events as stored, with headers of batches among them. */
export interface WireRun {
  /** The format, by the N of its header `go 1.N trace`. */
  readonly minor: number;
  /** Offset of the first byte in the input, and of the data: a run has no header of its own. */
  readonly offset: number;
  readonly dataOffset: number;
  readonly length: number;
  /** Valid until the next run is read. */
  readonly data: Uint8Array;
}

export interface TraceReaderOptions {
  readonly minor: number;
  readonly store: BatchStore;
  /** Called with everything that is read. Reading waits for the returned promise, if any. */
  readonly observe?: ((run: WireRun) => Promise<void> | void) | undefined;
}

/** The readable content of a trace. */
export interface ReadTrace {
  readonly trace: WireTrace;
  /** Why reading ended before the end of the last event, if it did. Everything before that is usable. */
  readonly fault: TraceError | undefined;
}

/**
 * Reads the whole input once. Collects strings, stacks, samples, the clock frequency, and the place of each
 * P's events. A batch ends where the next one begins, so every event is examined.
 *
 * Invariants: `#stream` is the P whose batch is being read. The bytes of its events since the last segment
 * begin at `#segment`, a position in the scanned buffer. `#timed` of these events are ordered by time.
 */
export class TraceReader {
  readonly #input: ChunkReader;
  readonly #options: TraceReaderOptions;
  readonly #trace: WireTrace;
  readonly #forms: EventForms;
  readonly #bounds: EventBounds;
  readonly #cursor = new ByteCursor(new Uint8Array(0), 0, 0);
  #stream: ProcStream | undefined;
  #segment = 0;
  #timed = 0;
  /** The base time of the next segment's first event; NaN if the segment continues from the one before. */
  #time = Number.NaN;
  #sequence = Number.NaN;
  #fault: TraceError | undefined;

  /** @param input positioned after the header */
  constructor(input: ChunkReader, options: TraceReaderOptions) {
    this.#input = input;
    this.#options = options;
    this.#trace = new WireTrace(options.minor);
    this.#forms = new EventForms(options.minor);
    this.#bounds = new EventBounds(this.#forms);
  }

  async read(): Promise<ReadTrace> {
    const input = this.#input;
    for (let want = WINDOW; this.#fault === undefined; ) {
      const available = await input.need(want);
      if (available === 0) break;
      const consumed = this.#scan(available);
      await this.#observe(consumed);
      input.skip(consumed);
      if (isBreathDue()) await breathe();
      if (consumed > 0) want = WINDOW;
      else if (available < want || want > MAX_EVENT) {
        this.#fault ??= new TraceError("truncated", "the input ends within an event", {
          offset: input.offset,
        });
      } else want = available * 2;
    }
    return { trace: this.#trace, fault: input.failure ?? this.#fault };
  }

  async #observe(length: number): Promise<void> {
    const { observe, minor } = this.#options;
    const { buffer, position, offset } = this.#input;
    if (observe === undefined || length === 0) return;
    const data = buffer.subarray(position, position + length);
    await observe({ minor, offset, dataOffset: offset, length, data });
  }

  /** Scans the available events. Returns the bytes of the whole ones. */
  #scan(available: number): number {
    const { buffer, position: start } = this.#input;
    const end = start + available;
    let position = start;
    this.#segment = start;
    try {
      while (position < end) {
        const close = this.#bounds.endOf(buffer, position, end);
        if (close === INCOMPLETE) break;
        this.#event(buffer, position, close);
        position = close;
      }
    } catch (error) {
      this.#fault = this.#withPlace(error, position);
    }
    this.#endSegment(buffer, position);
    return position - start;
  }

  #event(buffer: Uint8Array, start: number, end: number): void {
    const type = (buffer[start] as number) & TYPE_MASK;
    if (type === BATCH) {
      this.#endSegment(buffer, start);
      this.#batch(buffer, start, end);
      return;
    }
    if (this.#stream === undefined && type !== STRING)
      throw new TraceError("malformed-batch", `expected a batch, found event ${type}`);
    if (end - this.#segment > WINDOW) this.#endSegment(buffer, start);
    if ((this.#forms.args[type] as number) >= 0) {
      this.#timed++;
      if (type === GO_CREATE && this.#forms.hasSequence) this.#start(buffer, start, end);
    } else {
      this.#cursor.reset(buffer, start, end);
      readStructural(this.#cursor, this.#trace, this.#forms, this.#offsetAt(start));
    }
  }

  /**
   * A goroutine is created, in a trace without names. All addresses must be known before events are emitted.
   */
  #start(buffer: Uint8Array, start: number, end: number): void {
    const cursor = this.#cursor;
    cursor.reset(buffer, start, end);
    if (cursor.byte() >> COUNT_SHIFT === LONG_FORM) cursor.uvarint();
    // The new goroutine and the leading varints of every event precede it.
    for (let before = this.#forms.leading + 1; before > 0; before--) cursor.uvarint();
    this.#trace.stacks.ofStart(cursor.uvarint());
  }

  #batch(buffer: Uint8Array, start: number, end: number): void {
    const cursor = this.#cursor;
    cursor.reset(buffer, start + 1, end);
    const proc = cursor.id();
    if (proc > LIMITS.proc)
      throw new TraceError("malformed-batch", `a batch of P ${proc}; the highest number is ${LIMITS.proc}`);
    this.#sequence = this.#forms.hasSequence ? cursor.uvarint() : 0;
    this.#time = cursor.uvarint();
    if (this.#time > Number.MAX_SAFE_INTEGER)
      throw new TraceError("malformed-batch", "a batch's time is later than any clock shows");
    this.#stream = this.#trace.stream(proc);
    if (this.#trace.streams.length > LIMITS.procs)
      throw new TraceError("malformed-batch", `batches of more than ${LIMITS.procs} Ps`);
    this.#segment = end;
  }

  /** Registers the events since the last segment. The following event begins another segment. */
  #endSegment(buffer: Uint8Array, end: number): void {
    const stream = this.#stream;
    const start = this.#segment;
    this.#segment = end;
    if (stream === undefined || this.#timed === 0) return;
    this.#timed = 0;
    const offset = this.#offsetAt(start);
    stream.references.push(this.#options.store.put(buffer.subarray(start, end), offset));
    stream.offsets.push(offset);
    stream.lengths.push(end - start);
    stream.times.push(this.#time);
    stream.sequences.push(this.#sequence);
    this.#time = Number.NaN;
    this.#sequence = Number.NaN;
  }

  #offsetAt(position: number): number {
    return this.#input.offset + position - this.#input.position;
  }

  #withPlace(error: unknown, position: number): TraceError {
    const { buffer, end } = this.#input;
    const facts = {
      offset: this.#offsetAt(position),
      event: wireName((buffer[position] as number) & TYPE_MASK),
    };
    if (headerVersion(buffer.subarray(position, Math.min(position + HEADER_LENGTH, end))) !== undefined)
      return new TraceError("second-trace", "another trace begins after the end of the first", facts);
    if (error instanceof MalformedBytes)
      return new TraceError("malformed-event", `malformed event: ${error.message}`, facts);
    if (error instanceof TraceError) return error.with(facts);
    throw error;
  }
}
