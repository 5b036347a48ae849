type Transitions = Readonly<Record<string, readonly string[]>>;

/** Legal transitions of goroutines: states before, by the state after. A state may also be told again. */
export const GO_TRANSITIONS: Transitions = {
  Runnable: ["Undetermined", "NotExist", "Running", "Waiting", "Syscall"],
  Running: ["Undetermined", "Runnable", "Syscall"],
  Waiting: ["Undetermined", "NotExist", "Running"],
  Syscall: ["Undetermined", "NotExist", "Running"],
  NotExist: ["Running", "Syscall"],
};
export const PROC_TRANSITIONS: Transitions = {
  Running: ["Undetermined", "NotExist", "Idle"],
  Idle: ["Undetermined", "NotExist", "Running"],
};
export const GO_NAMES = ["Undetermined", "NotExist", "Runnable", "Running", "Waiting", "Syscall"];
export const PROC_NAMES = ["Undetermined", "NotExist", "Running", "Idle"];

/** A goroutine or P that goes from state to state. */
export interface Step {
  readonly what: string;
  /** State by the events before; undefined if it was never mentioned. */
  readonly known: string | undefined;
  /** States by the event. */
  readonly from: string;
  readonly to: string;
}

/** What is wrong with a step. */
export function transitionProblems({ what, known, from, to }: Step, legal: Transitions): string[] {
  const problems: string[] = [];
  if (known === undefined && from !== "Undetermined" && from !== "NotExist")
    problems.push(`${what} was never mentioned, but comes from ${from}`);
  if (known !== undefined && known !== from) problems.push(`${what} comes from ${from}, but was ${known}`);
  if (from !== to && !legal[to]?.includes(from)) problems.push(`${what} goes from ${from} to ${to}`);
  return problems;
}
