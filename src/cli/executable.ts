import { isMainThread } from "node:worker_threads";

// The program of a single executable, which `executable/start.ts` runs in each thread. Not awaited: a script of the older
// kind cannot wait at its top.
void (isMainThread ? import("./run.js") : import("./executable/batch-thread.js"));
