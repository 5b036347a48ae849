import { Lane, Process } from "../../src/sink/chrome/processes.js";
import { type JsonEvent, JsonStacks, type JsonTrace, nanoseconds } from "./chrome-json.js";
import { oneReplacement } from "./official-quirks.js";

/** Where the JSON of Go's viewer is other than ours on purpose. */
export const JSON_QUIRKS = {
  arrowEnds:
    'It ends arrows with steps, "t", and so never; ours have ends, "f", bound to the run they lead to.',
  arrowSources:
    'Instants "unblock (network)" and "exit blocked syscall" are slices without a length where arrows come from them: ' +
    "viewers have no arrows from instants.",
  noProc: "What is done without a P is on the row 2^64−1; ours is the row “Without a P”.",
  noThread:
    "In traces before Go 1.22 nobody is told to be the thread on which timers and the network wake goroutines. In the view " +
    "of threads Go's viewer has that on the row 2^64−1, with arrows; ours has it only in the rows of Ps.",
  procRows: "Rows of Ps have the Ps' ids; ours are one more, since Perfetto takes thread 0 for the idle one.",
  threadRows:
    "Rows of threads have the threads' ids; ours have others where an id is 0, which is the idle thread to Perfetto, or " +
    "has more than 30 bits.",
  takenProcs:
    "In traces before Go 1.22 nothing tells that a P is taken from a system call. Go's viewer lets the goroutine that " +
    "comes back from there start with the stack where it had waited before; ours lets it start without one. In the view " +
    "of threads a run in which that happens is on whatever thread its goroutine stops on next; ours is on the one where it " +
    "began.",
  initialSyscalls:
    "Goroutines that are in a system call when such a trace begins are on the row of the P that starts it, although others " +
    "run there; ours are on that of no P.",
  sweepRows:
    "Sweeping that does not nest with what goroutines do on its P, or is older than the trace, is on a row of its own: " +
    "viewers drop slices that overlap.",
  gcRow: "The GC is on a row beside the Ps; ours is in the process “Go runtime”.",
  syscallRows:
    "In the view of threads a system call that loses its P is on whatever thread its goroutine stops on next; ours is on " +
    "the one it was made on.",
  lastLife:
    "A goroutine that serves calls from C has its id and the name of its start function again with every call; ours has " +
    "the name when a stack of the call tells it.",
  gcWaiting:
    "GCWaiting goes below zero, as 2^64−1, where an assist is told of after the goroutine began to wait in it, and is " +
    "too low from there on.",
  inSyscall: "InSyscall is always 0; ours counts goroutines in system calls.",
  emptyArguments: "Names that are empty and arguments that are 0 are left out.",
} as const;

export type View = "proc" | "thread";

/** What an event is, for comparison: all but the row, and that. */
interface Comparable {
  readonly what: string;
  readonly row: string;
}

/** Go's rows beside those of the Ps. */
const GC_ROW = 1_000_004;
const NO_ROW = 2 ** 64;

/** The events of Go's viewer, by row and time, that ours has none like. */
export function officialDifferences(
  ours: JsonTrace,
  official: JsonTrace,
  view: View,
  isFormat1 = false,
): string[] {
  const found = new Counts();
  const stacks = new JsonStacks(ours);
  const threads = threadsOf(ours);
  for (const event of ours.traceEvents) {
    if (event.ph === "M") continue;
    const row = ourRow(event, view, threads);
    for (const each of asOfficial(event, stacks, row)) found.add(each);
  }
  const theirs = new JsonStacks(official);
  const threadless = view === "thread" ? threadlessArrows(official) : new Set();
  return official.traceEvents.flatMap((event) => {
    if (event.ph === "M" || threadless.has(event.id)) return [];
    const wanted = comparable(event, theirs, officialRow(event));
    if (found.take(wanted) || isExplained(event, wanted, found, view)) return [];
    if (isFormat1 && isOlder(event, wanted, found, view)) return [];
    return [`${wanted.row}: ${wanted.what}`];
  });
}

/** What Go's viewer tells only of traces before Go 1.22. */
function isOlder(event: JsonEvent, { what, row }: Comparable, found: Counts, view: View): boolean {
  // noThread
  if (view === "thread" && event.tid === NO_ROW && event.name.startsWith("unblock")) return true;
  // initialSyscalls
  if (event.ph === "X" && event.ts === 0 && (event.name === "syscall" || /^G\d+$/.test(event.name)))
    return true;
  // takenProcs
  const parts = what.split(" | ");
  parts[4] = "";
  if (event.ph === "X" && found.take({ what: parts.join(" | "), row })) return true;
  return view === "thread" && (event.ph === "X" || event.ph === "t") && found.takeAnywhere(what);
}

