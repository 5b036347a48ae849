/**
 * The state of a goroutine. A goroutine in a system call keeps its P until another thread takes it, so there
 * are two states for system calls.
 */
export const SchedState = {
  /** Not created yet, or ended. */
  None: 0,
  Runnable: 1,
  Running: 2,
  Waiting: 3,
  /** In a system call, with a P. */
  Syscall: 4,
  /** In a system call, without a P. */
  SyscallBlocked: 5,
} as const;
export type SchedState = (typeof SchedState)[keyof typeof SchedState];

/** Names for display, by value. */
export const SCHED_STATE_NAMES = [
  "none",
  "runnable",
  "running",
  "waiting",
  "syscall",
  "syscall (no P)",
] as const;

/** How the beginning or end of an interval is known. */
export const Edge = {
  /** From an event. */
  Seen: 0,
  /** It is before the start of the trace or after its end. */
  Cut: 1,
} as const;
export type Edge = (typeof Edge)[keyof typeof Edge];
