import { standardFile } from "./standard-library.js";
import type { StackFrame } from "./tables.js";

/** The start function of coroutines, which `iter.Pull` makes. */
export const COROUTINE = "runtime.corostart";
const PULL = /^iter\.Pull2?/;

/**
 * The name of coroutines that a stack creates: the function of the program that calls `iter.Pull`. Switches between coroutines have no
 * stacks, so which iterator one runs is known by chance only.
 * @param frames of the creating goroutine, the innermost first
 * @returns "" if the stack has no function of the program
 */
export function coroutineName(frames: readonly StackFrame[]): string {
  const caller = frames.find((frame) => standardFile(frame) === undefined);
  if (caller === undefined) return "";
  const [pull] = PULL.exec(frames[0]?.func ?? "") ?? ["coroutine"];
  return `${caller.func} (${pull})`;
}
