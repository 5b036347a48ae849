import { NONE } from "../base/ids.js";
import type { Generation } from "./generation.js";
import { EVENT_KINDS, EventKind } from "./kind.js";

/** Length of a full block. One step of the ordering may add a few events more, mostly in repair. */
export const BLOCK_SIZE = 1024;
const SLACK = 24;
/** Capacity of a block. */
export const MAX_BLOCK = BLOCK_SIZE + SLACK;

/** By {@link EventKind}: 1 if it creates a goroutine. */
const CREATES = new Uint8Array(256);
for (const kind of [EventKind.GoCreate, EventKind.GoCreateBlocked, EventKind.GoCreateSyscall])
  CREATES[kind] = 1;

/** By {@link EventKind}: 1 if it has a stack. */
const HAS_STACK = Uint8Array.from(EVENT_KINDS, ({ stacks }) => (stacks === undefined ? 0 : 1));

/**
 * A run of ordered events of one generation, as columns. Event `i` is the `i`-th entry of each, for `0 ≤ i <
 * length`. {@link EVENT_KINDS} has the columns that each kind uses; the others hold stale numbers.
 *
 * Blocks are reused: a block is valid until the next one is requested.
 */
export class EventBlock {
  length = 0;
  /**
   * The generation of the events' string and stack indices; undefined for the sync event that ends the trace.
   */
  generation: Generation | undefined;

  /** {@link EventKind} */
  readonly kind = new Uint8Array(MAX_BLOCK);
  /**
   * Nanoseconds since the start of the trace. Strictly increasing, with two exceptions: the snapshot at the
   * beginning of a part ({@link Generation.isSnapshot}) and the statuses at its end are each at a single
   * time.
   */
  readonly time = new Float64Array(MAX_BLOCK);
  /**
   * The time that a trace of Go 1.22 or later stores, in nanoseconds since its start: {@link time}, unless that had to
   * be later than the event before. Parts of a trace leave it as it is in the whole.
   */
  readonly storedTime = new Float64Array(MAX_BLOCK);
  /** The thread, P and goroutine on which the event happened, as they were before it; −1 means none. */
  readonly thread = new Float64Array(MAX_BLOCK).fill(NONE);
  readonly proc = new Float64Array(MAX_BLOCK).fill(NONE);
  readonly goroutine = new Float64Array(MAX_BLOCK).fill(NONE);
  /**
   * The subject of the event: the goroutine or P of a transition or range, the task of a task, region or log,
   * the id of an experimental event.
   */
  readonly subject = new Float64Array(MAX_BLOCK);
  /**
   * For transitions and labels of goroutines: a small number for the goroutine in {@link subject}, from its
   * first event to its last. Another goroutine gets it after that. A consumer that sees all events in order
   * can keep data on live goroutines in arrays by slot.
   */
  readonly slot = new Int32Array(MAX_BLOCK);
  /**
   * State before a transition ({@link GoState} or {@link ProcState}), unless the kind alone decides it: see
   * `from` in {@link EVENT_KINDS}.
   */
  readonly from = new Uint8Array(MAX_BLOCK);
  /** State after a transition, likewise. */
  readonly to = new Uint8Array(MAX_BLOCK);
  /** Two numbers. The value of a metric is their sum: see {@link exactMetric}. */
  readonly value = new Float64Array(MAX_BLOCK);
  readonly value2 = new Float64Array(MAX_BLOCK);
  /** Index into the generation's strings: reason, label, type, category or kind. */
  readonly name = new Int32Array(MAX_BLOCK);
  /** Index into the generation's strings: a log's message. */
  readonly text = new Int32Array(MAX_BLOCK);
  /** Index into the generation's stacks: the stack of the running code. */
  readonly stack = new Int32Array(MAX_BLOCK);
  /** Index into the generation's stacks: the start of a new goroutine, or of one in a snapshot. */
  readonly subjectStack = new Int32Array(MAX_BLOCK);
}

/** The stack of an event, as an index into the generation's; 0 if its kind has none. */
export function stackOf({ kind, stack }: EventBlock, event: number): number {
  return HAS_STACK[kind[event] as number] === 1 ? (stack[event] as number) : 0;
}

/** The text of an index into the generation's strings, such as one of {@link EventBlock.name}. */
export function stringOf({ generation }: EventBlock, index: number): string {
  return generation?.strings.text(index) ?? "";
}

/**
 * The exact value of a metric, even beyond 2^53: without a memory limit and with GOGC=off the heap goal is
 * 2^64 − 1.
 */
export function exactMetric({ value, value2 }: EventBlock, event: number): bigint {
  return BigInt(value[event] as number) + BigInt(value2[event] as number);
}

/**
 * The P of a goroutine, from its first status; −1 means none. Before Go 1.22 the P that starts the trace
 * writes the statuses of all goroutines, on no thread. A snapshot has the P of each goroutine.
 */
export function statusProc({ kind, thread, proc }: EventBlock, event: number): number {
  return kind[event] === EventKind.GoSnapshot || thread[event] !== NONE ? (proc[event] as number) : NONE;
}

/** The goroutine that creates the event's subject; −1 if the event creates none, or no goroutine does. */
export function creatorOf({ kind, goroutine }: EventBlock, event: number): number {
  return CREATES[kind[event] as number] === 1 ? (goroutine[event] as number) : NONE;
}

/** Whether an event ends a task that has already ended, which a program may do by mistake. */
export function endsAgain({ kind, value2 }: EventBlock, event: number): boolean {
  return kind[event] === EventKind.TaskEnd && value2[event] === 1;
}
