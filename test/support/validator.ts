import type { EventBlock } from "../../src/event/block.js";
import { EVENT_KINDS, type EventKindInfo } from "../../src/event/kind.js";
import { stateAfter, stateBefore } from "./event-states.js";
import { SpanValidator } from "./validator-spans.js";
import {
  GO_NAMES,
  GO_TRANSITIONS,
  PROC_NAMES,
  PROC_TRANSITIONS,
  type Step,
  transitionProblems,
} from "./validator-transitions.js";

/** States in which a goroutine or P is bound to a thread. */
const ON_THREAD: ReadonlySet<string> = new Set(["Running", "Syscall"]);
const MOST_PROBLEMS = 20;

interface Resource {
  state: string;
  /** The thread that carries it, or −1. */
  thread: number;
  slot: number;
}

interface Thread {
  proc: number;
  goroutine: number;
  /** The P that was taken away from it last. */
  lost: number;
}

/**
 * Checks that ordered events make sense: that each goroutine and P goes from state to state as it may, that the
 * contexts of events are what the events before led to, and that what begins ends. Shares no code with the ordering.
 */
export class Validator {
  readonly problems: string[] = [];
  readonly #goroutines = new Map<number, Resource>();
  readonly #procs = new Map<number, Resource>();
  readonly #threads = new Map<number, Thread>();
  readonly #slots = new Map<number, number>();
  readonly #spans: SpanValidator;
  /** Ps before Go 1.22 whose threads have others already. */
  readonly #left = new Set<number>();
  readonly #generations: EventBlock["generation"][] = [];
  #syncs = 0;
  #time = Number.NEGATIVE_INFINITY;
  #at = "";
  #events = 0;
  readonly #restates: boolean;
  readonly #isFormat1: boolean;
  readonly #repairs: boolean;

  /**
   * @param restates whether the beginning of the trace is restated, as that of a window is: all at time 0, also what is
   *   of goroutines on no thread, and in a generation of its own, from which the next one's sync event is missing
   * @param isFormat1 whether the trace is of a release before Go 1.22, where an event that starts a goroutine or P is in
   *   the context of just that, who is in a system call without a P is on no thread, and so may be what runs
   * @param repairs whether events are missing: then a status may tell of a runnable goroutine that it waits, and of the GC there are gaps
   */
  constructor({ restates = false, isFormat1 = false, repairs = false } = {}) {
    this.#repairs = repairs;
    this.#restates = restates;
    this.#isFormat1 = isFormat1;
    this.#spans = new SpanValidator((problem) => this.#report(problem), isFormat1, repairs);
  }

  block(block: EventBlock): void {
    this.#checkGeneration(block);
    for (let i = 0; i < block.length; i++) this.#event(block, i);
  }

  get events(): number {
    return this.#events;
  }

