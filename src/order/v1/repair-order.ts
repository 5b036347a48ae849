import { breathe, isBreathDue } from "../../base/breather.js";
import type { Heap } from "../../base/heap.js";
import { wireType } from "../../wire/v1/spec.js";
import type { Candidate } from "./candidate.js";
import type { StreamCursor } from "./stream-cursor.js";
import { SEQUENCE, Sequence } from "./transitions.js";

const GO_CREATE = wireType("GoCreate");
const GO_END = wireType("GoEnd");
const GO_START = wireType("GoStart");
const GO_START_LOCAL = wireType("GoStartLocal");
const GO_SYS_EXIT = wireType("GoSysExit");
/** Number of the first and of the second event of a goroutine's life. */
const FIRST = 1;
const SECOND = 2;
/** Events between two checks whether the event loop needs a turn. */
const EVENTS = 1024;

/**
 * The number of the first event of each goroutine that no event creates, where a thread created by C may call
 * into Go.
 */
export type Uncreated = ReadonlyMap<number, number>;

/**
 * Whether an event is the first one of a goroutine in which a thread created by C calls into Go. Before Go
 * 1.20 no event records such a goroutine's creation. It appears with the end of a system call that never
 * began. If the runtime had no P for it at once, it appears with its start. The end of a system call has the
 * first number only for such a goroutine. Starts of other goroutines can have it too, and if the program was
 * traced before, numbers continue from there. So the caller must know which goroutines no event creates.
 */
export function isCallFromC({ type, args }: StreamCursor, uncreated: Uncreated | undefined): boolean {
  if (type === GO_SYS_EXIT && args[1] === FIRST) return true;
  if (type !== GO_SYS_EXIT && type !== GO_START && type !== GO_START_LOCAL) return false;
  const first = uncreated?.get(args[0] as number);
  return first !== undefined && (type === GO_START_LOCAL || args[1] === first);
}

/**
 * Whether an event starts a goroutine in a system call that has no end event. Go 1.21 omits the end for a
 * goroutine that it creates for a C thread during the trace: the start has its number.
 * @param sequence the number of the goroutine's next event
 */
export function isCallWithoutExit({ type, args }: StreamCursor, sequence: number): boolean {
  if (sequence !== SECOND) return false;
  return type === GO_START_LOCAL || (type === GO_START && args[1] === SECOND);
}

/**
 * Finds the goroutines that begin like those of calls from C and that no event creates. They do not end
 * either: they wait for other threads.
 * @param cursors returns cursors of the streams, before their first events
 */
export async function findUncreated(cursors: () => StreamCursor[]): Promise<Uncreated> {
  const others = new Set<number>();
  for (const cursor of cursors()) {
    const note = () => {
      if (cursor.type === GO_CREATE) others.add(cursor.args[0] as number);
      else if (cursor.type === GO_END) others.add(cursor.goroutine);
    };
    await forEachEvent(cursor, note);
  }
  const firsts = new Map<number, FirstEvent>();
  for (const cursor of cursors()) await findFirsts(cursor, others, firsts);
  const uncreated = new Map<number, number>();
  for (const [goroutine, { type, number, locals }] of firsts)
    if (type === GO_SYS_EXIT || type === GO_START || type === GO_START_LOCAL)
      uncreated.set(goroutine, Number.isFinite(number) ? number - locals : FIRST);
  return uncreated;
}

/** The first event of a goroutine in a trace. */
interface FirstEvent {
  type: number;
  /** The lowest recorded number. */
  number: number;
  /** Events without a number before that one. They are on one P, on which the goroutine has been before. */
  locals: number;
}

/** Finds first events in a stream. @param others goroutines to ignore */
async function findFirsts(
  cursor: StreamCursor,
  others: ReadonlySet<number>,
  firsts: Map<number, FirstEvent>,
): Promise<void> {
  const told = new Set<number>();
  await forEachEvent(cursor, () => {
    const { type, args } = cursor;
    const goroutine = args[0] as number;
    const sequence = SEQUENCE[type] as number;
    const isLocal = sequence === Sequence.Next;
    if (!(isLocal || sequence === Sequence.Tell) || others.has(goroutine)) return;
    const first = firsts.get(goroutine) ?? { type, number: Number.POSITIVE_INFINITY, locals: 0 };
    firsts.set(goroutine, first);
    if (!isLocal) {
      told.add(goroutine);
      if (first.locals === 0 && (args[1] as number) < first.number) first.type = type;
      first.number = Math.min(first.number, args[1] as number);
    } else if (!told.has(goroutine) && first.locals++ === 0) first.type = type;
  });
}

/** Goes through the events of a stream. */
async function forEachEvent(cursor: StreamCursor, visit: () => void): Promise<void> {
  for (let events = 1; cursor.advance(); events++) {
    visit();
    if (events % EVENTS === 0 && isBreathDue()) await breathe();
  }
}

/**
 * The next candidate in a broken trace: the earliest ready one, unless a waiting one is earlier by more than
 * the patience. What that one waits for is lost, because all streams have passed it.
 */
export function nextByForce(
  ready: Heap<Candidate>,
  waiting: Candidate[],
  patience: number,
  isReady: (candidate: Candidate) => boolean,
): Candidate | undefined {
  let { first } = ready;
  // A ready event may have to wait again after another event was forced.
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
