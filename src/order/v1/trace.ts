/*
 * Reads a trace from before Go 1.22. Such a trace has a stream of events for each P instead of each thread.
 * It has no generations. Its tables and its clock frequency come last. The reader turns it into one
 * generation of the same events as later traces:
 *
 * 1. `wire/v1/trace-reader.ts` reads the whole input: tables, frequency, CPU samples, and the place of each
 *    P's events.
 * 2. `merger.ts` finds the order. It stores which stream has the next event (`merge-order.ts`: four bytes per
 *    run of events of one P). It also stores the ends of system calls, which the runtime records later than
 *    they happened (`merge-syscalls.ts`).
 * 3. `converter.ts` reads the streams again in that order and moves those ends to their time. The handlers in
 *    `*-events.ts` check each event and emit it in the common vocabulary, as Go's own conversion does.
 * 4. `fast-merge.ts` and `fast-convert.ts` do the same for the most frequent events. Skipping them changes no
 *    result.
 *
 * Deliberate differences from Go's conversion:
 *
 * - A goroutine that is older than the trace gets a stack of its start function alone, so it has a name even
 *   if it does nothing.
 * - If a mark assist, or before Go 1.15 a GC, is older than the trace, only its end is recorded. It is
 *   emitted as active a nanosecond before that end. Sinks and analyses draw it from the beginning of the
 *   trace. The runtime does not write the end of an older sweep.
 *
 * Contexts of events are those of Go's conversion: a start is in the context of the goroutine or P that
 * starts. `event/special-procs.ts` has the numbers that mean "no P".
 *
 * Traces of Go 1.5 and 1.6 hold addresses without names. The reader calls `TraceOptions.symbolizer` with all
 * of them at once, before the first event. Return addresses are looked up as those of their calls.
 */

import { breathe, isBreathDue } from "../../base/breather.js";
import { Diagnostics } from "../../base/diagnostics.js";
import { TraceError } from "../../base/errors.js";
import type { ByteSource } from "../../bytes/byte-source.js";
import type { ChunkReader } from "../../bytes/chunk-reader.js";
import { EventBlock } from "../../event/block.js";
import type { Symbolizer } from "../../event/symbolizer.js";
import { type BatchStore, FileBatchStore, MemoryBatchStore } from "../../wire/batch-store.js";
import { hasSymbols, type TraceFormat } from "../../wire/format.js";
import { EventForms } from "../../wire/v1/event-forms.js";
import type { CpuSample, WireTrace } from "../../wire/v1/trace.js";
import { type ReadTrace, TraceReader } from "../../wire/v1/trace-reader.js";
import type { BlockVisitor, Trace, TraceOptions } from "../trace.js";
import { estimateClock, USUAL_FREQUENCY } from "./clock-estimate.js";
import { Converter } from "./converter.js";
import { type FoundOrder, findOrder } from "./find-order.js";
import { StreamCursor } from "./stream-cursor.js";

/** The first event is at 0, and the sync event before it a nanosecond earlier. */
const TIME_BASE = -1;

/**
 * A trace of a release before Go 1.22.
 *
 * 1. Read the input to its end: names, stacks and the clock frequency come last.
 * 2. Merge the streams of the Ps. Only the order of the streams is kept. If the frequency is missing,
 *    estimate it from the events.
 * 3. Read the streams again in that order, and convert them.
 */
export class TraceV1 implements Trace {
  readonly diagnostics = new Diagnostics();
  readonly timeBase = TIME_BASE;
  readonly #input: ChunkReader;
  readonly #source: ByteSource;
  readonly #store: BatchStore;
  readonly #forms: EventForms;
  readonly #reader: TraceReader;
  readonly #salvage: boolean;
  readonly #slow: boolean;
  readonly #symbolizer: Symbolizer | undefined;
  generations = 0;
  #preview: BlockVisitor | undefined;

  /**
   * @param input positioned after the header
   * @param source where the input comes from; with random access, events are not kept in memory
   */
  constructor(
    readonly format: TraceFormat,
    input: ChunkReader,
    source: ByteSource,
    options: TraceOptions,
  ) {
    this.#input = input;
    this.#source = source;
    this.#salvage = options.salvage ?? true;
    this.#symbolizer = hasSymbols(format) ? undefined : options.symbolizer;
    const readAt = source.readAt?.bind(source);
    const { minor } = format;
    this.#store =
      readAt === undefined ? new MemoryBatchStore() : new FileBatchStore(readAt, this.diagnostics);
    this.#forms = new EventForms(minor);
    // The fast loops are for events without their own sequence number.
    this.#slow = (options.slow ?? false) || this.#forms.hasSequence;
    this.#reader = new TraceReader(input, { minor, store: this.#store, observe: options.observe });
  }

  get bytesRead(): number {
    return this.#input.offset;
  }

  /** Shows the goroutines that are older than the trace. */
  preview(visit: BlockVisitor): void {
    this.#preview = visit;
  }

