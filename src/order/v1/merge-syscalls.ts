import { TraceError } from "../../base/errors.js";
import { wireType } from "../../wire/v1/spec.js";
import type { Candidate } from "./candidate.js";
import type { MergeOrder } from "./merge-order.js";
import type { MergeStates } from "./merge-states.js";
import { isCallFromC, type Uncreated } from "./repair-order.js";
import { NO_GOROUTINE, type StreamCursor } from "./stream-cursor.js";

const GO_SYSCALL = wireType("GoSysCall");
const GO_SYS_BLOCK = wireType("GoSysBlock");
const GO_SYS_EXIT = wireType("GoSysExit");
const GO_SYS_EXIT_LOCAL = wireType("GoSysExitLocal");
const PROC_STOP = wireType("ProcStop");

/** Which traces the merge accepts. */
export interface MergeRules {
  /** Whether events have a global sequence number. */
  readonly bySequence: boolean;
  /**
   * Whether to order what Go's reader rejects: threads created by C may call into Go ({@link isCallFromC}).
   */
  readonly salvages: boolean;
  /** Goroutines that start without a creation, if a search found them. */
  readonly uncreated?: Uncreated | undefined;
  /** How long, in ticks, an event waits for others before it is forced; forever if undefined. */
  readonly patience?: number;
}

/**
 * Records in the order what only later events show about system calls: whether they block, and when they end.
 */
export class MergeSyscalls {
  readonly #order: MergeOrder;
  readonly #states: MergeStates;
  readonly #rules: MergeRules;
  /**
   * Goroutines of C threads whose first system call has no end event, until another system call of theirs
   * ends.
   */
  readonly #withoutEnd = new Set<number>();

  constructor(order: MergeOrder, states: MergeStates, rules: MergeRules) {
    this.#order = order;
    this.#states = states;
    this.#rules = rules;
  }

  /** Sees whether a system call blocks, from the next event of its goroutine. */
  followCall(type: number, goroutine: number): void {
    const { index, syscall } = this.#states;
    const { blockedSyscalls } = this.#order;
    const slot = goroutine === NO_GOROUTINE ? -1 : index.get(goroutine);
    if (slot >= 0) {
      const last = syscall[slot] as number;
      if (last >= 0 && type === GO_SYS_BLOCK) blockedSyscalls.set(last);
      syscall[slot] = type === GO_SYSCALL ? blockedSyscalls.length : -1;
    }
    // Every system call counts, even one of an unknown goroutine.
    if (type === GO_SYSCALL) blockedSyscalls.push();
  }

  /** Sees whether a P lost to a system call stops, or who continues with it, from the P's next event. */
  followBlock(candidate: Candidate, { type, args }: StreamCursor): void {
    const { stoppedProcs, takers } = this.#order;
    if (candidate.sysBlock >= 0) {
      if (type === PROC_STOP) stoppedProcs.set(candidate.sysBlock);
      // Only in these cases the end has no time of its own. Its place in the stream counts.
      else if ((type === GO_SYS_EXIT && args[2] === 0) || (type === GO_SYS_EXIT_LOCAL && args[1] === 0))
        takers.set(candidate.sysBlock, args[0] as number);
      candidate.sysBlock = -1;
    }
    if (type !== GO_SYS_BLOCK) return;
    candidate.sysBlock = stoppedProcs.length;
    stoppedProcs.push();
  }

  /** The goroutine starts after a system call without an end event. */
  skipExit(goroutine: number): void {
    this.#withoutEnd.add(goroutine);
  }

  /**
   * Handles the end of a system call. The event is written when the goroutine has a P again, with the time of
   * the end.
   * @param slot slot of the goroutine
   * @throws TraceError if the call had not blocked by then
   */
  exit(cursor: StreamCursor, slot: number, time: number): void {
    const { bySequence, salvages, uncreated, patience } = this.#rules;
    const blockedAt = this.#states.blockedAt[slot] as number;
    // If the previous end has no event, Go 1.21 records its time here, unless it recorded another one.
    const isStale = this.#withoutEnd.delete(cursor.goroutine) && time < blockedAt;
    if (time === 0 && !bySequence) return;
    const isFree = isStale || bySequence || (salvages && isCallFromC(cursor, uncreated));
    if (!isFree && patience === undefined) {
      if (Number.isNaN(blockedAt))
        throw new TraceError("inconsistent-state", "the system call that ends has not begun");
      if (time < blockedAt) throw new TraceError("wrong-time", "the system call ends before it begins");
    }
    const { exitKeys, exitTimes, exitGoroutines, exitOrdinals, streams } = this.#order;
    const known = time === 0 || isStale ? cursor.time : time;
    exitKeys.push(bySequence ? (cursor.args[1] as number) : known);
    exitTimes.push(known);
    exitGoroutines.push(cursor.goroutine);
    exitOrdinals.push(streams.length);
  }
}
