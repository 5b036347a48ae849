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
import { TraceError, type TraceErrorCode, type TraceErrorFacts } from "../../base/errors.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import type { BatchStore } from "../batch-store.js";
import type { Batch, BatchReader } from "./batch-reader.js";
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
  /** What is wrong with it; its events may still be of use. */
  readonly fault?: TraceError;
  /** Whether nothing can follow it. */
  readonly last: boolean;
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
  /** Whether the part of a batch that is there when the input ends is used too. */
  readonly salvage: boolean;
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

/** Those of what stands behind a trace that may well be whole. */
const WHOLE_BEFORE = new Set<TraceErrorCode>(["trailing-data", "second-trace"]);

/**
 * Gathers the batches of one generation after the other.
 *
 * Before Go 1.26 a generation ends where the next one's first batch stands, which is then kept for it;
 * since 1.26 a mark ends it, and a generation without the mark is incomplete.
 */
export class GenerationReader {
  readonly #batches: BatchReader;
  readonly #options: GenerationReaderOptions;
  readonly #minor: number;
  readonly #store: BatchStore;
  /** The first batch of the next generation, in formats without an end mark. */
  #pending: Batch | undefined;
  /** An error found while looking for the next generation. */
  #pendingError: TraceError | undefined;
  #last = false;

  constructor(batches: BatchReader, options: GenerationReaderOptions) {
    this.#batches = batches;
    this.#options = options;
    this.#minor = options.minor;
    this.#store = options.store;
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
    const first = this.#pending ?? (await this.#batch());
    this.#pending = undefined;
    if (first === undefined) return undefined;
    if (first.isEndOfGeneration) return this.#emptyGeneration();
    const generation = new WireGeneration(first.generation);
    const fault = await this.#gather(generation, first);
    // The input ended between two generations, after the next one's tables were begun: no event is missing.
    if (fault?.code === "incomplete-generation" && this.#minor >= 26 && generation.threads.length === 0)
      return undefined;
    return { generation, ...(fault && { fault }), last: this.#last };
  }

  /** A mark with no batches before it: nothing was recorded. */
  #emptyGeneration(): ReadGeneration {
    const generation = new WireGeneration(0);
    const message = "a generation without a clock frequency";
    return {
      generation,
      fault: new TraceError("no-frequency", message, this.#facts(generation)),
      last: false,
    };
  }

  /** Reads batches up to the end of the generation; gives what is wrong with it, if anything. */
  async #gather(generation: WireGeneration, first: Batch): Promise<TraceError | undefined> {
    try {
      if (await this.#addAll(generation, first)) return this.#check(generation);
    } catch (error) {
      return this.#broken(generation, asTraceError(error));
    }
    this.#last = true;
    const fault = this.#check(generation);
    if (this.#minor < 26 && fault === undefined) return undefined;
    const message = "the input ends before the generation does";
    return new TraceError("incomplete-generation", message, this.#facts(generation));
  }

  /** Adds batches until the generation ends (true) or the input does (false). */
  async #addAll(generation: WireGeneration, first: Batch): Promise<boolean> {
    let batch: Batch | undefined = first;
    for (; batch !== undefined; batch = await this.#batch()) {
      if (batch.isEndOfGeneration || this.#startsNext(generation, batch)) return true;
      if (batch.cut !== undefined) {
        if (this.#options.salvage) this.#addCut(generation, batch);
        throw batch.cut;
      }
      this.#add(generation, batch);
    }
    return false;
  }

  /** Adds what can be used of a batch that the end of the input cuts. */
  #addCut(generation: WireGeneration, batch: Batch): void {
    const events = wholeEvents(batch.data);
    const whole = events > 0 ? { ...batch, length: events, data: batch.data.subarray(0, events) } : batch;
    try {
      this.#add(generation, whole);
    } catch (error) {
      // A table's last entry is cut; those before it are in.
      asTraceError(error);
    }
  }

  #broken(generation: WireGeneration, error: TraceError): TraceError | undefined {
    this.#last = true;
    const fault = error.with({ generation: generation.number });
    if (this.#minor >= 26 || !BATCH_ERRORS.has(fault.code)) return fault;
    if (this.#check(generation) !== undefined) return fault;
    this.#pendingError = fault;
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
    if (this.#minor < 26 && batch.generation === generation.number + 1) {
      this.#pending = keep(batch);
      return true;
    }
    const message = `a batch of generation ${batch.generation} stands within generation ${generation.number}`;
    throw new TraceError("interleaved-generations", message, { offset: batch.offset });
  }

  #add(generation: WireGeneration, batch: Batch): void {
    if (generation.minTicks === 0 || batch.time < generation.minTicks) generation.minTicks = batch.time;
    generation.batches++;
    const { data, experiment, thread } = batch;
    if (experiment !== 0) {
      generation.experimental.push({ experiment, thread, data: data.slice() });
      return;
    }
    const type = data.length === 0 ? 0 : data[0];
    try {
      this.#addByType(generation, batch, type as number);
    } catch (error) {
      throw asTraceError(error).with({ offset: batch.offset });
    }
  }

  #addByType(generation: WireGeneration, batch: Batch, type: number): void {
    const { data } = batch;
    const behindType = new ByteCursor(data, 1, data.length);
    if (type === STRINGS) readStrings(behindType, generation.strings);
    else if (type === STACKS) readStacks(behindType, generation.stacks);
    else if (type === CPU_SAMPLES) readCpuSamples(behindType, batch.dataOffset, generation.samples);
    else if (type === SYNC && this.#minor >= 25)
      readSync(behindType, batch.time, this.#minor, generation.sync);
    else if (type === FREQUENCY && this.#minor < 25) {
      readSync(new ByteCursor(data, 0, data.length), batch.time, this.#minor, generation.sync);
    } else {
      const reference = this.#store.put(data, batch.dataOffset);
      generation.addEvents(batch.thread, reference, batch.dataOffset, batch.length, batch.time);
    }
  }

  /** What a whole generation must have. */
  #check(generation: WireGeneration): TraceError | undefined {
    if (generation.sync.frequency === 0) {
      return new TraceError(
        "no-frequency",
        "a generation without a clock frequency",
        this.#facts(generation),
      );
    }
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

  #facts(generation: WireGeneration): TraceErrorFacts {
    return { offset: this.#batches.offset, generation: generation.number };
  }
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
