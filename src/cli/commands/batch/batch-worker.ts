import { type MessagePort, parentPort, threadId } from "node:worker_threads";
import { onPending } from "../../output/pending-file.js";
import { type WorkOptions, type WorkResult, workOnFile } from "./file-work.js";
import type { PlannedFile } from "./plan.js";

/** What a thread is given. */
export interface WorkerTask {
  readonly file: PlannedFile;
  readonly options: WorkOptions;
  /** Takes the names of files that must not be left behind, each before there is such a file. */
  readonly pending: MessagePort;
}

// Now everything is loaded.
parentPort?.postMessage(threadId);

/** A thread's work: one trace. */
export default async function work({ file, options, pending }: WorkerTask): Promise<WorkResult> {
  onPending((path) => pending.postMessage(path));
  try {
    return await workOnFile(file, options);
  } finally {
    pending.close();
  }
}
