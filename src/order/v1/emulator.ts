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

/**
 * Turns one kind of event into events of the common vocabulary.
 * @throws TraceError if the trace is broken
 */
export type Handler = (emulator: Emulator) => void;

/** Goroutines of threads created by C. */
export interface FromC {
  /**
   * Goroutines recorded in a system call after their creation, since Go 1.20. Some of them are not from C.
   */
  readonly inSyscall: ReadonlySet<number>;
  /** Goroutines whose first event is their start, if any. */
  readonly uncreated: Uncreated | undefined;
}

/** An open task. */
interface Task {
  /** Index in the strings of the trace. */
  readonly name: number;
  readonly parent: number;
}

/**
 * The scheduler's state at this point of the trace, and the output for ordered events.
 *
 * The handlers (in the files beside this one) check the current event against the state, change the state,
 * and emit the event in the common vocabulary.
 */
export class Emulator extends EventContext {
  readonly goroutines = new GoroutineStates();
  readonly tasks = new Map<number, Task>();
  /**
   * The lowest id of a task that began in the trace. Ids rise, so tasks with lower ids began before the
   * trace.
   */
  firstTask = Number.POSITIVE_INFINITY;
  /** Until the first GOMAXPROCS, events are about goroutines older than the trace. */
  isInitial = true;
  /**
   * Whether older goroutines without any event so far are still to be emitted as runnable, the last one
   * first.
   */
  isAnnouncing = false;
  readonly unannounced: number[] = [];
  /** Goroutines emitted as created in a system call, until that call ends. */
  readonly uncalled = new Set<number>();
  /**
   * Goroutines that ended before the first GOMAXPROCS, or in repair. Later events may still refer to them.
   */
  readonly ended = new Set<number>();
  /** Whether to repair contradictions. */
  repairs = false;
  gcRuns = false;
  /** Whether events are known to be missing, so that the begin event of anything may be missing. */
  lacksEvents = false;
  /** Begins and ends of GCs so far. Later formats store this number in the events. */
  gcSequence = 0;
  /** System calls so far. */
  syscalls = 0;
  /** Open stop-the-worlds. Before Go 1.10 every P has its own. */
  stopped = 0;
  /** The goroutine that began the first of them. */
  stopper = NONE;
  /** Index of the last one's kind in the strings. */
  stopKind = 0;

  /** Index of the reason of each type of event in the strings. */
  readonly reasons: Int32Array;

  // Columns of Ps, by the number of their streams.
  readonly procRuns: Uint8Array;
  /** Whether the P was mentioned. */
  readonly procSeen: Uint8Array;
  readonly procSweeps: Uint8Array;
  readonly procGoroutine: Float64Array;
  readonly procThread: Float64Array;
  /** The stream of the P that a thread got last, while the thread has it. */
  readonly threadStreams = new Map<number, number>();
  /** The goroutine whose system call lost the P, until the P's stop event. */
  readonly procLostTo: Float64Array;
  /** Whether the P is in a stop-the-world, before Go 1.10. */
  readonly procStopped: Uint8Array;

  /** For a GoSysBlock: the goroutine that continues with the P, if known. */
  taker = NO_GOROUTINE;

  // The current event.
  cursor!: StreamCursor;
  /** Number of the current event's stream. */
  stream = 0;
  args!: Float64Array;

  /**
   * @param cursors of the streams
   * @param tolerant whether the trace is cut, so that names may be missing
   * @param salvages whether to read what Go's reader rejects: threads created by C may call into Go
   * @param isDamaged whether the trace is cut, or has an order that Go's runtime cannot have meant
   * @param fromC the goroutines of such threads that are known in advance
   */
  constructor(
    readonly trace: WireTrace,
    readonly cursors: readonly StreamCursor[],
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

  /** Loads the current event of a stream. */
  enter(cursor: StreamCursor, stream: number, time: number): void {
    this.cursor = cursor;
    this.stream = stream;
    this.args = cursor.args;
    this.time = time;
    this.proc = cursor.stream.proc;
    this.thread = this.proc === NONE ? NONE : (this.procThread[stream] as number);
    this.goroutine = cursor.goroutine === NO_GOROUTINE ? NONE : cursor.goroutine;
  }

  /** Detaches the event from the P that wrote it, and so from that P's thread. */
  moveTo(proc: (typeof SpecialProc)[keyof typeof SpecialProc]): void {
    this.proc = proc;
    this.thread = NONE;
  }

  /** The slot of the current goroutine. Throws unless it runs on the current P. */
  requireRunning(): number {
    if (this.goroutine === NONE) throw this.error("wrong-context", "needs a goroutine, but the P has none");
    const slot = this.goroutines.require(this.goroutine, Status.Running);
    if (this.procGoroutine[this.stream] !== this.goroutine)
      throw this.error("wrong-context", `P ${this.proc} does not run goroutine ${this.goroutine}`);
    return slot;
  }

  /** The index of the stack whose id is in an argument. */
  stack(argument: number): number {
    return this.#index(this.trace.stacks.ids.get(this.args[argument] as number));
  }

  /** The index of the string whose id is in an argument. */
  string(argument: number): number {
    return this.#index(this.trace.strings.ids.get(this.args[argument] as number));
  }

  error(code: TraceErrorCode, message: string): TraceError {
    return TraceError.ofEvent(code, message);
  }

  /** The index, or that of "none" if the id is unknown, as in Go's reader. */
  #index(index: number): number {
    if (index >= 0) return index;
    if (this.tolerant) this.diagnostics.add("table-id-unresolved", 1, wireName(this.cursor.type));
    return 0;
  }
}
