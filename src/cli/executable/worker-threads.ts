import { getAsset } from "node:sea";
import * as threads from "node:worker_threads";

// Stands for node:worker_threads in the part of Piscina that starts threads. A single executable has no files that
// they could start from.

export * from "node:worker_threads";

/** A thread of the program, whatever the file. */
export class Worker extends threads.Worker {
  constructor(_file: string, options: threads.WorkerOptions) {
    super(getAsset("start.js", "utf8"), { ...options, eval: true });
  }
}
