/** States of a goroutine, as in the execution tracer's public API. */
export const GoState = {
  Undetermined: 0,
  NotExist: 1,
  Runnable: 2,
  Running: 3,
  Waiting: 4,
  Syscall: 5,
} as const;
export type GoState = (typeof GoState)[keyof typeof GoState];

/** States of a P. A P whose goroutine is in a system call is still Running. */
export const ProcState = {
  Undetermined: 0,
  NotExist: 1,
  Running: 2,
  Idle: 3,
} as const;
export type ProcState = (typeof ProcState)[keyof typeof ProcState];

/** Names of {@link GoState} values, by value. */
export const GO_STATE_NAMES = [
  "Undetermined",
  "NotExist",
  "Runnable",
  "Running",
  "Waiting",
  "Syscall",
] as const;

/** Names of {@link ProcState} values, by value. */
export const PROC_STATE_NAMES = ["Undetermined", "NotExist", "Running", "Idle"] as const;
