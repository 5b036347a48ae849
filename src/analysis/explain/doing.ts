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
} as const;
export type Doing = (typeof Doing)[keyof typeof Doing];

/** Number of values. */
export const DOINGS = 9;

/** In the past tense, by value, for sentences about a goroutine that others waited for. */
export const DOING_WORDS: readonly string[] = [
  "did what is unknown",
  "ran",
  "waited to run",
  "was in system calls",
  "assisted the GC",
  "slept",
  "waited for the network",
  "waited for a lock",
  "was blocked",
];

/** By {@link SchedState}, apart from waiting, where the reason decides. */
export const DOING_OF_STATE = new Uint8Array(6);
DOING_OF_STATE[SchedState.Runnable] = Doing.Runnable;
DOING_OF_STATE[SchedState.Running] = Doing.Running;
DOING_OF_STATE[SchedState.Waiting] = Doing.Blocked;
DOING_OF_STATE[SchedState.Syscall] = Doing.Syscall;
DOING_OF_STATE[SchedState.SyscallBlocked] = Doing.Syscall;
