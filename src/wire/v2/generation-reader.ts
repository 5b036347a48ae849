/*
 * How a trace since Go 1.22 is read. A trace is a sequence of generations of about a second each. A generation is a number of batches,
 * each of one thread, and tables: strings, stacks, CPU samples, the clock. The tables may stand anywhere within it.
 *
 * 1. `wire/format.ts` finds the format in the 16-byte header.
 * 2. `batch-reader.ts` cuts the input into batches. With random access it leaves event data where it is.
 * 3. This file gathers a generation: its tables, and where each thread's batches are.
 * 4. `order/v2/orderer.ts` puts the events of all threads into one order, and they leave in blocks of columns (`event/block.ts`).
 *
 * With `salvage`, a generation that is cut or broken gives the events that can be ordered, before the error.
 */

import { breathe, isBreathDue } from "../../base/breather.js";
import type { Diagnostics } from "../../base/diagnostics.js";
import { TraceError, type TraceErrorCode, type TraceErrorFacts } from "../../base/errors.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import type { ChunkReader } from "../../bytes/chunk-reader.js";
import type { BatchStore } from "../batch-store.js";
import { type Batch, BatchReader } from "./batch-reader.js";
import { readCpuSamples } from "./cpu-samples.js";
import { wholeEvents } from "./event-decoder.js";
import { WireGeneration } from "./generation.js";
import { wireType } from "./spec.js";
import { readSync } from "./sync.js";
import { readStacks, readStrings } from "./tables.js";

const STACKS = wireType("Stacks");
const STRINGS = wireType("Strings");
const CPU_SAMPLES = wireType("CPUSamples");
const FREQUENCY = wireType("Frequency");
const SYNC = wireType("Sync");

/** A generation, and how it ended. */
export interface ReadGeneration {
  readonly generation: WireGeneration;
  /** The first thing that is wrong with it; its events may still be of use. */
  readonly fault?: TraceError;
  /** Why the input ends within it, if it does. */
  readonly cut?: TraceError;
  /** Whether the input may have ended within it though nothing shows that but, perhaps, its events: formats without an end mark. */
  readonly mayBeCut: boolean;
}

/**
 * Called with every batch as it stands in the file, before anything is made of it. Nothing more is read until its
 * promise, if it gives one, is fulfilled; what it throws ends the reading.
 */
export type BatchObserver = (batch: Batch) => Promise<void> | void;

export interface GenerationReaderOptions {
  /** The format, by the N of its header `go 1.N trace`. */
  readonly minor: number;
  readonly store: BatchStore;
  /**
   * What is lost or damaged is counted here, and reading goes on: with the next entry of a table, batch or generation. Without
   * it, reading ends at the first error, and the part of a batch that is there when the input ends is not used.
   */
  readonly salvaged?: Diagnostics | undefined;
  readonly observe?: BatchObserver | undefined;
}

/** Errors that may be about the next generation, while this one may well be whole. */
const BATCH_ERRORS = new Set<TraceErrorCode>([
  "truncated",
  "read-failed",
  "connection-lost",
  "capture-stopped",
  "trailing-data",
  "second-trace",
  "malformed-batch",
  "batch-too-large",
]);

/** Errors behind the end of a trace that may well be whole. */
const WHOLE_BEFORE = new Set<TraceErrorCode>(["trailing-data", "second-trace"]);

/**
 * Gathers the batches of one generation after the other.
 *
 * Before Go 1.26 a generation ends with the first batch of the next one, which is kept for that; since 1.26 a mark ends it, and a
 * generation without the mark is incomplete. With salvage a mark counts once the next batch confirms it: the input may have a
 * damaged byte there. So the events of a live capture are a generation late.
 */
export class GenerationReader {
  readonly #batches: BatchReader;
  readonly #options: GenerationReaderOptions;
  readonly #minor: number;
  readonly #store: BatchStore;
  /** The first batch of the next generation. */
  #pending: Batch | undefined;
  /** An error found while looking for the next generation. */
  #pendingError: TraceError | undefined;
  #last = false;
  /** Whether the last thing read is a mark. */
  #isMarked = false;
  /** Number of the generation that was read last. */
  #number = 0;
  /** The first thing that is wrong with the generation at hand. */
  #fault: TraceError | undefined;

  constructor(input: ChunkReader, options: GenerationReaderOptions) {
    const { minor, salvaged, store, observe } = options;
    const leaveEvents = store.leavesData && observe === undefined;
    const skipped = (bytes: number, error: TraceError) => this.#skipped(bytes, error);
    this.#batches = new BatchReader(input, { leaveEvents, minor, ...(salvaged && { skipped }) });
    this.#options = options;
    this.#minor = minor;
    this.#store = store;
  }

  /**
   * What ended the input within the last generation, where nothing but the order of its events can tell whether that
   * generation is whole: formats without an end mark.
   */
  get end(): TraceError | undefined {
    const error = this.#pendingError;
    return error === undefined || WHOLE_BEFORE.has(error.code) ? undefined : error;
  }

