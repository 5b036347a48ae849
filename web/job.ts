import type { Answer, Product, Reading, Work } from "./messages.js";

/** What a job leaves. */
export interface Result {
  readonly products: readonly Product[];
  readonly reading: Reading;
}

/** A failure that a person can understand. */
export class JobError extends Error {
  override readonly name = "JobError";
  readonly advice: string | undefined;

  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

/** A job that was cancelled. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Progress of a job. @param share from 0 to 1; undefined if the size is unknown */
export type OnProgress = (share: number | undefined, events: number) => void;

/** Jobs run one after another, so that several traces do not need several times the memory. */
let queue: Promise<unknown> = Promise.resolve();

/** A piece of work in a worker of its own, which ends with it. */
export class Job {
  readonly result: Promise<Result>;
  readonly #work: Work;
  readonly #onProgress: OnProgress;
  #worker: Worker | undefined;
  #fail: (error: Error) => void = () => undefined;
  #isCancelled = false;

  constructor(work: Work, onProgress: OnProgress) {
    this.#work = work;
    this.#onProgress = onProgress;
    this.result = queue.then(() => this.#run());
    queue = this.result.catch(() => undefined);
  }

  /** Ends the work at once. */
  cancel(): void {
    this.#isCancelled = true;
    this.#worker?.terminate();
    this.#fail(new Cancelled());
  }

  async #run(): Promise<Result> {
    if (this.#isCancelled) throw new Cancelled();
    const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
    this.#worker = worker;
    try {
      return await new Promise((resolve, reject) => {
        this.#fail = reject;
        worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
          if (data.is === "progress") this.#onProgress(data.size && data.bytes / data.size, data.events);
          else if (data.is === "done") resolve(data);
          else reject(new JobError(data.message.text, data.message.advice));
        });
        // Also when the memory of the tab does not suffice.
        worker.addEventListener("error", ({ message }) => {
          reject(
            new JobError(
              `the conversion failed${message && `: ${message}`}`,
              "The command line needs less memory.",
            ),
          );
        });
        worker.postMessage(this.#work);
      });
    } finally {
      worker.terminate();
    }
  }
}
