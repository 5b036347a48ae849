import type { Diagnostics } from "../../base/diagnostics.js";
import { TraceError } from "../../base/errors.js";
import { NONE } from "../../base/ids.js";
import type { WireStrings } from "../../wire/string-table.js";
import { RawEvent } from "../../wire/v2/event-decoder.js";
import type { WireGeneration } from "../../wire/v2/generation.js";
import { wireName } from "../../wire/v2/spec.js";
import { EventContext } from "../event-context.js";
import { GoroutineStates, ProcStates, ThreadContexts } from "./scheduler-state.js";

/** What may become of a candidate event: taken, or to be tried again later. Broken ones throw. */
export const Verdict = { NotYet: 0, Advanced: 1 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Whether an event needs a P or goroutine in its context. */
export const Need = { No: 0, May: 1, Must: 2 } as const;
export type Need = (typeof Need)[keyof typeof Need];

/** Decides about one sort of event. @throws TraceError if the trace is broken */
export type Handler = (emulator: Emulator) => Verdict;

/** Phase of the garbage collector: unknown until its first event. */
export const GcPhase = { Undetermined: 0, Off: 1, Running: 2 } as const;

/**
 * What the scheduler looked like at this point of the trace, and where ordered events are put.
 *
 * The handlers (in the files beside this one) decide about the current event by it and change it. They
 * read `args`, `thread`, `proc`, `goroutine`, and set `nextProc` and `nextGoroutine` where the thread
 * carries others after the event.
 */
export class Emulator extends EventContext {
  readonly goroutines = new GoroutineStates();
  readonly procs = new ProcStates();
  readonly threads = new ThreadContexts();
  /** Tasks under way. */
  readonly tasks = new Map<number, { readonly name: string; readonly parent: number }>();
  /** The least id of a task that began in the trace: ids rise, so lower ones are of tasks that began before it. */
  firstTask = Number.POSITIVE_INFINITY;
  /** Goroutines that ended in the first generation of a repaired trace: if named again, they are new. */
  readonly ended = new Set<number>();
  gcPhase: number = GcPhase.Undetermined;
  gcSequence = -0;

  // The generation.
  generation!: WireGeneration;
  strings!: WireStrings;
  /** Whether it is the first one: resources may be mentioned that are not known yet. */
  isInitial = true;
  /** Its ordinal · 2^32: what sequence numbers count from. */
  sequenceBase = Number.NaN;

  // The event at hand.
  readonly raw = new RawEvent();
  readonly args = this.raw.args;
  /** Number of the thread's context. */
  context = 0;
  /** What the thread carries afterwards. */
  nextProc = NONE;
  nextGoroutine = NONE;

  /**
   * @param report called with errors that cost no event; without it, these are thrown, as Go's reader does
   */
  constructor(
    readonly diagnostics: Diagnostics,
    readonly report?: (error: TraceError) => void,
  ) {
    super();
  }

  /** A goroutine ends. */
  endGoroutine(goroutine: number): void {
    this.goroutines.delete(goroutine);
    if (this.isInitial && this.report !== undefined) this.ended.add(goroutine);
  }

  /** Takes up the event in {@link raw}, of the thread with the given context. */
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

  /** Tries that event. */
  advance(handler: Handler, context: number, time: number): Verdict {
    const { threads } = this;
    this.enter(context, time);
    const id = this.raw.excessiveId;
    if (id !== undefined) throw this.error("unknown-resource", `${id} is too large an id`);
    const verdict = handler(this);
    if (verdict === Verdict.Advanced && context !== 0) {
      threads.proc[context] = this.nextProc;
      if (this.nextGoroutine !== threads.goroutine[context]) this.#carry(context, this.nextGoroutine);
    }
    return verdict;
  }

  #carry(context: number, goroutine: number): void {
    this.threads.goroutine[context] = goroutine;
    this.threads.slot[context] = goroutine === NONE ? NONE : this.goroutines.index.get(goroutine);
  }

  /** The sequence number at an argument, comparable with those of the state. */
  sequence(argument: number): number {
    return this.sequenceBase + (this.args[argument] as number);
  }

  /** The index of the stack whose id is an argument; 0 if the table lacks it. @throws TraceError `unknown-table-id` */
  stack(argument: number): number {
    const id = this.args[argument] as number;
    const index = this.generation.stacks.ids.get(id);
    return index >= 0 ? index : this.#unknownId("stack", id);
  }

  /** The index of the string whose id is an argument; 0 if the table lacks it. @throws TraceError `unknown-table-id` */
  string(argument: number): number {
    const id = this.args[argument] as number;
    const index = this.strings.ids.get(id);
    return index >= 0 ? index : this.#unknownId("string", id);
  }

  /** @throws TraceError `wrong-context` if the event's context lacks what it needs */
  require(proc: Need, goroutine: Need): void {
    if (this.thread === NONE) this.#wrongContext("a thread", true);
    if (proc === Need.Must && this.proc === NONE) this.#wrongContext("a P", true);
    if (proc === Need.No && this.proc !== NONE) this.#wrongContext("a P", false);
    if (goroutine === Need.Must && this.goroutine === NONE) this.#wrongContext("a goroutine", true);
    if (goroutine === Need.No && this.goroutine !== NONE) this.#wrongContext("a goroutine", false);
  }

  /** The error for the current event. */
  error(code: TraceError["code"], message: string): TraceError {
    return new TraceError(code, `${wireName(this.raw.type)}: ${message}`);
  }

  #wrongContext(what: string, missing: boolean): never {
    throw this.error(
      "wrong-context",
      missing ? `needs ${what}, but the thread has none` : `the thread already has ${what}`,
    );
  }

  #unknownId(table: string, id: number): number {
    const error = this.error("unknown-table-id", `${table} ${id} is not in the generation's table`);
    if (this.report === undefined) throw error;
    this.report(error);
    this.diagnostics.add("table-id-unresolved", 1, table);
    return 0;
  }
}
