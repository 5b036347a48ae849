/*
 * Reads a large file in a thread of its own, so that ordering and what is done with the events share two
 * processors.
 *
 * 1. `input.ts` opens a file as ever, which reads its header, and decides whether a thread pays.
 * 2. The thread (`reading-thread.ts`) reads the file by the same descriptor, with the same reader. It fills
 *    blocks of events in shared memory (`block-ring.ts`), and posts what is new in the tables of strings and
 *    stacks (`generation-parts.ts`). Its last message has the diagnostics and the error (`thread-messages.ts`).
 * 3. Consumers get the events, tables, errors and diagnostics that they get without a thread.
 */

import { once } from "node:events";
import { getAsset, isSea } from "node:sea";
import { Worker } from "node:worker_threads";
import { breathe, isBreathDue } from "../../base/breather.js";
import type { Diagnostics } from "../../base/diagnostics.js";
import type { FileSource } from "../../bytes/file-source.js";
import type { EventBlock } from "../../event/block.js";
import type { BlockVisitor, Trace } from "../../order/trace.js";
import { Failure } from "../process/failure.js";
import { beforeStop } from "../process/signals.js";
import { BlockRing } from "./block-ring.js";
import { ReceivedGenerations } from "./generation-parts.js";
import {
  errorOf,
  type FilledBlocks,
  type ReadingEnd,
  type ReadingMessage,
  type ReadingOptions,
  type ReadingProgress,
  type ReadingTask,
} from "./thread-messages.js";

/** The entry point of the thread, relative to a chunk of the build. A single executable has it as a script. */
const ENTRY = new URL("../cli/reading-thread.js", import.meta.url);
const SCRIPT = "reading-thread.js";
/** The reader makes few objects. With the default of 16 MB and more, memory is 13 MB larger and the time the same. */
const YOUNG_MEGABYTES = 4;
const OUT_OF_MEMORY = "ERR_WORKER_OUT_OF_MEMORY";

/** A trace that a thread reads. Its diagnostics are complete when all blocks are read. */
export class ThreadedTrace implements Trace {
  readonly #header: Trace;
  readonly #file: FileSource;
  readonly #options: ReadingOptions;
  readonly #entry: URL;
  #progress: ReadingProgress;
  #isPreviewed = false;

  /**
   * @param header the trace, of which only the header is read
   * @param file the source of its bytes
   * @param options with which the header was read
   * @param entry of the thread
   */
  constructor(header: Trace, file: FileSource, { salvage, slow }: ReadingOptions, entry = ENTRY) {
    this.#header = header;
    this.#file = file;
    this.#options = { ...(salvage !== undefined && { salvage }), ...(slow !== undefined && { slow }) };
    this.#entry = entry;
    this.#progress = header;
  }

  get format(): Trace["format"] {
    return this.#header.format;
  }

  get diagnostics(): Diagnostics {
    return this.#header.diagnostics;
  }

  get timeBase(): number {
    return this.#progress.timeBase;
  }

  get bytesRead(): number {
    return this.#progress.bytesRead;
  }

  get generations(): number {
    return this.#progress.generations;
  }

  /** Parts of a trace need a preview. They are read without a thread. */
  preview(visit: BlockVisitor): void {
    this.#isPreviewed = true;
    this.#header.preview?.(visit);
  }

  async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    if (this.#isPreviewed) yield* this.#header.blocks();
    else yield* this.#threaded();
  }

  async *#threaded(): AsyncGenerator<EventBlock, void, undefined> {
    const ring = new BlockRing();
    const { name, size, descriptor } = this.#file;
    const { memory } = ring;
    const task = { name, size, descriptor, memory, options: this.#options };
    const thread = new ReadingThread(this.#entry, task);
    const generations = new ReceivedGenerations();
    try {
      for (let n = 0; ; ) {
        const message = await thread.next();
        this.#progress = message.progress;
        if (message.type === "end") return this.#end(message);
        const generation = generations.take(message.generation);
        for (const length of message.lengths) {
          const block = ring.block(n++);
          block.length = length;
          block.generation = generation;
          yield block;
          if (isBreathDue()) await breathe();
        }
        ring.release(message.lengths.length);
      }
    } finally {
      await thread.end();
      await this.close();
    }
  }

  #end({ diagnostics, error }: ReadingEnd): void {
    this.diagnostics.addCounts(diagnostics);
    if (error !== undefined) throw errorOf(error);
  }

  close(): Promise<void> {
    return this.#header.close();
  }
}

/** A running thread and its messages. */
class ReadingThread {
  readonly #worker: Worker;
  readonly #name: string;
  readonly #messages: (FilledBlocks | ReadingEnd)[] = [];
  #isLoaded = false;
  #isDone = false;
  #failure: unknown;
  /** Ends the wait for the next message. */
  #wake: () => void = () => undefined;
  readonly #forget = beforeStop(async () => {
    await this.end();
    return undefined;
  });

  constructor(entry: URL, task: ReadingTask) {
    this.#name = task.name;
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MEGABYTES };
    const options = { workerData: task, name: "reader", resourceLimits };
    this.#worker = isSea()
      ? new Worker(getAsset(SCRIPT, "utf8"), { ...options, eval: true })
      : new Worker(entry, options);
    this.#worker.on("message", (message: ReadingMessage) => {
      this.#isLoaded = true;
      if (message.type === "loaded") return;
      this.#messages.push(message);
      this.#isDone = message.type === "end";
      this.#wake();
    });
    this.#worker.on("error", (error) => {
      this.#isDone = true;
      this.#failure = this.#failureOf(error);
      this.#wake();
    });
  }

  /** @throws Failure if the thread's memory is full */
  async next(): Promise<FilledBlocks | ReadingEnd> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
  }

  /** Ends the thread, if it has not read all. */
  async end(): Promise<void> {
    this.#forget();
    if (this.#isDone) return;
    this.#isDone = true;
    // Node aborts the process if a thread is ended while it loads its modules.
    if (!this.#isLoaded) await once(this.#worker, "message").catch(() => undefined);
    await this.#worker.terminate();
  }

  #failureOf(error: unknown): unknown {
    const isMemory = error instanceof Error && "code" in error && error.code === OUT_OF_MEMORY;
    if (!isMemory) return error;
    const advice =
      "Select a part with --from and --to, or allow more with NODE_OPTIONS=--max-old-space-size=MB.";
    return new Failure(`cannot read ${this.#name}: not enough memory`, advice, { cause: error });
  }
}
