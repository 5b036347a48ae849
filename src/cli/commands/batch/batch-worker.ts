import { type MessagePort, parentPort, threadId } from "node:worker_threads";
import { onPending } from "../../output/pending-file.js";
import { type WorkOptions, type WorkResult, workOnFile } from "./file-work.js";
import type { PlannedFile } from "./plan.js";

/** The task of a worker thread. */
export interface WorkerTask {
  readonly file: PlannedFile;
  readonly options: WorkOptions;
  /** Receives the names of temporary files, each before the file exists. */
  readonly pending: MessagePort;
}

// All modules are loaded at this point.
parentPort?.postMessage(threadId);

/** Processes one trace. */
export default async function work({ file, options, pending }: WorkerTask): Promise<WorkResult> {
  onPending((path) => pending.postMessage(path));
  try {
    return await workOnFile(file, options);
  } finally {
    pending.close();
  }
}