/** The arrows of `noThread`. */
function threadlessArrows({ traceEvents }: JsonTrace): Set<number | undefined> {
  const sources = traceEvents.filter(({ ph, tid }) => ph === "s" && tid === NO_ROW);
  return new Set(sources.map(({ id }) => id));
}

function isExplained(event: JsonEvent, { what, row }: Comparable, found: Counts, view: View): boolean {
  // syscallRows
  if (view === "thread" && event.args?.blocked === "yes") return found.takeAnywhere(what);
  // lastLife: the same run without its name
  const nameless = what.replace(/^(X \| "G\d+) [^"]*/, "$1");
  return view === "thread" && nameless !== what && found.take({ what: nameless, row });
}

/** Our event as Go's viewer has it: two of them are the source of an arrow, which is an instant or nothing there. */
function asOfficial(event: JsonEvent, stacks: JsonStacks, row: string): Comparable[] {
  const ph = event.ph === "f" ? "t" : event.ph;
  const each = comparable({ ...event, ph }, stacks, row);
  if (ph !== "X" || event.dur !== 0) return [each];
  const { args: _, ...instant } = event;
  return [each, comparable({ ...instant, ph: "I" }, stacks, row)];
}

/** The threads' ids by our rows'; see `threadRows`. */
function threadsOf({ traceEvents }: JsonTrace): Map<number, string> {
  const names = traceEvents.filter(
    ({ name, pid, tid }) => name === "thread_name" && pid === Process.Threads && tid !== undefined,
  );
  return new Map(names.map(({ tid = -1, args = {} }) => [tid, String(args.name).replace(/^M/, "")]));
}

function ourRow({ ph, pid, tid = -1 }: JsonEvent, view: View, threads: ReadonlyMap<number, string>): string {
  if (ph === "C") return "counters";
  if (pid === Process.Runtime && tid === Lane.Gc) return `${GC_ROW}`;
  if (pid !== (view === "proc" ? Process.Procs : Process.Threads)) return `${pid}/${tid}`;
  if (view === "thread") return threads.get(tid) ?? "";
  if (tid === Lane.WithoutProc) return `${NO_ROW}`;
  if (tid >= Lane.Sweeping) return `${tid - Lane.Sweeping}`;
  return tid < Lane.Timers ? `${tid - 1}` : `${tid}`;
}

function officialRow({ ph, tid }: JsonEvent): string {
  return ph === "C" ? "counters" : `${tid}`;
}

function comparable(event: JsonEvent, stacks: JsonStacks, row: string): Comparable {
  const { ph, name = "", ts = 0, dur = 0, sf, esf } = event;
  const time = `${nanoseconds(ts)}+${nanoseconds(dur)}`;
  const parts = [ph, JSON.stringify(oneReplacement(name)), time, argumentsOf(event)];
  return { what: [...parts, stacks.text(sf), stacks.text(esf)].join(" | "), row };
}

/** The arguments that Go's viewer has too. */
function argumentsOf({ ph, name, args = {} }: JsonEvent): string {
  if (ph === "C") {
    const { Running, Runnable, Allocated, NextGC } = args;
    return JSON.stringify({ Running, Runnable, Allocated, NextGC });
  }
  if (name === "proc start" || name === "proc stop") return `${args.thread ?? 0} ${args.proc ?? 0}`;
  return name === "syscall" ? String(args.blocked) : "";
}

/** How many there are of each. */
class Counts {
  readonly #rows = new Map<string, Map<string, number>>();

  add({ what, row }: Comparable): void {
    let rows = this.#rows.get(what);
    if (rows === undefined) {
      rows = new Map();
      this.#rows.set(what, rows);
    }
    rows.set(row, (rows.get(row) ?? 0) + 1);
  }

  /** Takes one away, if there is one. */
  take({ what, row }: Comparable): boolean {
    const count = this.#rows.get(what)?.get(row) ?? 0;
    if (count > 0) this.#rows.get(what)?.set(row, count - 1);
    return count > 0;
  }

  /** The same, whatever its row. */
  takeAnywhere(what: string): boolean {
    const rows = [...(this.#rows.get(what) ?? [])];
    const row = rows.find(([, count]) => count > 0)?.[0];
    return row !== undefined && this.take({ what, row });
  }
}
