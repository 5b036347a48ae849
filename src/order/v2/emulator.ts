import type { Diagnostics } from "../../base/diagnostics.js";
import { TraceError } from "../../base/errors.js";
import { IdSet } from "../../base/id-set.js";
import { NONE } from "../../base/ids.js";
import type { WireStrings } from "../../wire/string-table.js";
import { RawEvent } from "../../wire/v2/event-decoder.js";
import type { WireGeneration } from "../../wire/v2/generation.js";
import { wireName } from "../../wire/v2/spec.js";
import { EventContext } from "../event-context.js";
import { GoroutineStates, ProcStates, ThreadContexts } from "./scheduler-state.js";

/** The result for a candidate event: taken, or to be tried again later. A broken event throws. */
export const Verdict = { NotYet: 0, Advanced: 1 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Whether an event needs a P or goroutine in its context. */
export const Need = { No: 0, May: 1, Must: 2 } as const;
export type Need = (typeof Need)[keyof typeof Need];

/** Decides about one kind of event. @throws TraceError if the trace is broken */
export type Handler = (emulator: Emulator) => Verdict;

/** Phase of the garbage collector: unknown until its first event. */
export const GcPhase = { Undetermined: 0, Off: 1, Running: 2 } as const;

/**
 * The scheduler's state at this point of the trace, and the output for ordered events.
 *
 * The handlers (in the files beside this one) check the current event against the state and change the state.
 * They read `args`, `thread`, `proc` and `goroutine`. They set `nextProc` and `nextGoroutine` if the event
 * changes what the thread runs.
 */
export class Emulator extends EventContext {
  readonly goroutines = new GoroutineStates();
  readonly procs = new ProcStates();
  readonly threads = new ThreadContexts();
  /** Open tasks. */
  readonly tasks = new Map<number, { readonly name: string; readonly parent: number }>();
  /**
   * The lowest id of a task that began in the trace. Ids rise, so tasks with lower ids began before the
   * trace.
   */
  firstTask = Number.POSITIVE_INFINITY;
  /**
   * Goroutines that ended in the first generation of a repaired trace. If such an id appears again, it is a
   * new goroutine.
   */
  readonly ended = new IdSet();
  gcPhase: number = GcPhase.Undetermined;
  gcSequence = -0;

  // The current generation.
  generation!: WireGeneration;
  strings!: WireStrings;
  /** Whether it is the first generation. Events may mention unknown resources only there. */
  isInitial = true;
  /** The generation's ordinal · 2^32, the base of its sequence numbers. */
  sequenceBase = Number.NaN;

  // The current event.
  readonly raw = new RawEvent();
  readonly args = this.raw.args;
  /** Number of the thread's context. */
  context = 0;
  /** The P and goroutine of the thread after the event. */
  nextProc = NONE;
  nextGoroutine = NONE;

  /** @param report receives what makes errors that cost no event; without it they are thrown, as Go's reader does */
  constructor(
    readonly diagnostics: Diagnostics,
    readonly report?: (error: () => TraceError) => void,
  ) {
    super();
  }

  /** Ends a goroutine. */
  endGoroutine(goroutine: number): void {
    this.goroutines.delete(goroutine);
    if (this.isInitial && this.report !== undefined) this.ended.add(goroutine);
  }

  /** Loads the event in {@link raw}, of the thread with the given context. */
  enter(context: number, time: number): void {
    const { threads } = this;
    this.context = context;
    this.time = time;
    this.thread = threads.thread[context] as number;
    this.proc = threads.proc[context] as number;
    this.goroutine = threads.goroutine[context] as number;
    this.nextProc = this.proc;
    this.nextGoroutine = this.goroutine;
    threads.seen[context] = 1;
  }

  /** Tries the event in {@link raw}. */
  advance(handler: Handler, context: number, time: number): Verdict {
    const { threads } = this;
    this.enter(context, time);
    if (this.raw.isLarge) this.#checkIds();
    const verdict = handler(this);
    if (verdict === Verdict.Advanced && context !== 0) {
      threads.proc[context] = this.nextProc;
      if (this.nextGoroutine !== threads.goroutine[context]) this.#carry(context, this.nextGoroutine);
    }
    return verdict;
  }

  #checkIds(): void {
    const id = this.raw.excessiveId;
    if (id !== undefined) throw this.error("unknown-resource", `${id} is too large an id`);
  }

  #carry(context: number, goroutine: number): void {
    this.threads.goroutine[context] = goroutine;
    this.threads.slot[context] = goroutine === NONE ? NONE : this.goroutines.index.get(goroutine);
  }

  /** The sequence number in an argument, comparable with those of the state. */
  sequence(argument: number): number {
    return this.sequenceBase + (this.args[argument] as number);
  }

  /**
   * The index of the stack whose id is in an argument; 0 if the table lacks it.
   * @throws TraceError `unknown-table-id`
   */
  stack(argument: number): number {
    const id = this.args[argument] as number;
    const index = this.generation.stacks.ids.get(id);
    return index >= 0 ? index : this.#unknownId("stack", id);
  }

  /**
   * The index of the string whose id is in an argument; 0 if the table lacks it.
   * @throws TraceError `unknown-table-id`
   */
  string(argument: number): number {
    const id = this.args[argument] as number;
    const index = this.strings.ids.get(id);
    return index >= 0 ? index : this.#unknownId("string", id);
  }

  /** @throws TraceError `wrong-context` if the event's context lacks a P or goroutine that it needs */
  require(proc: Need, goroutine: Need): void {
    if (this.thread === NONE) this.#wrongContext("a thread", true);
    if (proc === Need.Must && this.proc === NONE) this.#wrongContext("a P", true);
    if (proc === Need.No && this.proc !== NONE) this.#wrongContext("a P", false);
    if (goroutine === Need.Must && this.goroutine === NONE) this.#wrongContext("a goroutine", true);
    if (goroutine === Need.No && this.goroutine !== NONE) this.#wrongContext("a goroutine", false);
  }

  /** An error about the current event. */
  error(code: TraceError["code"], message: string): TraceError {
    return TraceError.ofEvent(code, `${wireName(this.raw.type)}: ${message}`);
  }

  #wrongContext(what: string, missing: boolean): never {
    throw this.error(
      "wrong-context",
      missing ? `needs ${what}, but the thread has none` : `the thread already has ${what}`,
    );
  }

  #unknownId(table: string, id: number): number {
    // A cut generation lacks most of its tables, and an error with its call stack costs as much as a hundred events.
    const error = () => this.error("unknown-table-id", `${table} ${id} is not in the generation's table`);
    if (this.report === undefined) throw error();
    this.report(error);
    this.diagnostics.add("table-id-unresolved", 1, table);
    return 0;
  }
}
