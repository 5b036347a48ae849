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
const waiting = new Set<Job>();
let isRunning = false;

/** What a person waits for comes before what is done beforehand. */
function nextJob(): Job | undefined {
  const [first] = waiting;
  return [...waiting].find((job) => job.isAwaited) ?? first;
}

async function runAll(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  for (let job = nextJob(); job !== undefined; job = nextJob()) {
    waiting.delete(job);
    await job.run();
  }
  isRunning = false;
}

/** A piece of work in a worker of its own, which ends with it. */
export class Job {
  readonly result: Promise<Result>;
  /** Whether a person has asked for the result. */
  isAwaited = false;
  readonly #work: Work;
  readonly #onProgress: OnProgress;
  #resolve!: (result: Result) => void;
  #reject!: (error: Error) => void;

  constructor(work: Work, onProgress: OnProgress) {
    this.#work = work;
    this.#onProgress = onProgress;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    waiting.add(this);
    // Whoever made it has yet to say whether it is awaited.
    queueMicrotask(runAll);
  }

  get isWaiting(): boolean {
    return waiting.has(this);
  }

  /** Ends the work at once, also if its turn has not come. */
  cancel(): void {
    waiting.delete(this);
    this.#reject(new Cancelled());
  }

  /** Ends when the result is there, or an error instead. */
  run(): Promise<void> {
    this.#onProgress(undefined, 0);
    const worker = new Worker(new URL("./worker/worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      if (data.is === "progress") this.#onProgress(data.size && data.bytes / data.size, data.events);
      else if (data.is === "done") this.#resolve(data);
      else this.#reject(new JobError(data.message.text, data.message.advice));
    });
    // Also when the memory of the tab does not suffice.
    worker.addEventListener("error", ({ message }) => {
      const text = `the conversion failed${message && `: ${message}`}`;
      this.#reject(new JobError(text, "The command line needs less memory."));
    });
    worker.postMessage(this.#work);
    const end = () => worker.terminate();
    return this.result.then(end, end);
  }
}