  #report(problem: string): void {
    if (this.problems.length < MOST_PROBLEMS) this.problems.push(`${this.#at}: ${problem}`);
  }

  #checkGeneration({ generation, kind, length }: EventBlock): void {
    if (length === 0) this.#report("an empty block");
    if (generation === this.#generations.at(-1)) return;
    if (this.#generations.includes(generation)) this.#report("a generation comes back");
    this.#generations.push(generation);
    const isRest = this.#restates && this.#generations.length === 2;
    if (EVENT_KINDS[kind[0] as number]?.class !== "sync" && !isRest)
      this.#report("a generation without a sync event");
  }

  #event(block: EventBlock, i: number): void {
    const info = EVENT_KINDS[block.kind[i] as number] as EventKindInfo;
    const time = block.time[i] as number;
    this.#at = `event ${this.#events++} (${info.name} at ${time})`;
    const isSnapshot = this.#restates && this.#generations.length === 1;
    if (isSnapshot ? time !== 0 : !(time > this.#time)) this.#report(`not later than ${this.#time}`);
    // The first event of the window may be where it begins.
    this.#time = isSnapshot ? -1 : time;
    const isElsewhere = isSnapshot && this.#isElsewhere(block, i);
    if (info.class === "sync") this.#sync(block, i);
    else if (this.#isFormat1 && !isSnapshot) this.#checkContextThen(block, i, info);
    else if (info.class !== "sample" && !isElsewhere) this.#checkContext(block, i);
    if (info.class === "goroutine") this.#goroutine(block, i, info.name);
    else if (info.class === "proc") this.#proc(block, i, info.name);
    else this.#spans.event(block, i, info);
    this.#spans.checkTables(block, i, info);
  }

  /**
   * Whether what a snapshot tells is of no thread, or of one in a system call, whose P (if it has one) may be out of it, or of
   * where a goroutine was made runnable.
   */
  #isElsewhere(block: EventBlock, i: number): boolean {
    const state = GO_NAMES[stateAfter(block, i)];
    const isInSyscall = block.proc[i] === -1 && state === "Syscall";
    const isWoken = EVENT_KINDS[block.kind[i] as number]?.name === "GoSnapshot" && state === "Runnable";
    return block.thread[i] === -1 || isInSyscall || isWoken;
  }

  #sync(block: EventBlock, i: number): void {
    if (block.value[i] !== ++this.#syncs) this.#report(`sync ${block.value[i]}, not ${this.#syncs}`);
    if (i !== 0) this.#report("a sync event within a block");
  }

  #checkContext(block: EventBlock, i: number): void {
    const { proc, goroutine, lost } = this.#thread(block.thread[i] as number);
    // Whoever ends in a system call loses its P by that: one step of two events with the same context.
    const before =
      EVENT_KINDS[block.kind[i] as number]?.name === "GoDestroySyscall" && proc === -1 ? lost : proc;
    if (block.proc[i] !== proc && block.proc[i] !== before)
      this.#report(`on P ${block.proc[i]}, but the thread has ${proc}`);
    if (block.goroutine[i] !== goroutine)
      this.#report(`on goroutine ${block.goroutine[i]}, but the thread carries ${goroutine}`);
  }

  /** Likewise, in formats before Go 1.22. */
  #checkContextThen(block: EventBlock, i: number, { name, class: kind }: EventKindInfo): void {
    if (block.thread[i] === -1 || kind === "sample") return;
    const { proc, goroutine } = this.#thread(block.thread[i] as number);
    const startsProc = kind === "proc" && PROC_NAMES[stateAfter(block, i)] === "Running";
    // A thread that is back from a system call may have the next P before the last one stops, and before the end of the call is told.
    if (this.#left.has(block.proc[i] as number)) return;
    if (startsProc && this.#goroutines.get(goroutine)?.state === "Syscall") return;
    if (block.proc[i] !== (startsProc ? block.subject[i] : proc))
      this.#report(`on P ${block.proc[i]}, but the thread has ${proc}`);
    const startsGoroutine = name === "GoStart" || name === "GoStatus";
    if (name !== "ProcStop" && block.goroutine[i] !== (startsGoroutine ? block.subject[i] : goroutine))
      this.#report(`on goroutine ${block.goroutine[i]}, but the thread carries ${goroutine}`);
  }

  #goroutine(block: EventBlock, i: number, kind: string): void {
    const id = block.subject[i] as number;
    const known = this.#goroutines.get(id);
    const from = GO_NAMES[stateBefore(block, i)] ?? "?";
    const to = GO_NAMES[stateAfter(block, i)] ?? "?";
    const slot = block.slot[i] as number;
    const hasWaited = this.#repairs && kind === "GoStatus" && from === "Runnable" && to === "Waiting";
    if (hasWaited && known?.state === from) known.state = to;
    const step = { what: `goroutine ${id}`, known: known?.state, from: hasWaited ? to : from, to };
    this.#checkTransition(step, GO_TRANSITIONS);
    this.#checkSlot(id, slot, known);
    const thread = block.thread[i] as number;
    const isReturn = this.#isFormat1 && kind === "GoSyscallEndBlocked" && known !== undefined;
    if (known !== undefined && ON_THREAD.has(from))
      this.#stopGoroutine(id, known, isReturn ? known.thread : thread, to);
    if (to === "NotExist") {
      this.#goroutines.delete(id);
      this.#slots.delete(slot);
      this.#spans.goroutineEnds(id);
      return;
    }
    this.#goroutines.set(id, { state: to, thread: -1, slot });
    // No event tells the thread of who has lost its P to a system call; a window has the one where that began.
    const hasLeft = kind === "GoSnapshot" && to === "Syscall" && block.proc[i] === -1;
    if (this.#isFormat1 && (thread === -1 || hasLeft)) return;
    if (ON_THREAD.has(to)) this.#runGoroutine(id, thread, kind);
  }

  /** A slot stands for one live goroutine, from its first event to its last. */
  #checkSlot(id: number, slot: number, known: Resource | undefined): void {
    if (known !== undefined && known.slot !== slot) this.#report(`slot ${slot} after ${known.slot}`);
    const holder = this.#slots.get(slot) ?? id;
    if (holder !== id) this.#report(`slot ${slot} is that of goroutine ${holder}`);
    this.#slots.set(slot, id);
  }

  #stopGoroutine(id: number, known: Resource, thread: number, to: string): void {
    if (known.thread !== thread) this.#report(`on thread ${thread}, but it is carried by ${known.thread}`);
    if (this.#isFormat1 && known.thread === -1) return;
    const carrier = this.#thread(known.thread);
    if (carrier.goroutine !== id) this.#report(`thread ${known.thread} carries ${carrier.goroutine}`);
    if (!ON_THREAD.has(to)) carrier.goroutine = -1;
  }

  #runGoroutine(id: number, on: number, kind: string): void {
    const thread = this.#thread(on);
    if (on === -1) this.#report("runs on no thread");
    if (thread.goroutine !== -1 && thread.goroutine !== id)
      this.#report(`the thread carries ${thread.goroutine}`);
    const known = this.#goroutines.get(id) as Resource;
    if (known.state === "Running" && thread.proc === -1 && kind !== "GoStatus" && kind !== "GoSnapshot")
      this.#report("runs without a P");
    thread.goroutine = id;
    known.thread = on;
  }

  #proc(block: EventBlock, i: number, kind: string): void {
    const id = block.subject[i] as number;
    const known = this.#procs.get(id);
    const from = PROC_NAMES[stateBefore(block, i)] ?? "?";
    const to = PROC_NAMES[stateAfter(block, i)] ?? "?";
    this.#checkTransition({ what: `P ${id}`, known: known?.state, from, to }, PROC_TRANSITIONS);
    if (to === "Running") {
      this.#takeProc(id, known, block.thread[i] as number);
      return;
    }
    if (known?.state === "Running") this.#dropProc(id, known, kind, block, i);
    this.#procs.set(id, { state: to, thread: -1, slot: -1 });
  }

  #takeProc(id: number, known: Resource | undefined, on: number): void {
    if (this.#isFormat1 && on === -1) {
      this.#procs.set(id, { state: "Running", thread: -1, slot: -1 });
      return;
    }
    const thread = this.#thread(on);
    if (known?.state === "Running" && known.thread !== on) this.#report(`thread ${known.thread} has it`);
    const called = this.#goroutines.get(thread.goroutine)?.state;
    const leaves = this.#isFormat1 && (called === undefined || called === "Syscall");
    if (thread.proc !== -1 && thread.proc !== id) {
      if (leaves) this.#leaveProc(thread);
      else this.#report(`the thread has P ${thread.proc}`);
    }
    thread.proc = id;
    this.#procs.set(id, { state: "Running", thread: on, slot: -1 });
  }

  /** A thread that is back from a system call has the next P, and whoever made the call does not run on it any more. */
  #leaveProc(thread: Thread): void {
    this.#left.add(thread.proc);
    const caller = this.#goroutines.get(thread.goroutine);
    if (caller === undefined) return;
    caller.thread = -1;
    thread.goroutine = -1;
  }

  #dropProc(id: number, known: Resource, kind: string, block: EventBlock, i: number): void {
    if ((this.#isFormat1 && known.thread === -1) || this.#left.delete(id)) return;
    const holder = this.#thread(known.thread);
    if (holder.proc !== id) this.#report(`thread ${known.thread} has P ${holder.proc}`);
    if (kind === "ProcStop" && known.thread !== block.thread[i])
      this.#report(`thread ${known.thread} has it`);
    const carried = this.#goroutines.get(holder.goroutine);
    if (kind === "ProcSteal" && carried?.state === "Running") this.#report("stolen from a running goroutine");
    if (this.#isFormat1 && carried?.state === "Syscall") {
      carried.thread = -1;
      holder.goroutine = -1;
    }
    holder.proc = -1;
    holder.lost = id;
  }

  #checkTransition(step: Step, legal: typeof GO_TRANSITIONS): void {
    for (const problem of transitionProblems(step, legal)) this.#report(problem);
    if (step.from === "Undetermined" && this.#syncs > 1)
      this.#report(`${step.what} is news after the first generation`);
  }

  #thread(id: number): Thread {
    let thread = this.#threads.get(id);
    if (thread === undefined) {
      thread = { proc: -1, goroutine: -1, lost: -1 };
      this.#threads.set(id, thread);
    }
    return thread;
  }
}
