import { breathe, isBreathDue } from "../../base/breather.js";
import { Diagnostics } from "../../base/diagnostics.js";
import { formatDuration } from "../../base/duration.js";
import { TraceError } from "../../base/errors.js";
import type { ByteSource } from "../../bytes/byte-source.js";
import type { ChunkReader } from "../../bytes/chunk-reader.js";
import { EventBlock } from "../../event/block.js";
import { WallClock } from "../../event/wall-clock.js";
import { type BatchStore, FileBatchStore, MemoryBatchStore } from "../../wire/batch-store.js";
import type { TraceFormat } from "../../wire/format.js";
import type { WireGeneration } from "../../wire/v2/generation.js";
import { GenerationReader, type ReadGeneration } from "../../wire/v2/generation-reader.js";
import type { BlockVisitor, Trace, TraceOptions } from "../trace.js";
import { Orderer } from "./orderer.js";
import { Preview } from "./preview.js";
import { rehearse } from "./rehearsal.js";

/** Ticks per second on nearly every platform. Used if a trace is cut before its own frequency. */
const USUAL_FREQUENCY = 1e9 / 64;

/** Wall clock jumps that are described individually. */
const MOST_JUMPS = 5;

/** A trace of Go 1.22 or later. */
export class TraceV2 implements Trace {
  readonly diagnostics = new Diagnostics();
  readonly #input: ChunkReader;
  readonly #source: ByteSource;
  readonly #reader: GenerationReader;
  readonly #store: BatchStore;
  readonly #orderer: Orderer;
  /** Previews generations while one is requested. */
  #preview: Preview | undefined;
  readonly #salvage: boolean;
  readonly #block = new EventBlock();
  readonly #wallClock = new WallClock();
  #nsPerTick = 0;
  generations = 0;