  async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    try {
      const read = await this.#reader.read();
      const { trace } = read;
      const isEmpty = trace.streams.length === 0 && trace.samples.length === 0;
      if (isEmpty) throw read.fault ?? empty(this.#input.offset);
      this.generations = 1;
      await this.#symbolize(trace);
      trace.nsPerTick = 1e9 / (trace.frequency || USUAL_FREQUENCY);
      const noClock = trace.frequency === 0 ? noFrequency(this.#input.offset) : undefined;
      const fault = read.fault ?? noClock;
      const samples = trace.samples.sort((a, b) => a.time - b.time);
      const found = await findOrder(() => this.#cursors(trace), samples, {
        bySequence: this.#forms.hasSequence,
        slow: this.#slow,
        salvage: this.#salvage,
        isCut: fault !== undefined,
        nsPerTick: trace.nsPerTick,
      });
      if (noClock !== undefined) await this.#estimateClock(trace, found);
      trace.complete = fault === undefined && found.fault === undefined;
      yield* this.#convert({ trace, fault }, samples, found);
    } finally {
      await this.close();
    }
  }

  async #symbolize({ stacks }: WireTrace): Promise<void> {
    if (this.#symbolizer !== undefined)
      stacks.symbolize(await this.#symbolizer.resolve(stacks.unnamedAddresses()));
  }

  async close(): Promise<void> {
    await this.#input.close();
    await this.#source.close?.();
  }

  /** Emits the events, and then the error, if there is one. */
  async *#convert(
    read: ReadTrace,
    samples: readonly CpuSample[],
    found: FoundOrder,
  ): AsyncGenerator<EventBlock, void, undefined> {
    if (!this.#salvage) await this.#verify(read, samples, found);
    if (this.#preview !== undefined)
      await this.#showStart(this.#preview, this.#converter(read, samples, found, new Diagnostics()));
    let diagnostics = new Diagnostics();
    let converter = this.#converter(read, samples, found, diagnostics);
    let error: unknown = found.fault;
    let isRepairing = false;
    let isWhole = true;
    const block = new EventBlock();
    converter.start(block);
    for (let isDone = false; !isDone; ) {
      try {
        isDone = converter.fill(block);
      } catch (broken) {
        error ??= broken;
        isDone = isRepairing;
        isWhole = !isRepairing;
        if (!isRepairing) {
          if (block.length > 0) yield block;
          block.length = 0;
          isRepairing = true;
          diagnostics = new Diagnostics();
          converter = this.#converter(read, samples, found, diagnostics, true);
          converter.start(block);
          isDone = await converter.refill(block);
        }
      }
      if (block.length > 0) yield block;
      block.length = 0;
      if (isBreathDue()) await breathe();
    }
    this.diagnostics.addAll(diagnostics);
    if (found.order.forced > 0) this.diagnostics.add("forced-order", found.order.forced);
    if (read.fault === undefined && error === undefined) {
      block.generation = undefined;
      converter.emitSync(block);
      yield block;
      return;
    }
    if (!isWhole) this.diagnostics.add("lost-events", converter.remainingBytes());
    await this.#countRest();
    // The cut is the main error. `-v` shows why its events have no order as the cause.
    if (read.fault !== undefined && error !== undefined) read.fault.cause = error;
    throw read.fault ?? error;
  }

  async #showStart(visit: BlockVisitor, converter: Converter): Promise<void> {
    const block = new EventBlock();
    converter.start(block);
    for (let isOver = false; !isOver; block.length = 0) {
      try {
        isOver = converter.fill(block) || converter.knowsStart;
      } catch {
        // The same error is thrown again when the events are emitted.
        isOver = true;
      }
      visit(block);
      if (isBreathDue()) await breathe();
    }
  }

  /**
   * Go's own reader gives no event of a trace that is broken anywhere.
   * @throws TraceError if the trace is broken
   */
  async #verify(read: ReadTrace, samples: readonly CpuSample[], found: FoundOrder): Promise<void> {
    const fault = read.fault ?? found.fault;
    if (fault !== undefined) throw fault;
    const converter = this.#converter(read, samples, found, new Diagnostics());
    const block = new EventBlock();
    converter.start(block);
    while (!converter.fill(block)) {
      block.length = 0;
      if (isBreathDue()) await breathe();
    }
  }

  #converter(
    read: ReadTrace,
    samples: readonly CpuSample[],
    { order, fault, fromC }: FoundOrder,
    diagnostics: Diagnostics,
    repairs = false,
  ): Converter {
    return new Converter(read.trace, this.#cursors(read.trace), order, {
      samples,
      bySequence: this.#forms.hasSequence,
      diagnostics,
      tolerant: read.fault !== undefined,
      isDamaged: read.fault !== undefined || fault !== undefined,
      // An event that is plain to the fast loop may still need repair.
      slow: this.#slow || repairs,
      salvages: this.#salvage,
      uncreated: fromC,
      repairs,
    });
  }

  /** Cursors before the first events of all streams. */
  #cursors(trace: WireTrace): StreamCursor[] {
    return trace.streams.map((stream) => new StreamCursor(stream, this.#store, this.#forms));
  }

  async #estimateClock(trace: WireTrace, { order }: FoundOrder): Promise<void> {
    const estimate = await estimateClock(this.#cursors(trace), order);
    if (estimate === undefined) this.diagnostics.add("frequency-assumed");
    else {
      trace.nsPerTick = 1e9 / estimate.frequency;
      this.diagnostics.add("frequency-estimated", estimate.sleeps);
    }
  }

  async #countRest(): Promise<void> {
    const behind = await this.#input.drain();
    if (behind > 0) this.diagnostics.add("lost-bytes", behind);
  }
}

/** The error for a trace that recorded nothing. */
function empty(offset: number): TraceError {
  return new TraceError("truncated", "the trace holds a header and nothing else", { offset });
}

function noFrequency(offset: number): TraceError {
  return new TraceError("no-frequency", "the trace ends before its clock frequency", { offset });
}
