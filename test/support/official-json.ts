import { Lane, Process } from "../../src/sink/chrome/processes.js";
import { asGoViews, NO_ROW, oneRunAtATime, type View } from "./as-go-views.js";
import type { JsonEvent, JsonTrace } from "./chrome-json.js";
import { listDifference } from "./list-difference.js";
import { viewerEvents, viewerText } from "./viewer-events.js";

/** Where the JSON of Go's viewer is other than ours on purpose; `as-go-views.ts` and `official-counters.ts` have the rules. */
export const JSON_QUIRKS = {
  arrowEnds:
    'It ends arrows with steps, "t", and so never; ours have ends, "f", bound to the run they lead to.',
  arrowSources:
    'Instants "unblock (network)" and "exit blocked syscall" are slices without a length where arrows come from them: ' +
    "viewers have no arrows from instants.",
  edges:
    "Who was made runnable and did not run until the end has no arrow there; ours has one to the end, to a slice “still runnable” " +
    "on the row of what is on no P, or thread.",
  rowZero:
    "It has no arrows from unblocking on the P or thread with the id 0, as that is also its word for no row.",
  noProc: "What is done without a P is on the row 2^64−1; ours is the row “Without a P”.",
  noThread:
    "In traces before Go 1.22 nobody is told to be the thread on which timers and the network wake goroutines. In the view " +
    "of threads Go's viewer has that on the row 2^64−1, with arrows; ours has it only in the rows of Ps.",
  procRows: "Rows of Ps have the Ps' ids; ours are one more, since Perfetto takes thread 0 for the idle one.",
  threadRows:
    "Rows of threads have the threads' ids; ours have others where an id is 0, which is the idle thread to Perfetto, or " +
    "has more than 30 bits.",
  takenProcs:
    "In traces before Go 1.22 nothing tells that a P is taken from a system call. In the view of Ps the run with that call " +
    "is missing, and the next one of the goroutine has its stack; in the view of threads the goroutine stays where it was " +
    "while others run there. Ours ends what is on a row before something else begins there.",
  initialSyscalls:
    "Goroutines that are in a system call when such a trace begins are all the time on the row of the P that starts it, " +
    "although others run there.",
  sweepRows:
    "Sweeping that does not nest with what goroutines do on its P, or is older than the trace, is on a row of its own: " +
    "viewers drop slices that overlap.",
  gcRow: "The GC is on a row beside the Ps; ours is in the process “Go runtime”.",
  syscallRows:
    "In the view of threads a system call that loses its P is on whatever thread its goroutine stops on next, and missing " +
    "if it does not run again; ours is on the one it was made on.",
  idleRows: "It names the rows of all Ps up to the highest id; ours names those on which something is.",
  callbacks:
    "It names goroutines that serve calls from C by the runtime's entry, `runtime.cgocallback`, or not at all; ours has the " +
    "function that C calls.",
  namelessRoots:
    "A goroutine whose first stack has a root without a function is called by that, nothing, for good; ours has the name when a " +
    "later stack tells it.",
  lastLife:
    "A goroutine that serves calls from C has its id and the name of its start function again with every call; ours has " +
    "the name when a stack of the call tells it.",
  gcWaiting:
    "GCWaiting goes below zero, as 2^64−1, where an assist is told of after the goroutine began to wait in it, and is " +
    "too low from there on.",
  inSyscall:
    "InSyscall is always 0; ours counts goroutines in system calls, and so has more values of the counter.",
  additions: "Ours has stops of the world on a row of their own, and the counter GOMAXPROCS.",
  emptyArguments: "Names that are empty and arguments that are 0 are left out.",
} as const;

/** Go's row of the GC, beside those of the Ps. */
const GC_ROW = "1000004";
const OWN_ROWS = /^(Proc|Thread) (\d+)$/;

/**
 * What slices, instants and arrows of a view one file has and the other has not, by name, row, times, stacks and
 * arguments.
 * @param isFormat1 whether the trace is one from before Go 1.22
 */
export function officialDifferences(
  ours: JsonTrace,
  official: JsonTrace,
  view: View,
  isFormat1: boolean,
): string[] {
  const process = view === "proc" ? Process.Procs : Process.Threads;
  const inView = ours.traceEvents.filter(({ pid, tid }) => pid === process || isGcRow(pid, tid));
  const threads = threadsOf(ours);
  const mine = viewerEvents({ ...ours, traceEvents: inView }, (event) => ourRow(event, view, threads));
  const all = viewerEvents(official, ({ tid = 0 }) => `${tid}`);
  const theirs = isFormat1 ? oneRunAtATime(all, view) : all;
  return listDifference(asGoViews(mine, view, !isFormat1).map(viewerText), theirs.map(viewerText));
}

/** The names of Ps and threads in a file of Go's viewer, as ours has them; see `idleRows`. */
export function officialRows({ traceEvents }: JsonTrace): string[] {
  const used = new Set(traceEvents.filter(({ ph }) => ph !== "M" && ph !== "C").map(({ tid }) => tid));
  return traceEvents.flatMap(({ name, tid, args }) => {
    if (!used.has(tid)) return [];
    const [, what, id] = (name === "thread_name" && OWN_ROWS.exec(String(args?.name))) || [];
    return what === undefined ? [] : [`${what === "Proc" ? "P" : "M"}${id}`];
  });
}

/** Those in a file of ours. */
export function ourRows({ traceEvents }: JsonTrace): string[] {
  return traceEvents.flatMap(({ name, args }) =>
    name === "thread_name" && /^[PM]\d+$/.test(String(args?.name)) ? [String(args?.name)] : [],
  );
}

const isGcRow = (pid: number, tid?: number) => pid === Process.Runtime && tid === Lane.Gc;

/** The threads' ids by our rows'; see `threadRows`. */
function threadsOf({ traceEvents }: JsonTrace): Map<number, string> {
  const names = traceEvents.filter(
    ({ name, pid, tid }) => name === "thread_name" && pid === Process.Threads && tid !== undefined,
  );
  return new Map(names.map(({ tid = -1, args = {} }) => [tid, String(args.name).replace(/^M/, "")]));
}

function ourRow({ pid, tid = -1 }: JsonEvent, view: View, threads: ReadonlyMap<number, string>): string {
  if (isGcRow(pid, tid)) return GC_ROW;
  if (view === "thread") return threads.get(tid) ?? "";
  if (tid === Lane.WithoutProc) return NO_ROW;
  if (tid >= Lane.Sweeping) return `${tid - Lane.Sweeping}`;
  return tid < Lane.Timers ? `${tid - 1}` : `${tid}`;
}
