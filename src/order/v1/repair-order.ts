import type { Heap } from "../../base/heap.js";
import { wireType } from "../../wire/v1/spec.js";
import type { Candidate } from "./merger.js";
import type { StreamCursor } from "./stream-cursor.js";

const GO_CREATE = wireType("GoCreate");
const GO_START = wireType("GoStart");
const GO_START_LOCAL = wireType("GoStartLocal");
const GO_SYS_EXIT = wireType("GoSysExit");
/** Number of the first event of a goroutine's life, and that of the second. */
const FIRST = 1;
const SECOND = 2;

/**
 * Whether an event is the first of a goroutine in which a thread that C made calls into Go. Before Go 1.20 nothing told
 * that there is one: it appears with the end of a system call that has not begun, or, if the runtime had no P for it at
 * once, with its start. No end of a system call of any other goroutine has the first number; a start has, so that it
 * has to be known which goroutines are not created anywhere.
 */
export function isCallFromC(
  { type, args }: StreamCursor,
  uncreated: ReadonlySet<number> | undefined,
): boolean {
  if (args[1] !== FIRST) return false;
  return type === GO_SYS_EXIT || (type === GO_START && uncreated?.has(args[0] as number) === true);
}

/**
 * Whether an event starts a goroutine that was told to be in a system call, without the end of that. Go 1.21 does not tell
 * it of a goroutine that it creates for a thread of C within the trace: the start has its number.
 * @param sequence the number that the goroutine's next event has
 */
export function isCallWithoutExit({ type, args }: StreamCursor, sequence: number): boolean {
  if (sequence !== SECOND) return false;
  return type === GO_START_LOCAL || (type === GO_START && args[1] === SECOND);
}

/** The goroutines that start for the first time, but of which no event tells that they are created. */
export function findUncreated(cursors: readonly StreamCursor[]): Set<number> {
  const created = new Set<number>();
  const started = new Set<number>();
  for (const cursor of cursors)
    while (cursor.advance()) {
      const goroutine = cursor.args[0] as number;
      if (cursor.type === GO_CREATE) created.add(goroutine);
      else if (cursor.type === GO_START && cursor.args[1] === FIRST) started.add(goroutine);
    }
  for (const goroutine of created) started.delete(goroutine);
  return started;
}

/**
 * The candidate whose event is next in a trace that is broken: the earliest that is ready, unless one that waits is
 * earlier by more than the patience. What that one waits for is lost, as all streams have gone beyond it.
 */
export function nextByForce(
  ready: Heap<Candidate>,
  waiting: Candidate[],
  patience: number,
  isReady: (candidate: Candidate) => boolean,
): Candidate | undefined {
  let { first } = ready;
  // What was ready may have to wait again, if another event came by force.
  while (first !== undefined && !isReady(first)) {
    ready.pop();
    waiting.push(first);
    first = ready.first;
  }
  let earliest = 0;
  for (let i = 1; i < waiting.length; i++)
    if ((waiting[i] as Candidate).key < (waiting[earliest] as Candidate).key) earliest = i;
  const overdue = waiting[earliest];
  if (overdue !== undefined && !(first !== undefined && overdue.key + patience >= first.key)) {
    waiting[earliest] = waiting[waiting.length - 1] as Candidate;
    waiting.pop();
    return overdue;
  }
  if (first !== undefined) ready.pop();
  return first;
}
