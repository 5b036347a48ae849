import { breathe, isBreathDue } from "../../base/breather.js";
import { TraceError } from "../../base/errors.js";
import { counted } from "../../base/grouped.js";
import { Heap } from "../../base/heap.js";
import { MalformedBytes } from "../../bytes/byte-cursor.js";
import { wireName, wireType } from "../../wire/v1/spec.js";
import type { CpuSample } from "../../wire/v1/trace.js";
import { type Candidate, candidateOf, GC, NOTHING } from "./candidate.js";
import { isAwaited, mergeFast } from "./fast-merge.js";
import { MergeOrder } from "./merge-order.js";
import { MergeStates } from "./merge-states.js";
import { type MergeRules, MergeSyscalls } from "./merge-syscalls.js";
import { isCallFromC, isCallWithoutExit, nextByForce, type Uncreated } from "./repair-order.js";
import type { StreamCursor } from "./stream-cursor.js";
import { AFTER, BEFORE, IS_ARGUMENT, SEQUENCE, Sequence, Status, WAITS, Waits } from "./transitions.js";

const GO_END = wireType("GoEnd");
const GO_IN_SYSCALL = wireType("GoInSyscall");
const GO_SYS_BLOCK = wireType("GoSysBlock");
const GO_SYS_EXIT = wireType("GoSysExit");
const GO_SYS_EXIT_LOCAL = wireType("GoSysExitLocal");

/**
 * Steps between two checks whether the event loop needs a turn. A step takes one event, or all plain events
 * of a part of a batch.
 */
const STEPS = 256;

export interface MergerOptions extends MergeRules {
  /**
   * Whether to skip the fast loop. The result is the same, except for events with a global sequence number.
   */
  readonly slow: boolean;
}

/**
 * Finds the order of the events of all streams.
 *
 * 1. The next event of every stream is ready or must wait. The last event of its goroutine decides.
 * 2. The earliest ready event is next.
 * 3. It changes the status of its goroutine, so events that waited for that may become ready.
 * 4. If nothing is ready and something waits, the trace is broken.
 *
 * Events of the same time follow the order of a heap, so this class takes and puts heap entries as Go's
 * reader does. The stream of the taken event goes to the end of the waiting list. The waiting list is checked
 * in order. When an entry becomes ready, the last entry takes its place. Go's order depends on the initial
 * order of its Ps, which is that of a map; ours is that of the file.
 *
 * In formats before 1.7 every event has its place in the global order, and none waits.
 *
 * Whether an event is ready is decided when it comes up, as in Go's reader. When its turn comes, the answer
 * can differ only in broken traces.
 *
 * With patience, broken traces have an order to their end: an event is forced if it has waited that long, or
 * if it waits when nothing is ready. Events out of time order are accepted too.
 */
export class Merger {
  readonly order = new MergeOrder();
  readonly #bySequence: boolean;
  readonly #slow: boolean;
  readonly #salvages: boolean;
  readonly #uncreated: Uncreated | undefined;
  readonly #patience: number | undefined;
  readonly #samples: readonly CpuSample[];
  #nextSample = 0;
  readonly #ready = new Heap<Candidate>((a, b) => a.key < b.key);
  readonly #waiting: Candidate[];
  /** The goroutine whose waiting events may be ready now. */
  #awaited = NOTHING;
  /**
   * The candidate whose event is next or under examination. If there is no order, the one at which that
   * showed.
   */
  #current: Candidate | undefined;

  readonly #states = new MergeStates();
  readonly #syscalls: MergeSyscalls;
  #gcSequence = 0;
  #lastKey = Number.NEGATIVE_INFINITY;
  readonly #check = (candidate: Candidate) => this.#isReady(candidate);

  /**
   * @param cursors of the streams, before their first events
   * @param samples ordered by time
   */
  constructor(cursors: readonly StreamCursor[], samples: readonly CpuSample[], options: MergerOptions) {
    this.#bySequence = options.bySequence;
    this.#slow = options.slow || options.patience !== undefined;
    this.#salvages = options.salvages;
    this.#uncreated = options.uncreated;
    this.#patience = options.patience;
    this.#syscalls = new MergeSyscalls(this.order, this.#states, options);
    this.#samples = samples;
    const streams: Candidate[] = cursors.map((cursor, number) => candidateOf(number, cursor));
    this.#waiting = [...streams, candidateOf(cursors.length)];
  }

