import type { Arg } from "../../trace-builder.js";
import type { Said } from "../truth.js";

/**
 * What format 1 tells otherwise than format 2, or not at all. A reader that gives the events of both in one vocabulary
 * gives for format 1:
 *
 * - Threads only by which P they have: none for system calls, CPU samples, the GC's begin, and goroutines in system
 *   calls when the trace begins. The Ps of some events are made up ({@link FakeProc}).
 * - System calls that keep their P as 1 ns long, since only their begin is recorded.
 * - The return from a system call that lost its P only if the goroutine runs again before the trace ends.
 * - What is the case when the trace begins: waiting goroutines and those in system calls at once, the runnable ones with
 *   the first GOMAXPROCS, all with their start function for a stack; a mark assist under way when it ends; of GC,
 *   stop-the-world and sweeps nothing.
 * - Ps when a thread first takes them: they did not run before; those that are idle all the time never.
 * - Which thread has a P that it took from another in a system call: none from there on, until it stops.
 * - Reasons by the kind of event: {@link STOPS}. Kinds of stop-the-world by number: {@link STW_KINDS}.
 */
export const FakeProc = { Timer: 1_000_001, Netpoll: 1_000_002, Syscall: 1_000_003, Gc: 1_000_004 } as const;

/** How a goroutine stops running: the event, what it is for a reader, the state after it, and since which format. */
export const STOPS = [
  ["GoSched", "GoStop", "runtime.Gosched", 5],
  ["GoPreempt", "GoStop", "preempted", 5],
  ["GoSleep", "GoBlock", "sleep", 5],
  ["GoBlock", "GoBlock", "", 5],
  ["GoBlockSend", "GoBlock", "chan send", 5],
  ["GoBlockRecv", "GoBlock", "chan receive", 5],
  ["GoBlockSelect", "GoBlock", "select", 5],
  ["GoBlockSync", "GoBlock", "sync", 5],
  ["GoBlockCond", "GoBlock", "sync.(*Cond).Wait", 5],
  ["GoBlockNet", "GoBlock", "network", 5],
  ["GoBlockGC", "GoBlock", "GC mark assist wait for work", 8],
  ["GoStop", "GoBlock", "forever", 5],
] as const;

/** Kinds of stop-the-world by their number, by format. Before 1.10 each P told of its own, which is not simulated. */
export const STW_KINDS: Readonly<Record<number, readonly string[]>> = {
  10: ["GC mark termination", "GC sweep termination"],
  11: ["GC mark termination", "GC sweep termination"],
  19: ["GC mark termination", "GC sweep termination"],
  21: [
    "",
    "GC mark termination",
    "GC sweep termination",
    "write heap dump",
    "goroutine profile",
    "goroutine profile cleanup",
    "all goroutine stack trace",
    "read mem stats",
    "AllThreadsSyscall",
    "GOMAXPROCS",
  ],
};

const SINCE = {
  sequences: 7,
  "bytes swept": 9,
  labels: 8,
  assists: 9,
  annotations: 11,
  samples: 19,
  "heap goal at the start": 21,
} as const;

/** The first format that records something. */
export function firstWithRecord(what: keyof typeof SINCE): number {
  return SINCE[what];
}

/** The last format whose runtimes say that a wakeup was in vain. */
export const LAST_FUTILE = 19;

/** The last format whose runtimes may have one goroutine for all timers. */
export const LAST_TIMERS = 11;

interface Translated {
  readonly name: string;
  readonly args: readonly Arg[];
  readonly text?: string;
  readonly said?: Said;
}

/** An event that actions record by its name and arguments in format 2, as format 1 has it. */
export function translated(
  name: string,
  args: readonly Arg[],
  said: Said,
  { minor, gcCycles }: { readonly minor: number; readonly gcCycles: number },
): Translated {
  const [first = 0, second = 0, third = 0, fourth = 0] = args;
  switch (name) {
    case "UserTaskBegin":
      return { name: "UserTaskCreate", args };
    case "UserRegionBegin":
      return { name: "UserRegion", args: [first, 0, second, third] };
    case "UserRegionEnd":
      return { name: "UserRegion", args: [first, 1, second, third] };
    case "UserLog":
      return { name, args: [first, second, fourth], text: said.text ?? "" };
    case "GCMarkAssistBegin":
      return { name: "GCMarkAssistStart", args };
    case "GCMarkAssistEnd":
      return { name: "GCMarkAssistDone", args };
    case "GCSweepBegin":
      return { name: "GCSweepStart", args };
    case "GCSweepEnd":
      if (minor >= SINCE["bytes swept"]) return { name: "GCSweepDone", args };
      return { name: "GCSweepDone", args: [], said: { value: 0, value2: 0 } };
    case "GCBegin":
      return { name: "GCStart", args: minor >= SINCE.sequences ? [gcCycles, second] : [second] };
    case "GCEnd":
      return { name: "GCDone", args: [] };
    case "STWBegin":
      return {
        name: "GCSTWStart",
        args: [STW_KINDS[minor]?.indexOf(said.name ?? "") ?? -1],
        said: { stack: "" },
      };
    case "STWEnd":
      return { name: "GCSTWDone", args: [] };
    case "ProcsChange":
      return { name: "Gomaxprocs", args };
    default:
      return { name, args };
  }
}
