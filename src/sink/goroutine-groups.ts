/** Goroutines in one group of the UI: opening a group of many thousands takes it a minute. */
export const BUCKET = 1000;
/** Thread ids must fit 32 bits. Goroutines from this id on get the next free one. */
export const FIRST_FREE_TID = 2 ** 30;
/** Group of the runtime's own goroutines and of what wakes goroutines without being one. */
export const RUNTIME = "runtime";

/** Start functions of the runtime in which a program's code runs: that of main, and of coroutines (`iter.Pull`). */
const OF_PROGRAMS: ReadonlySet<string> = new Set(["runtime.main", "runtime.corostart"]);

/** The group of a start function: the runtime's own goroutines, also those of its tracer, are all in one. */
export function groupOf(func: string): string {
  return /^runtime[./]/.test(func) && !OF_PROGRAMS.has(func) ? RUNTIME : func;
}

/**
 * A function with only the last element of its package's path: the UI shows the first two dozen letters of a group's
 * name, in which groups of one module would all be alike.
 */
export function groupTitle(func: string): string {
  return func.replace(/^[^([]*\//, "");
}
