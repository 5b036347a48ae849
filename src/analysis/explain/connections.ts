import type { Interner } from "../../base/interner.js";
import type { StackFrame } from "../../event/tables.js";
import type { SyscallSites } from "./syscall-sites.js";

/** What goroutines run that open connections for the clients of net/http. */
const DIALING =
  /^net\/http\.\(\*Transport\)\.(dialConnFor|queueForDial|startDialConnForLocked)\b|^net\/http\.\(\*persistConn\)\.addTLS\b|^net\.\(\*sysDialer\)\.dialParallel\b/;
const CONNECT = "syscall.connect";
const TCP = /^net\.\(\*sysDialer\)\.(doD|d)ialTCP/;

/** The sum of a value over the functions that open connections. @param values by number of the function + 1 */
export function dialingOf(values: readonly number[], names: Interner): number {
  return values.reduce(
    (sum, value = 0, at) => sum + (at > 0 && DIALING.test(names.text(at - 1)) ? value : 0),
    0,
  );
}

/** Number of TCP connections that the program opened, as far as its system calls have stacks. */
export function openedConnections({ calls, stacks }: SyscallSites): number {
  return calls.reduce(
    (sum, count, stack) => sum + (count > 0 && isOpening(stacks.frames(stack)) ? count : 0),
    0,
  );
}

function isOpening(frames: readonly StackFrame[]): boolean {
  return frames.some(({ func }) => func === CONNECT) && frames.some(({ func }) => TCP.test(func));
}
