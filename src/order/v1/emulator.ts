import type { Diagnostics } from "../../base/diagnostics.js";
import { TraceError, type TraceErrorCode } from "../../base/errors.js";
import { NONE } from "../../base/ids.js";
import type { SpecialProc } from "../../event/special-procs.js";
import { wireName } from "../../wire/v1/spec.js";
import type { WireTrace } from "../../wire/v1/trace.js";
import { EventContext } from "../event-context.js";
import { GoroutineStates } from "./goroutine-states.js";
import { reasonIndices } from "./reasons.js";
import type { Uncreated } from "./repair-order.js";
import { NO_GOROUTINE, type StreamCursor } from "./stream-cursor.js";
import { Status } from "./transitions.js";

/** Turns one sort of event into those of the common vocabulary. @throws TraceError if the trace is broken */
export type Handler = (emulator: Emulator) => void;

/** Goroutines of threads that C made. */
export interface FromC {
  /** Those recorded in a system call after their creation, since Go 1.20; and some that are not from C. */
  readonly inSyscall: ReadonlySet<number>;
  /** Those that begin with their start, if there are some. */
  readonly uncreated: Uncreated | undefined;
}

/** A task that is under way. */
interface Task {
  /** Index in the strings of the trace. */
  readonly name: number;
  readonly parent: number;
}

/**
 * What the scheduler looked like at this point of the trace, and where ordered events are put.
 *
 * The handlers (in the files beside this one) check the current event by it, change it, and give out what the event is
 * in the common vocabulary.
 */
export class Emulator extends EventContext {
  readonly goroutines = new GoroutineStates();
  readonly tasks = new Map<number, Task>();
  /** The least id of a task that began in the trace: ids rise, so lower ones are of tasks that began before it. */
  firstTask = Number.POSITIVE_INFINITY;
  /** Up to the first GOMAXPROCS, events are about goroutines older than the trace. */
  isInitial = true;
  /** Whether goroutines without any event by then are still to be emitted as runnable, the last one first. */
  isAnnouncing = false;
  readonly unannounced: number[] = [];
  /** Goroutines that were given out as created in a system call, until that ends. */
  readonly uncalled = new Set<number>();
  /** Goroutines that ended before the first GOMAXPROCS, or in repair: later events may still name them. */
  readonly ended = new Set<number>();
  /** Whether what contradicts itself is repaired. */
  repairs = false;
  gcRuns = false;
  /** Whether events are known to be missing, so that what ends may have begun with one of them. */
  lacksEvents = false;
  /** Begins and ends of GCs so far, which later formats number themselves. */
  gcSequence = 0;
  /** System calls so far. */
  syscalls = 0;
  /** Stop-the-worlds under way; before Go 1.10 every P has its own. */
  stopped = 0;
  /** The goroutine that began the first of them. */
  stopper = NONE;
  /** Index of the kind of the last one in the strings. */
  stopKind = 0;

  /** Index of the reason of each type of event in the strings. */
  readonly reasons: Int32Array;

  // Ps, by the number of their streams.
  readonly procRuns: Uint8Array;
  /** Whether the P was mentioned. */
  readonly procSeen: Uint8Array;
  readonly procSweeps: Uint8Array;
  readonly procGoroutine: Float64Array;
  readonly procThread: Float64Array;
  /** The goroutine whose system call took it, until its stop event. */
  readonly procLostTo: Float64Array;
  /** Whether it is in a stop-the-world, before Go 1.10. */
  readonly procStopped: Uint8Array;

  /** Of a GoSysBlock: the goroutine that goes on with the P, if known. */
  taker = NO_GOROUTINE;

  // The event at hand.
  cursor!: StreamCursor;
  /** Number of its stream. */
  stream = 0;
  args!: Float64Array;

  /**
   * @param tolerant whether the trace is cut, so that names may be missing
   * @param salvages whether what Go's reader refuses is read: threads that C made may call into Go
   * @param isDamaged whether the trace is cut, or has no order that Go's runtime can have meant
   * @param fromC the goroutines of such threads, as far as they are known beforehand
   */
  constructor(
    readonly trace: WireTrace,
    readonly diagnostics: Diagnostics,
    readonly tolerant: boolean,
    readonly salvages: boolean,
    readonly isDamaged: boolean,
    readonly fromC: FromC,
  ) {
    super();
    this.reasons = reasonIndices(trace.strings);
    const procs = trace.streams.length;
    this.procRuns = new Uint8Array(procs);
    this.procSeen = new Uint8Array(procs);
    this.procSweeps = new Uint8Array(procs);
    this.procStopped = new Uint8Array(procs);
    this.procGoroutine = new Float64Array(procs).fill(NO_GOROUTINE);
    this.procThread = new Float64Array(procs).fill(NONE);
    this.procLostTo = new Float64Array(procs).fill(NO_GOROUTINE);
  }

  /** Takes up the event of a stream. */
  enter(cursor: StreamCursor, stream: number, time: number): void {
    this.cursor = cursor;
    this.stream = stream;
    this.args = cursor.args;
    this.time = time;
    this.proc = cursor.stream.proc;
    this.thread = this.proc === NONE ? NONE : (this.procThread[stream] as number);
    this.goroutine = cursor.goroutine === NO_GOROUTINE ? NONE : cursor.goroutine;
  }

  /** The event is given apart from the P on which it was written, and so from its thread. */
  moveTo(proc: (typeof SpecialProc)[keyof typeof SpecialProc]): void {
    this.proc = proc;
    this.thread = NONE;
  }

  /** The slot of the goroutine at hand, which must be running on the P at hand. */
  requireRunning(): number {
    if (this.goroutine === NONE) throw this.error("wrong-context", "needs a goroutine, but the P has none");
    const slot = this.goroutines.require(this.goroutine, Status.Running);
    if (this.procGoroutine[this.stream] !== this.goroutine)
      throw this.error("wrong-context", `P ${this.proc} does not run goroutine ${this.goroutine}`);
    return slot;
  }

  /** The index of the stack whose id is an argument. */
  stack(argument: number): number {
    return this.#index(this.trace.stacks.ids.get(this.args[argument] as number));
  }

  /** The index of the string whose id is an argument. */
  string(argument: number): number {
    return this.#index(this.trace.strings.ids.get(this.args[argument] as number));
  }

  error(code: TraceErrorCode, message: string): TraceError {
    return new TraceError(code, message);
  }

  /** An index, or that of "none" where there is nothing under an id: so does Go's reader. */
  #index(index: number): number {
    if (index >= 0) return index;
    if (this.tolerant) this.diagnostics.add("table-id-unresolved", 1, wireName(this.cursor.type));
    return 0;
  }
}