  /**
   * The next generation, or undefined at the end of the input.
   * @throws TraceError if there is nothing in it that could be used
   */
  async next(): Promise<ReadGeneration | undefined> {
    if (this.#pendingError !== undefined) throw this.#pendingError;
    if (this.#last) return undefined;
    this.#store.clear();
    this.#fault = undefined;
    const first = await this.#first();
    if (first === undefined) return undefined;
    if (first.isEndOfGeneration) return this.#emptyGeneration();
    this.#checkNumber(first);
    const generation = new WireGeneration(first.generation);
    const cut = await this.#gather(generation, first);
    if (this.#salvages) this.#settle(generation);
    // The input ended between two generations, after the next one's tables were begun: no event is missing.
    if (cut?.code === "incomplete-generation" && this.#minor >= 26 && generation.threads.length === 0)
      return undefined;
    const fault = this.#fault as TraceError | undefined;
    const mayBeCut = this.#last && this.#minor < 26 && fault === undefined && cut === undefined;
    return { generation, ...(fault && { fault }), ...(cut && { cut }), mayBeCut };
  }

  #settle(generation: WireGeneration): void {
    const { number } = generation;
    generation.settle((bytes, offset, problem) =>
      this.#skipped(bytes, new TraceError("malformed-batch", problem, { offset, generation: number })),
    );
  }

  /** The first batch of the next generation. */
  async #first(): Promise<Batch | undefined> {
    let first = this.#pending ?? (await this.#batch());
    this.#pending = undefined;
    // A mark without a generation before it ends nothing.
    while (first?.isEndOfGeneration && this.#salvages) {
      this.#skipped(1, new TraceError("no-frequency", NO_FREQUENCY, { offset: first.offset }));
      first = await this.#batch();
    }
    return first;
  }

  /** A mark with no batches before it: nothing was recorded. */
  #emptyGeneration(): ReadGeneration {
    const generation = new WireGeneration(0);
    const fault = new TraceError("no-frequency", NO_FREQUENCY, this.#facts(generation));
    return { generation, fault, mayBeCut: false };
  }

  /** Generations are numbered one after the other. */
  #checkNumber({ generation, offset }: Batch): void {
    if (this.#salvages && this.#number > 0 && generation !== this.#number + 1) {
      const message = `generation ${generation} follows generation ${this.#number}`;
      this.#fault ??= new TraceError("interleaved-generations", message, { generation, offset });
    }
    this.#number = generation;
  }

  /** Reads batches up to the end of the generation; gives why the input ends within it, if it does. */
  async #gather(generation: WireGeneration, first: Batch): Promise<TraceError | undefined> {
    this.#isMarked = false;
    let isEnded: boolean;
    try {
      isEnded = await this.#addAll(generation, first);
    } catch (error) {
      const fault = asTraceError(error);
      const isBehind = WHOLE_BEFORE.has(fault.code);
      return this.#endedBy(isBehind ? fault : fault.with({ generation: generation.number }), generation);
    }
    if (isEnded) {
      this.#fault ??= this.#check(generation);
      return undefined;
    }
    this.#last = true;
    const lack = this.#check(generation);
    // What is missing was damaged, rather than cut.
    if (this.#minor < 26 && (lack === undefined || this.#fault !== undefined)) {
      this.#fault ??= lack;
      return undefined;
    }
    const message = "the input ends before the generation does";
    return new TraceError("incomplete-generation", message, this.#facts(generation));
  }

  /** Adds batches until the generation ends (true) or the input does (false). */
  async #addAll(generation: WireGeneration, first: Batch): Promise<boolean> {
    let batch: Batch | undefined = first;
    for (; batch !== undefined; batch = await this.#batch()) {
      if (batch.isEndOfGeneration) {
        // With salvage the next batch confirms the mark: it may be a damaged byte.
        if (!this.#salvages) return true;
        this.#isMarked = true;
        continue;
      }
      if (this.#startsNext(generation, batch)) return true;
      if (this.#isMarked) this.#skipped(1, falseMark(batch));
      this.#isMarked = false;
      if (batch.cut !== undefined) {
        if (this.#salvages) this.#addCut(generation, batch);
        throw batch.cut;
      }
      this.#add(generation, batch);
    }
    return this.#isMarked;
  }

  /** Adds what can be used of a batch that the end of the input cuts. */
  #addCut(generation: WireGeneration, batch: Batch): void {
    const events = wholeEvents(batch.data);
    this.#add(
      generation,
      events > 0 ? { ...batch, length: events, data: batch.data.subarray(0, events) } : batch,
    );
  }

  /** An error ends the reading: gives it if it is within the generation. */
  #endedBy(error: TraceError, generation: WireGeneration): TraceError | undefined {
    this.#last = true;
    if (!this.#isMarked) {
      if (this.#minor >= 26 || !BATCH_ERRORS.has(error.code)) return error;
      const lack = this.#check(generation);
      if (lack !== undefined && this.#fault === undefined) return error;
    } else this.#fault ??= this.#check(generation);
    this.#pendingError = error;
    return undefined;
  }

  /** Whether a batch belongs to the next generation. @throws TraceError if it cannot stand here */
  #startsNext(generation: WireGeneration, batch: Batch): boolean {
    if (batch.generation === 0) {
      throw new TraceError("invalid-generation", "a batch with generation number 0", {
        offset: batch.offset,
      });
    }
    if (batch.generation === generation.number) return false;
    // With salvage a batch is one only if its generation fits.
    if (this.#salvages || (this.#minor < 26 && batch.generation === generation.number + 1)) {
      this.#pending = keep(batch);
      return true;
    }
    const message = `a batch of generation ${batch.generation} stands within generation ${generation.number}`;
    throw new TraceError("interleaved-generations", message, { offset: batch.offset });
  }

  #add(generation: WireGeneration, batch: Batch): void {
    if (generation.minTicks === 0 || batch.time < generation.minTicks) generation.minTicks = batch.time;
    generation.batches++;
    if (batch.experiment !== 0) {
      const { experiment, thread, data } = batch;
      generation.experimental.push({ experiment, thread, data: data.slice() });
    } else this.#addByType(generation, batch);
  }

  #addByType(generation: WireGeneration, batch: Batch): void {
    const { data } = batch;
    const type = data.length === 0 ? 0 : data[0];
    const table = this.#tableOf(type as number);
    if (table === undefined) {
      const reference = this.#store.put(data, batch.dataOffset);
      generation.addEvents(batch.thread, reference, batch.dataOffset, batch.length, batch.time);
      return;
    }
    // Before Go 1.25 there is a frequency only.
    const cursor = new ByteCursor(data, type === FREQUENCY ? 0 : 1, data.length);
    const place = { offset: batch.offset, generation: generation.number };
    const report = (error: TraceError) => {
      this.#fault ??= error.with(place);
    };
    try {
      table(cursor, generation, batch, this.#salvages ? report : undefined);
    } catch (error) {
      const fault = asTraceError(error);
      // A table's last entry is cut; those before it are in.
      if (batch.cut !== undefined) return;
      if (!this.#salvages) throw fault.with(place);
      report(fault);
      this.#options.salvaged?.add("lost-tables", Math.max(cursor.remaining, 1), undefined, () =>
        wordsOf(place),
      );
    }
  }

  /** Reads the table that begins with a byte; undefined for events. */
  #tableOf(type: number): TableReader | undefined {
    if (type === STRINGS) return (data, { strings }, _batch, report) => readStrings(data, strings, report);
    if (type === STACKS) return (data, { stacks }, _batch, report) => readStacks(data, stacks, report);
    if (type === CPU_SAMPLES)
      return (data, { samples }, { dataOffset }) => readCpuSamples(data, dataOffset, samples);
    if (type === (this.#minor >= 25 ? SYNC : FREQUENCY))
      return (data, { sync }, { time }) => readSync(data, time, this.#minor, sync);
    return undefined;
  }

  /** What a whole generation must have. */
  #check(generation: WireGeneration): TraceError | undefined {
    if (generation.sync.frequency === 0)
      return new TraceError("no-frequency", NO_FREQUENCY, this.#facts(generation));
    if (this.#minor >= 25 && generation.sync.snapshot === undefined) {
      return new TraceError(
        "no-clock-snapshot",
        "a generation without a clock snapshot",
        this.#facts(generation),
      );
    }
    try {
      generation.stacks.validate();
      return undefined;
    } catch (error) {
      return asTraceError(error).with(this.#facts(generation));
    }
  }

  async #batch(): Promise<Batch | undefined> {
    if (isBreathDue()) await breathe();
    const batch = await this.#batches.next();
    const { observe } = this.#options;
    if (batch !== undefined && observe !== undefined) await observe(batch);
    return batch;
  }

  get #salvages(): boolean {
    return this.#options.salvaged !== undefined;
  }

  /** Bytes are left out where an error was found. */
  #skipped(bytes: number, error: TraceError): void {
    const generation = error.facts.generation ?? this.#number;
    const fault = generation > 0 ? error.with({ generation }) : error;
    this.#fault ??= fault;
    if (bytes > 0) this.#options.salvaged?.add("skipped-bytes", bytes, undefined, () => wordsOf(fault.facts));
  }

  #facts(generation: WireGeneration): TraceErrorFacts {
    return { offset: this.#batches.offset, generation: generation.number };
  }
}

/** Adds a batch's entries to a table of the generation. */
type TableReader = (
  data: ByteCursor,
  generation: WireGeneration,
  batch: Batch,
  report: ((error: TraceError) => void) | undefined,
) => void;

const NO_FREQUENCY = "a generation without a clock frequency";

function falseMark({ generation, offset }: Batch): TraceError {
  const message = `a mark ends generation ${generation}, which goes on behind it`;
  return new TraceError("interleaved-generations", message, { generation, offset });
}

function wordsOf({ offset, generation }: TraceErrorFacts): string {
  return `at byte ${offset}${generation === undefined ? "" : `, in generation ${generation}`}`;
}

/** A batch that outlives the next read. */
function keep(batch: Batch): Batch {
  return { ...batch, data: batch.data.slice() };
}

function asTraceError(error: unknown): TraceError {
  if (error instanceof TraceError) return error;
  if (error instanceof MalformedBytes) return new TraceError("malformed-table", error.message);
  throw error;
}
