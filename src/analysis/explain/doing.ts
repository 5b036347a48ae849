import { SchedState } from "../../sched/state.js";

/** What a goroutine does, as far as those care who wait for it. */
export const Doing = {
  /** Not known, or no longer. */
  Unknown: 0,
  Running: 1,
  Runnable: 2,
  Syscall: 3,
  Assisting: 4,
  Sleeping: 5,
  Network: 6,
  /** Waiting for a lock. */
  Lock: 7,
  /** Waiting for a channel, in a select, or for anything else. */
  Blocked: 8,
  /** Kept from running by stop-the-world. */
  Stopped: 9,
} as const;
export type Doing = (typeof Doing)[keyof typeof Doing];

/** Number of values. */
export const DOINGS = 10;

/** In the past tense, by value, for sentences about a goroutine that others waited for. */
export const DOING_WORDS: readonly string[] = [
  "was not created yet",
  "ran",
  "waited to run",
  "was in system calls",
  "assisted the GC",
  "slept",
  "waited for the network or a pipe",
  "waited for a lock",
  "was blocked",
  "stood still for stop-the-world",
];

/** The same as names, for tables and JSON. */
export const DOING_NAMES: readonly string[] = [
  "unknown",
  "running",
  "runnable",
  "system call",
  "GC assist",
  "sleeping",
  "network",
  "lock",
  "blocked",
  "stop-the-world",
];

/** What takes time without running, and has a stack from its beginning on: the beginning of a sentence about where. */
export const HELD_UP_WORDS: Readonly<Partial<Record<number, string>>> = {
  [Doing.Syscall]: "Its system calls were",
  [Doing.Sleeping]: "It slept",
  [Doing.Network]: "It waited for the network or a pipe",
  [Doing.Blocked]: "It was blocked",
};

/** By {@link SchedState}, apart from waiting, where the reason decides. */
export const DOING_OF_STATE = new Uint8Array(6);
DOING_OF_STATE[SchedState.Runnable] = Doing.Runnable;
DOING_OF_STATE[SchedState.Running] = Doing.Running;
DOING_OF_STATE[SchedState.Waiting] = Doing.Blocked;
DOING_OF_STATE[SchedState.Syscall] = Doing.Syscall;
DOING_OF_STATE[SchedState.SyscallBlocked] = Doing.Syscall;

/** What a goroutine does that waits for a reason of the runtime. */
export function doingOfReason(reason: string): Doing {
  if (reason === "sleep") return Doing.Sleeping;
  if (reason === "network") return Doing.Network;
  return reason === "sync" ? Doing.Lock : Doing.Blocked;
}
