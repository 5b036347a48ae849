/*
 * How a batch works.
 *
 * 1. `inputs.ts` finds the traces. `plan.ts` decides where each output goes and which traces a shard has, by options and paths only, so
 *    machines agree.
 * 2. This pool hands traces to threads, as many as `memory-budget.ts` has room for. `file-work.ts` does with one what the single commands do.
 *    Its answer is a row of figures and words; events never cross threads.
 * 3. A signal ends the threads. A thread posts each temporary name before it creates the file, and the main thread removes what was posted. No
 *    thread is ended while it loads modules: Node would abort the process.
 * 4. `record.ts` keeps a small file for each trace, for `--resume`.
 *
 * A thread that dies, for example because its heap is full, becomes a row with an error; another takes its place. Columns lie outside of the
 * heap, where Node has no limit for threads; the reader keeps those small. `trace-head.ts` learns what a trace needs from its first and last
 * bytes: format, gzip, unpacked length.
 */

import { once } from "node:events";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { Piscina } from "piscina";
import { rememberPending } from "../../output/pending-file.js";
import { ExitCode } from "../../process/exit-codes.js";
import type { WorkerTask } from "./batch-worker.js";
import type { WorkOptions, WorkResult } from "./file-work.js";
import { MemoryBudget } from "./memory-budget.js";
import type { PlannedFile } from "./plan.js";

/** Where the build puts the threads' entry, as seen from a chunk of it. */
const WORKER = new URL("../cli/batch-worker.js", import.meta.url).href;
const OUT_OF_MEMORY = "ERR_WORKER_OUT_OF_MEMORY";

/** Threads that work on traces, each on one at a time, as many at once as there is memory for. */
export class WorkerPool {
  readonly threads: number;
  readonly #piscina: Piscina<WorkerTask, WorkResult>;
  readonly #memory: MemoryBudget;
  readonly #options: WorkOptions;
  /** By traces that are worked on: where their threads say which files must not be left behind. */
  readonly #pending = new Set<MessagePort>();
  /** Numbers of the threads that have loaded all that they need. */
  readonly #loaded = new Set<number>();
  #isStopped = false;

  /**
   * @param jobs how many threads; as many as there are processors if undefined
   * @param files how many traces there will be: there are no more threads than these
   */
  constructor(jobs: number | undefined, files: number, options: WorkOptions) {
    this.#options = options;
    this.#memory = MemoryBudget.ofMachine();
    this.threads = Math.max(1, Math.min(jobs ?? availableParallelism(), files));
    this.#piscina = new Piscina<WorkerTask, WorkResult>({
      filename: WORKER,
      minThreads: this.threads,
      maxThreads: this.threads,
      // Signals and the end of the command find no thread that sleeps.
      atomics: "disabled",
      // A trace that needs more than all of the memory fails by itself; without this the whole command would.
      resourceLimits: { maxOldGenerationSizeMb: this.#memory.heapMegabytes },
    });
    this.#piscina.on("message", (thread: number) => this.#loaded.add(thread));
    // A thread that dies without a trace takes nothing along. Without a listener the whole command would end.
    this.#piscina.on("error", () => undefined);
  }

  /** Works on a trace as soon as there is a thread and memory for it. When the pool is stopped there is no answer. */
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
      // What the thread leaves behind is known only when it has ended, which `stop` waits for: the port stays open.
      if (this.#isStopped) await never();
      for (const path of this.#rememberFiles(port1)) await rm(path, { force: true });
      return failedResult(file, error, this.#memory.heapMegabytes);
    } finally {
      this.#pending.delete(port1);
      port1.close();
    }
  }

  /** Ends the threads when all is done. */
  async close(): Promise<void> {
    await this.#whenLoaded();
    await this.#piscina.destroy();
  }

  /** Ends the threads wherever they are. What they left half done is remembered as pending. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#whenLoaded();
    const ports = [...this.#pending];
    await this.#piscina.destroy();
    for (const port of ports) this.#rememberFiles(port);
  }

  /** Node aborts the whole process if a thread is ended while it loads modules: waits until none does. */
  async #whenLoaded(): Promise<void> {
    const loading = this.#piscina.threads.filter(({ threadId }) => !this.#loaded.has(threadId));
    await Promise.allSettled(
      loading.map((thread) => {
        thread.ref();
        return Promise.race([once(thread, "message"), once(thread, "exit")]);
      }),
    );
  }

  /** @returns the names of what a thread's end left half done */
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

/** The process ends before. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** A thread ended without an answer. @param megabytes how large its heap could grow */
function failedResult({ input }: PlannedFile, error: unknown, megabytes: number): WorkResult {
  const isMemory = error instanceof Error && "code" in error && error.code === OUT_OF_MEMORY;
  const row = isMemory
    ? {
        error: `${input} needs more memory than the ${megabytes} MB that a thread may have here`,
        advice:
          "Read less of it with --from and --to, or allow more with NODE_OPTIONS=--max-old-space-size=MB if the machine has it.",
      }
    : {
        error: `${input}: the thread that worked on it ended: ${error instanceof Error ? error.message : String(error)}`,
        advice: "This is a bug worth reporting.",
      };
  return { row: { input, exitCode: ExitCode.Failed, ...row }, outputs: [], messages: [] };
}
