/*
 * Runs a batch.
 *
 * 1. `inputs.ts` finds the traces. `plan.ts` decides where each output goes and which traces a shard has.
 *    Both depend on options and paths only, so machines agree.
 * 2. This pool passes traces to threads, as many as `memory-budget.ts` has room for. `file-work.ts` does for
 *    one trace what the single commands do. Its result is a row of figures and texts; events never cross
 *    threads.
 * 3. A signal ends the threads. A thread posts each temporary name before it creates the file, and the main
 *    thread removes the posted files. No thread is ended while it loads modules, because Node would abort the
 *    process.
 * 4. `record.ts` keeps a small file per trace, for `--resume`.
 *
 * If a thread dies, for example because its heap is full, the result is a row with an error, and another
 * thread takes its place. Columns are outside of the heap, where Node has no limit for threads; the reader
 * keeps them small. `trace-head.ts` estimates what a trace needs from its first and last bytes: format, gzip,
 * unpacked length.
 */

import { once } from "node:events";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Piscina } from "piscina";
import { rememberPending } from "../../output/pending-file.js";
import { ExitCode } from "../../process/exit-codes.js";
import { assets } from "../../process/single-executable.js";
import type { WorkerTask } from "./batch-worker.js";
import type { WorkOptions, WorkResult } from "./file-work.js";
import { MemoryBudget } from "./memory-budget.js";
import type { PlannedFile } from "./plan.js";

/** The entry point of the threads, relative to a chunk of the build. In a single executable, see `executable/`. */
const WORKER = assets ? process.execPath : new URL("../cli/batch-worker.js", import.meta.url).href;
const OUT_OF_MEMORY = "ERR_WORKER_OUT_OF_MEMORY";

/** Threads that convert one trace at a time each, as many as memory allows. */
export class WorkerPool {
  readonly threads: number;
  readonly #piscina: Piscina<WorkerTask, WorkResult>;
  readonly #memory: MemoryBudget;
  readonly #options: WorkOptions;
  /** Ports to which threads post the names of their temporary files, by current trace. */
  readonly #pending = new Set<MessagePort>();
  /** Ids of the threads that have loaded their modules. */
  readonly #loaded = new Set<number>();
  #isStopped = false;

  /**
   * @param jobs number of threads; if undefined, one per processor
   * @param files number of traces, which limits the number of threads
   */
  constructor(jobs: number | undefined, files: number, options: WorkOptions) {
    this.#options = options;
    this.#memory = MemoryBudget.ofMachine();
    this.threads = Math.max(1, Math.min(jobs ?? availableParallelism(), files));
    this.#piscina = new Piscina<WorkerTask, WorkResult>({
      filename: WORKER,
      minThreads: this.threads,
      maxThreads: this.threads,
      // With atomics a waiting thread sleeps, and neither signals nor the end of the command reach it.
      atomics: "disabled",
      // A trace that needs too much memory fails alone. Without this limit the whole command would fail.
      resourceLimits: { maxOldGenerationSizeMb: this.#memory.heapMegabytes },
    });
    this.#piscina.on("message", (thread: number) => this.#loaded.add(thread));
    // A thread may die without a task. Without a listener that ends the whole command.
    this.#piscina.on("error", () => undefined);
  }

  /** Converts a trace when a thread and memory are available. After `stop` the promise stays pending. */
  async work(file: PlannedFile): Promise<WorkResult> {
    const release = await this.#memory.take(file.input);
    if (this.#isStopped) await never();
    const result = await this.#run(file);
    release();
    return result;
  }

  async #run(file: PlannedFile): Promise<WorkResult> {
    const { port1, port2 } = new MessageChannel();
    port1.unref();
    this.#pending.add(port1);
    try {
      const task = { file, options: this.#options, pending: port2 };
      return await this.#piscina.run(task, { transferList: [port2] });
    } catch (error) {
      // The port stays open: `stop` reads the names of temporary files after the thread has ended.
      if (this.#isStopped) await never();
      for (const path of this.#rememberFiles(port1)) await rm(path, { force: true });
      return failedResult(file, error, this.#memory.heapMegabytes);
    } finally {
      this.#pending.delete(port1);
      port1.close();
    }
  }

  /** Ends the idle threads. */
  async close(): Promise<void> {
    await this.#whenLoaded();
    await this.#piscina.destroy();
  }

  /** Ends the threads at once. Their temporary files are recorded as pending. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#whenLoaded();
    const ports = [...this.#pending];
    await this.#piscina.destroy();
    for (const port of ports) this.#rememberFiles(port);
  }

  /** Waits until no thread loads modules. Node aborts the process if a thread is ended while it loads. */
  async #whenLoaded(): Promise<void> {
    const loading = this.#piscina.threads.filter(({ threadId }) => !this.#loaded.has(threadId));
    await Promise.allSettled(
      loading.map((thread) => {
        thread.ref();
        return Promise.race([once(thread, "message"), once(thread, "exit")]);
      }),
    );
  }

  /** @returns the temporary files of a thread that ended */
  #rememberFiles(port: MessagePort): string[] {
    const files: string[] = [];
    for (;;) {
      const received = receiveMessageOnPort(port);
      if (received === undefined) return files;
      const path = received.message as string;
      rememberPending(path);
      files.push(path);
    }
  }
}

/** Stays pending, because the process ends. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** The result for a thread that ended without one. @param megabytes the limit of its heap */
function failedResult({ input }: PlannedFile, error: unknown, megabytes: number): WorkResult {
  const isMemory = error instanceof Error && "code" in error && error.code === OUT_OF_MEMORY;
  const row = isMemory
    ? {
        error: `${input} needs more than the ${megabytes} MB of memory that a thread may use`,
        advice:
          "Select a part with --from and --to, or allow more with NODE_OPTIONS=--max-old-space-size=MB.",
      }
    : {
        error: `${input}: the thread ended unexpectedly: ${error instanceof Error ? error.message : String(error)}`,
        advice: "This is a bug. Please report it.",
      };
  return { row: { input, exitCode: ExitCode.Failed, ...row }, outputs: [], messages: [] };
}