  /** Finds the order up to the first error; see {@link MergeOrder.fault}. */
  async merge(): Promise<MergeOrder> {
    try {
      this.#admit();
      this.#current = this.#next();
      while (this.#mergeSome()) if (isBreathDue()) await breathe();
      // With patience, #next leaves none waiting.
      this.#current = this.#waiting[0];
      if (this.#current !== undefined) throw this.#stuck();
    } catch (error) {
      this.order.fault = withPlace(error, this.#current);
    }
    return this.order;
  }

  /** Puts the next few events into the order. Returns false if no event is ready. */
  #mergeSome(): boolean {
    let candidate = this.#current;
    for (let steps = 0; steps < STEPS && candidate !== undefined; steps++) {
      this.#take(candidate);
      if (!this.#slow && this.#awaited === NOTHING) this.#takePlain(candidate);
      // Usually the next event overall is the next one of the same stream.
      if (this.#install(candidate)) continue;
      candidate = this.#next();
      this.#current = candidate;
    }
    return candidate !== undefined;
  }

  /**
   * Moves the candidate to its next event and files it as ready or waiting. If it is the earliest ready event
   * of all, it is not filed.
   * @returns whether it is the earliest
   */
  #install(candidate: Candidate): boolean {
    if (this.#awaited !== NOTHING) {
      this.#waiting.push(candidate);
      this.#admit();
      return false;
    }
    if (!this.#advance(candidate)) return false;
    const ready = this.#ready;
    const { first } = ready;
    if (!this.#isReady(candidate)) this.#waiting.push(candidate);
    else if (this.#patience === undefined && (first === undefined || candidate.key < first.key)) {
      ready.passLeast(1);
      return true;
    } else ready.push(candidate);
    return false;
  }

  /**
   * Checks the waiting candidates. One with a new event, or whose awaited goroutine has changed, may be
   * ready.
   */
  #admit(): void {
    const waiting = this.#waiting;
    const awaited = this.#awaited;
    this.#awaited = NOTHING;
    for (let i = 0; i < waiting.length; ) {
      const candidate = waiting[i] as Candidate;
      const isNew = candidate.isTaken;
      const isOver = isNew && !this.#advance(candidate);
      const isReady = !isOver && (isNew || candidate.waitsFor === awaited) && this.#isReady(candidate);
      if (isOver || isReady) {
        waiting[i] = waiting[waiting.length - 1] as Candidate;
        waiting.pop();
      } else i++;
      if (isReady) this.#ready.push(candidate);
    }
  }

  #next(): Candidate | undefined {
    if (this.#patience !== undefined)
      return nextByForce(this.#ready, this.#waiting, this.#patience, this.#check);
    const { first } = this.#ready;
    if (first !== undefined) this.#ready.pop();
    return first;
  }

  /** Moves the candidate to its next event. Returns false if there is none. */
  #advance(candidate: Candidate): boolean {
    const { cursor } = candidate;
    this.#current = candidate;
    candidate.isTaken = false;
    if (cursor === undefined) {
      const sample = this.#samples[this.#nextSample++];
      candidate.key = sample?.time ?? Number.NaN;
      return sample !== undefined;
    }
    if (!cursor.advance()) return false;
    candidate.key = this.#bySequence ? cursor.sequence : cursor.time;
    return true;
  }

  /** Whether the candidate's event is ready. If not, records what it waits for. */
  #isReady(candidate: Candidate): boolean {
    const { cursor } = candidate;
    if (cursor === undefined || this.#bySequence) return true;
    const { type, args } = cursor;
    const waits = WAITS[type] as number;
    if (waits === Waits.No) return true;
    if (waits === Waits.Gc) {
      candidate.waitsFor = GC;
      return args[0] === this.#gcSequence;
    }
    const goroutine = subjectOf(cursor);
    candidate.waitsFor = goroutine;
    const slot = this.#states.index.get(goroutine);
    const status = slot < 0 ? Status.Dead : (this.#states.status[slot] as number);
    if (status !== BEFORE[type]) return this.#salvages && this.#isFromC(cursor, slot);
    const sequence = SEQUENCE[type] as number;
    if (sequence === Sequence.Tell) return args[1] === this.#states.sequence[slot];
    return sequence !== Sequence.Second || this.#states.sequence[slot] === 1;
  }

  /**
   * Whether an event is ready because a thread created by C calls into Go.
   * @param slot slot of its goroutine
   */
  #isFromC(cursor: StreamCursor, slot: number): boolean {
    return slot < 0 ? isCallFromC(cursor, this.#uncreated) : this.#isCallWithoutExit(cursor, slot);
  }

  #isCallWithoutExit(cursor: StreamCursor, slot: number): boolean {
    const { status, sequence } = this.#states;
    const isInSyscall = status[slot] === Status.Waiting && this.order.inSyscall.has(cursor.args[0] as number);
    return isInSyscall && isCallWithoutExit(cursor, sequence[slot] as number);
  }

  /** Puts the candidate's event into the order. */
  #take(candidate: Candidate): void {
    const { order } = this;
    const { cursor, key } = candidate;
    this.#current = candidate;
    candidate.isTaken = true;
    const isStrict = this.#patience === undefined;
    if (isStrict && key < this.#lastKey)
      throw new TraceError("wrong-time", "the event is earlier than one that led to it");
    this.#lastKey = key;
    if (Number.isNaN(order.firstTime))
      order.firstTime = cursor?.time ?? (this.#samples[this.#nextSample - 1] as CpuSample).time;
    if (cursor !== undefined) {
      if (!this.#isReady(candidate)) {
        if (isStrict) throw broken("its goroutine has changed in the meantime");
        order.forced++;
      }
      this.#apply(cursor);
      this.#syscalls.followBlock(candidate, cursor);
    }
    order.streams.push(candidate.number);
  }

  /** Puts the candidate's next events into the order as long as they are plain. */
  #takePlain({ cursor, number, sysBlock }: Candidate): void {
    if (cursor === undefined || sysBlock >= 0) return;
    const bound = this.#ready.first?.key ?? Number.POSITIVE_INFINITY;
    const taken = mergeFast(cursor, this.#states, this.order, bound, this.#waiting);
    if (taken === 0) return;
    this.#lastKey = cursor.time;
    this.#ready.passLeast(taken);
    this.order.streams.push(number, taken);
  }

  #apply(cursor: StreamCursor): void {
    const { type, goroutine } = cursor;
    this.#syscalls.followCall(type, goroutine);
    const waits = WAITS[type] as number;
    if (waits === Waits.Gc) {
      this.#gcSequence = (cursor.args[0] as number) + 1;
      this.#awaited = GC;
    } else if (waits === Waits.Goroutine) this.#transition(cursor);
    else if (type === GO_END) this.#states.index.delete(goroutine);
  }

  #transition(cursor: StreamCursor): void {
    const { type, args } = cursor;
    const goroutine = subjectOf(cursor);
    const isNew = this.#uncreated !== undefined && this.#states.index.get(goroutine) < 0;
    const slot = this.#states.slot(goroutine);
    if (isNew) this.#states.sequence[slot] = this.#uncreated?.get(goroutine) ?? 0;
    if (this.#isCallWithoutExit(cursor, slot)) this.#syscalls.skipExit(goroutine);
    this.#states.status[slot] = AFTER[type] as number;
    const sequence = SEQUENCE[type] as number;
    if (sequence === Sequence.Tell) this.#states.sequence[slot] = (args[1] as number) + 1;
    else if (sequence !== Sequence.Keep)
      this.#states.sequence[slot] = (this.#states.sequence[slot] as number) + 1;
    if (type === GO_IN_SYSCALL) this.order.inSyscall.add(goroutine);
    if (type === GO_SYS_BLOCK || type === GO_IN_SYSCALL) this.#states.blockedAt[slot] = cursor.time;
    else if (type === GO_SYS_EXIT) this.#syscalls.exit(cursor, slot, args[2] as number);
    else if (type === GO_SYS_EXIT_LOCAL) this.#syscalls.exit(cursor, slot, args[1] as number);
    if (isAwaited(this.#waiting, goroutine)) this.#awaited = goroutine;
  }

  #stuck(): TraceError {
    const waiting = counted(this.#waiting.length, "P waits", "Ps wait");
    const message = `no order of the events is possible from here: ${waiting} for events that never come`;
    return new TraceError("stuck", message);
  }
}

/** The goroutine whose status decides about an event. */
function subjectOf({ type, args, goroutine }: StreamCursor): number {
  return IS_ARGUMENT[type] === 1 ? (args[0] as number) : goroutine;
}

function broken(message: string): TraceError {
  return new TraceError("inconsistent-state", message);
}

function withPlace(error: unknown, candidate: Candidate | undefined): TraceError {
  const cursor = candidate?.cursor;
  const facts = cursor && { offset: cursor.offset, event: wireName(cursor.type) };
  if (error instanceof MalformedBytes)
    return new TraceError("malformed-event", `malformed event: ${error.message}`, facts);
  if (error instanceof TraceError) return error.with(facts ?? {});
  throw error;
}