  /**
   * @param input positioned after the header
   * @param source where the input comes from; with random access, batches are not kept in memory
   */
  constructor(
    readonly format: TraceFormat,
    input: ChunkReader,
    source: ByteSource,
    options: TraceOptions,
  ) {
    rehearse();
    this.#input = input;
    this.#source = source;
    this.#salvage = options.salvage ?? true;
    const readAt = source.readAt?.bind(source);
    const store: BatchStore =
      readAt === undefined ? new MemoryBatchStore() : new FileBatchStore(readAt, this.diagnostics);
    this.#reader = new GenerationReader(input, {
      minor: format.minor,
      store,
      salvaged: this.#salvage ? this.diagnostics : undefined,
      observe: options.observe,
    });
    this.#store = store;
    this.#orderer = new Orderer(store, this.diagnostics, { fast: !options.slow, repairs: this.#salvage });
  }

  get timeBase(): number {
    return this.#orderer.timeBase;
  }

  get bytesRead(): number {
    return this.#input.offset;
  }

  preview(visit: BlockVisitor): void {
    this.#preview = new Preview(this.#store, visit, this.#salvage);
  }

  async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    try {
      let fault: TraceError | undefined;
      let end: TraceError | undefined;
      let isCut = false;
      for (let read = await this.#next(); read !== undefined; read = await this.#next()) {
        if (read instanceof TraceError) {
          end = read;
          break;
        }
        const unresolved = this.#unresolvedNames;
        yield* this.#generation(read);
        end = this.#endWithin(read, unresolved);
        fault ??= read.fault ?? this.#orderer.fault;
        isCut = end !== undefined;
        if (isCut) break;
      }
      if (!isCut) yield this.#finalSync();
      if (this.generations === 0) end ??= empty(this.#input.offset);
      if (end === undefined && fault === undefined) return;
      await this.#countLoss();
      // The cut is the main error. `-v` shows the other error as its cause.
      if (end !== undefined && fault !== undefined) end.cause = fault;
      throw end ?? fault;
    } finally {
      await this.close();
    }
  }

  async close(): Promise<void> {
    await this.#input.close();
    await this.#source.close?.();
  }

  /** The next generation, or the error in its place. */
  async #next(): Promise<ReadGeneration | TraceError | undefined> {
    try {
      const read = await this.#reader.next();
      return this.#salvage ? read : (read?.cut ?? read?.fault ?? read);
    } catch (error) {
      if (error instanceof TraceError) return error;
      throw error;
    }
  }

  async *#generation(read: ReadGeneration): AsyncGenerator<EventBlock, void, undefined> {
    const { generation } = read;
    const block = this.#block;
    this.generations++;
    this.#setClock(generation);
    generation.complete = read.fault === undefined && read.cut === undefined;
    if (await this.#preview?.show(generation)) this.#preview = undefined;
    let error: unknown;
    block.length = 0;
    this.#orderer.start(generation, block);
    for (let done = false; !done; ) {
      try {
        done = this.#orderer.fill(block);
      } catch (broken) {
        error = broken;
        done = true;
      }
      if (block.length > 0) yield block;
      block.length = 0;
      if (isBreathDue()) await breathe();
    }
    if (error === undefined) return;
    await this.#countLoss();
    throw error;
  }

  /**
   * The reason that the input ends within an emitted generation, if it does. In formats without an end mark
   * only the events may show it: they lack others, or the strings that are written last.
   * @param unresolved {@link #unresolvedNames} before the generation
   */
  #endWithin({ cut, generation, mayBeCut }: ReadGeneration, unresolved: number): TraceError | undefined {
    if (cut !== undefined || !mayBeCut) return cut;
    const { isBroken, isLacking } = this.#orderer;
    const { end } = this.#reader;
    const { failure } = this.#input;
    if (end !== undefined && (isBroken || isLacking)) return end;
    const isCut = this.#unresolvedNames > unresolved || (failure !== undefined && isBroken);
    return isCut ? incomplete(generation, this.#input) : undefined;
  }

  /** Number of event names missing from the tables. */
  get #unresolvedNames(): number {
    return this.diagnostics.kinds("table-id-unresolved").get("string") ?? 0;
  }

  #setClock(generation: WireGeneration): void {
    const { frequency } = generation.sync;
    if (frequency > 0) this.#nsPerTick = 1 / (frequency / 1e9);
    else this.diagnostics.add("frequency-assumed");
    if (this.#nsPerTick === 0) this.#nsPerTick = 1 / (USUAL_FREQUENCY / 1e9);
    generation.nsPerTick = this.#nsPerTick;
    const jump = this.#wallClock.take(generation.clock, this.timeBase);
    generation.wallClock = this.#wallClock.reading;
    if (jump !== 0n) this.#tellJump(Number(jump), generation);
  }

  #tellJump(jump: number, { number, minTicks, nsPerTick }: WireGeneration): void {
    const isTold = this.diagnostics.kinds("wall-clock-jumps").size < MOST_JUMPS;
    const by = formatDuration(Math.round(Math.abs(jump) / 1e6) * 1e6);
    const time = Math.max(Math.trunc(minTicks * nsPerTick) - this.timeBase, 0);
    const text = `${jump < 0 ? "back" : "forward"} by ${by} before generation ${number}, which begins at ${formatDuration(time)}`;
    this.diagnostics.add("wall-clock-jumps", 1, isTold ? text : undefined);
  }

  #finalSync(): EventBlock {
    const block = this.#block;
    block.length = 0;
    block.generation = undefined;
    this.#orderer.emulator.block = block;
    this.#orderer.emitSync();
    return block;
  }

  async #countLoss(): Promise<void> {
    const events = this.#orderer.remainingBytes();
    if (events > 0) this.diagnostics.add("lost-events", events);
    const behind = await this.#input.drain();
    if (behind > 0) this.diagnostics.add("lost-bytes", behind);
  }
}

/** The error for a trace that recorded nothing. */
function empty(offset: number): TraceError {
  return new TraceError("truncated", "the trace holds a header and nothing else", { offset });
}

/**
 * The error for a last generation whose tables lack what its events refer to: the reason that the input ends,
 * if known.
 */
function incomplete({ number }: WireGeneration, { failure, offset }: ChunkReader): TraceError {
  const message = "the input ends before the generation does";
  const facts = { generation: number, offset };
  return failure?.with(facts) ?? new TraceError("incomplete-generation", message, facts);
}
