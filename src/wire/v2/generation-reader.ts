/*
 * Reads traces of Go 1.22 and later. A trace is a sequence of generations of about a second each. A
 * generation consists of batches, each of one thread, and tables: strings, stacks, CPU samples, the clock.
 * The tables may be anywhere in the generation.
 *
 * 1. `wire/format.ts` finds the format in the 16-byte header.
 * 2. `batch-reader.ts` divides the input into batches. With random access it leaves event data in the file.
 * 3. This file collects a generation: its tables, and the place of each thread's batches.
 * 4. `order/v2/orderer.ts` merges the events of all threads into one order. They leave in blocks of columns
 *    (`event/block.ts`).
 *
 * With `salvage`, a cut or broken generation yields the events that can be ordered, then the error.
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
  /** The first error in it. Its events may still be usable. */
  readonly fault?: TraceError;
  /** Why the input ends within the generation, if it does. */
  readonly cut?: TraceError;
  /**
   * Whether the input may have ended within the generation although at most its events show it: formats
   * without an end mark.
   */
  readonly mayBeCut: boolean;
}

/**
 * Called with every batch as stored, before it is decoded. Reading waits for the returned promise, if any. An
 * exception ends the reading.
 */
export type BatchObserver = (batch: Batch) => Promise<void> | void;

export interface GenerationReaderOptions {
  /** The format, by the N of its header `go 1.N trace`. */
  readonly minor: number;
  readonly store: BatchStore;
  /**
   * Counts what is lost or damaged, and makes reading continue with the next table entry, batch or
   * generation. Without it, reading ends at the first error, and a partial batch at the end of the input is
   * not used.
   */
  readonly salvaged?: Diagnostics | undefined;
  readonly observe?: BatchObserver | undefined;
}

/** Errors that may be about the next generation, while this one may be complete. */
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

/** Errors after the end of a trace that may be complete. */
const WHOLE_BEFORE = new Set<TraceErrorCode>(["trailing-data", "second-trace"]);

/**
 * Collects the batches of one generation at a time.
 *
 * Before Go 1.26 a generation ends with the first batch of the next one, which is kept for that. Since 1.26 a
 * mark ends it, and a generation without the mark is incomplete. With salvage a mark counts only once the
 * next batch confirms it, because it may be a damaged byte. So the events of a live capture are one
 * generation late.
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
  /** Whether a mark was read last. */
  #isMarked = false;
  /** Number of the last generation that was read. */
  #number = 0;
  /** The first error in the current generation. */
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
   * What ended the input within the last generation, in formats without an end mark. There, only the order of
   * the events can show whether that generation is complete.
   */
  get end(): TraceError | undefined {
    const error = this.#pendingError;
    return error === undefined || WHOLE_BEFORE.has(error.code) ? undefined : error;
  }

  /**
   * The next generation, or undefined at the end of the input.
   * @throws TraceError if nothing in it is usable
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
    // The input ended between two generations, after the next one's tables began: no event is missing.
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
    // A mark without a generation before it is ignored.
    while (first?.isEndOfGeneration && this.#salvages) {
      this.#skipped(1, new TraceError("no-frequency", NO_FREQUENCY, { offset: first.offset }));
      first = await this.#batch();
    }
    return first;
  }

  /** A mark with no batches before it: the trace recorded nothing. */
  #emptyGeneration(): ReadGeneration {
    const generation = new WireGeneration(0);
    const fault = new TraceError("no-frequency", NO_FREQUENCY, this.#facts(generation));
    return { generation, fault, mayBeCut: false };
  }

  /** Generation numbers are consecutive. */
  #checkNumber({ generation, offset }: Batch): void {
    if (this.#salvages && this.#number > 0 && generation !== this.#number + 1) {
      const message = `generation ${generation} follows generation ${this.#number}`;
      this.#fault ??= new TraceError("interleaved-generations", message, { generation, offset });
    }
    this.#number = generation;
  }

  /** Reads batches up to the end of the generation. Returns the reason if the input ends within it. */
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
    // The missing part was damaged, not cut.
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

  /** Adds the usable part of a batch that the end of the input cuts. */
  #addCut(generation: WireGeneration, batch: Batch): void {
    const events = wholeEvents(batch.data);
    this.#add(
      generation,
      events > 0 ? { ...batch, length: events, data: batch.data.subarray(0, events) } : batch,
    );
  }

  /** Handles an error that ends the reading. Returns it if it is within the generation. */
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

  /** Whether a batch belongs to the next generation. @throws TraceError if it cannot be here */
  #startsNext(generation: WireGeneration, batch: Batch): boolean {
    if (batch.generation === 0) {
      throw new TraceError("invalid-generation", "a batch with generation number 0", {
        offset: batch.offset,
      });
    }
    if (batch.generation === generation.number) return false;
    // With salvage the batch reader returns only batches whose generation fits.
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
    // Before Go 1.25 the table has only a frequency.
    const cursor = new ByteCursor(data, type === FREQUENCY ? 0 : 1, data.length);
    const place = { offset: batch.offset, generation: generation.number };
    const report = (error: TraceError) => {
      this.#fault ??= error.with(place);
    };
    try {
      table(cursor, generation, batch, this.#salvages ? report : undefined);
    } catch (error) {
      const fault = asTraceError(error);
      // The table's last entry is cut. The entries before it were added.
      if (batch.cut !== undefined) return;
      if (!this.#salvages) throw fault.with(place);
      report(fault);
      this.#options.salvaged?.add("lost-tables", Math.max(cursor.remaining, 1), undefined, () =>
        wordsOf(place),
      );
    }
  }

  /** The reader for the table that a byte begins; undefined for events. */
  #tableOf(type: number): TableReader | undefined {
    if (type === STRINGS) return (data, { strings }, _batch, report) => readStrings(data, strings, report);
    if (type === STACKS) return (data, { stacks }, _batch, report) => readStacks(data, stacks, report);
    if (type === CPU_SAMPLES)
      return (data, { samples }, { dataOffset }) => readCpuSamples(data, dataOffset, samples);
    if (type === (this.#minor >= 25 ? SYNC : FREQUENCY))
      return (data, { sync }, { time }) => readSync(data, time, this.#minor, sync);
    return undefined;
  }

  /** Checks that the generation has what every complete one has. */
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

  /** Counts bytes that were skipped because of an error. */
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
