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
 * A function with its package's name instead of its path, as `badger.(*DB).doWrites` for `github.com/dgraph-io/badger/v4.(*DB).doWrites`.
 * The UI shows the first two dozen letters of a group's name, in which groups of one module would all be alike.
 */
export function groupTitle(func: string): string {
  const [path = ""] = /^[^([]*\//.exec(func) ?? [];
  const elements = path.split("/").slice(0, -1);
  const rest = func.slice(path.length);
  // The last element of a module's path from version 2 on is the version, not the package.
  const title =
    /^v\d+\./.test(rest) && elements.length > 0 ? rest.replace(/^v\d+/, elements.at(-1) as string) : rest;
  // The linker writes a dot in the last element of a path so.
  return title.replaceAll("%2e", ".");
}
