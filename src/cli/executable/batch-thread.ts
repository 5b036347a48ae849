import work from "../commands/batch/batch-worker.js";
import "piscina/worker";

// Piscina's side of a thread requires the file with the work. In a single executable that is the program itself, by
// the name that `batch/pool.ts` gives.
require.cache[process.execPath] = {
  loaded: true,
  exports: { default: work, __esModule: true },
} as NodeJS.Module;
