import { goroutineId, NONE } from "../../base/ids.js";
import { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { GoState, ProcState } from "../../event/states.js";
import type { Emulator } from "../../order/v2/emulator.js";
import { StateRepair } from "../../order/v2/repair-states.js";
import { GoStatus, ProcStatus } from "../../order/v2/scheduler-state.js";
import { type EventWriter, HELPER, isSyscallEnd } from "./event-writer.js";
import { unusedProc } from "./proc-view.js";

const K = EventKind;

/** What is to be done with an event after its repair. */
export const Outcome = {
  /** The state is as the event needs it: try it again. */
  Retry: 0,
  /** What the event says holds already. */
  Done: 1,
  /** Leave the event out. */
  Drop: 2,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/**
 * Brings the state where an event can happen by the rules of Go's reader: it writes the transitions that are
 * missing. Traces before Go 1.22, selections and damaged traces need that; others do not.
 */
export class EventRepair {
  readonly #e: Emulator;
  readonly #writer: EventWriter;
  readonly #states: StateRepair;
  /** Receives the transitions. */
  readonly #block = new EventBlock();
  /** Transitions that were added. */
  added = 0;

  constructor(emulator: Emulator, writer: EventWriter) {
    this.#e = emulator;
    this.#writer = writer;
    this.#states = new StateRepair(emulator);
    emulator.block = this.#block;
  }

  /**
   * The context for an event that happens on no thread: that of its goroutine if that is in a system call, or a
   * thread that is made up.
   */
  contextOf(block: EventBlock, i: number): number {
    const { goroutines, threads } = this.#e;
    const goroutine = block.subject[i] as number;
    if (isSyscallEnd(block.kind[i] as number) && goroutines.index.get(goroutine) >= 0) {
      const carrier = threads.goroutine.indexOf(goroutine);
      return carrier > 0 ? carrier : this.#helper;
    }
    const isStatus = block.kind[i] === K.GoStatus;
    if (isStatus && block.to[i] === GoState.Syscall) return threads.of(HELPER + 1 + goroutine);
    return isStatus && block.to[i] !== GoState.Running ? 0 : this.#helper;
  }

  get #helper(): number {
    return this.#e.threads.of(HELPER);
  }

  /** Prepares the state for an event. @param context as for the event */
  prepare(block: EventBlock, i: number, context: number): Outcome {
    this.#e.time = this.#writer.timeOf(block, i);
    this.#block.length = 0;
    const outcome = this.#prepare(block, i, context);
    this.#write();
    return outcome;
  }

  /** Ends the run of a goroutine that only stood in for one that is left out. */
  vacate(context: number): void {
    this.#block.length = 0;
    this.#states.vacate(context);
    this.#write();
  }

  #prepare(block: EventBlock, i: number, context: number): Outcome {
    const kind = block.kind[i] as number;
    const subject = block.subject[i] as number;
    const states = this.#states;
    switch (kind) {
      case K.GoStart:
        this.#takeProc(block, i, context);
        states.vacate(context);
        states.makeRunnable(subject);
        return Outcome.Retry;
      case K.GoUnblock:
      case K.GoSwitch:
        if (this.#isIn(subject, GoStatus.Runnable)) return Outcome.Done;
        states.makeWaiting(subject);
        return Outcome.Retry;
      case K.GoStatus:
        return this.#restate(block, i, context);
      case K.GoCreate:
      case K.GoCreateBlocked:
        if (this.#e.goroutines.index.get(subject) >= 0) return Outcome.Drop;
        this.#takeProc(block, i, context);
        if (!states.needGoroutine(context)) this.#needProc(context);
        return Outcome.Retry;
      case K.GoCreateSyscall:
        if (this.#e.goroutines.index.get(subject) >= 0) return Outcome.Drop;
        states.vacate(context);
        return Outcome.Retry;
      case K.GoSyscallEnd:
        return this.#endSyscall(subject, context);
      case K.GoSyscallEndBlocked:
        states.makeSyscall(subject, context);
        states.freeThread(context);
        return Outcome.Retry;
      case K.GoDestroySyscall:
        states.makeSyscall(subject, context);
        return Outcome.Retry;
      case K.ProcStart:
        states.freeThread(context);
        states.freeProc(subject);
        return Outcome.Retry;
      case K.ProcStop:
        states.freeProc(subject);
        return Outcome.Done;
      case K.ProcSteal:
        return this.#steal(block, i);
      case K.ProcStatus:
        if (block.to[i] === ProcState.Running) states.startProc(subject, context);
        else states.freeProc(subject);
        return Outcome.Done;
      case K.SweepActive:
      case K.AssistActive:
      case K.GcActive:
        return Outcome.Drop;
      case K.SweepBegin:
      case K.SweepEnd:
      case K.HeapAlloc:
      case K.HeapGoal:
        this.#takeProc(block, i, context);
        return Outcome.Retry;
      default:
        return this.#run(block, i, context);
    }
  }

  #isIn(goroutine: number, status: number): boolean {
    const { index, status: statuses } = this.#e.goroutines;
    const slot = index.get(goroutine);
    return slot >= 0 && statuses[slot] === status;
  }

  /** Gives the thread the P of the event's context, or any. */
  #takeProc(block: EventBlock, i: number, context: number): void {
    const proc = block.proc[i] as number;
    const { index } = this.#e.procs;
    if (proc >= 0 && index.get(proc) >= 0) this.#states.startProc(proc, context);
    else this.#needProc(context);
  }

  /** Gives the thread a P: a new one if none is idle. */
  #needProc(context: number): void {
    if (this.#states.needProc(context)) return;
    const proc = unusedProc(this.#e.procs);
    this.#states.freeProc(proc);
    this.#states.startProc(proc, context);
  }

  /** Makes the goroutine of the event's context run on the thread. */
  #run(block: EventBlock, i: number, context: number): Outcome {
    const goroutine = goroutineId(block.goroutine[i] as number);
    if (goroutine === NONE) return Outcome.Drop;
    this.#takeProc(block, i, context);
    return this.#states.makeRunning(goroutine, context) ? Outcome.Retry : Outcome.Drop;
  }

  #endSyscall(goroutine: number, context: number): Outcome {
    const { procs, threads } = this.#e;
    if (threads.proc[context] === NONE) {
      this.#needProc(context);
      this.#states.makeRunning(goroutine, context);
      return Outcome.Done;
    }
    this.#states.makeSyscall(goroutine, context);
    procs.status[procs.index.get(threads.proc[context] as number)] = ProcStatus.Syscall;
    return Outcome.Retry;
  }

  /** A P that was idle for all one knows may have been in a system call. */
  #steal(block: EventBlock, i: number): Outcome {
    const proc = block.subject[i] as number;
    const { procs } = this.#e;
    const slot = procs.index.get(proc);
    if (slot >= 0 && procs.status[slot] === ProcStatus.Idle) {
      if (block.from[i] !== ProcState.Idle || !this.#writer.correct(proc)) return Outcome.Done;
      procs.status[slot] = ProcStatus.SyscallAbandoned;
      return Outcome.Retry;
    }
    this.#states.freeProc(proc);
    return Outcome.Done;
  }

  /** Brings a goroutine into a state that an event states. */
  #restate(block: EventBlock, i: number, context: number): Outcome {
    const goroutine = block.subject[i] as number;
    switch (block.to[i]) {
      case GoState.Runnable:
        this.#states.makeRunnable(goroutine);
        break;
      case GoState.Waiting:
        this.#states.makeWaiting(goroutine);
        break;
      case GoState.Running:
        this.#takeProc(block, i, context);
        this.#states.makeRunning(goroutine, context);
        break;
      default:
        this.#needProc(context);
        this.#states.makeSyscall(goroutine, context);
        if (block.proc[i] === NONE) this.#states.freeThread(context);
    }
    return Outcome.Done;
  }

  /** Writes the transitions. */
  #write(): void {
    const block = this.#block;
    for (let j = 0; j < block.length; j++) {
      this.added++;
      if (isLeap(block, j)) this.#writer.leap(block, j);
      else this.#writer.event(block, j, this.#contextAt(block, j));
    }
  }

  #contextAt({ kind, thread }: EventBlock, j: number): number {
    const isAnywhere = kind[j] === K.GoUnblock || kind[j] === K.GoStatus;
    return thread[j] === NONE && !isAnywhere ? this.#helper : this.#e.threads.of(thread[j] as number);
  }
}

/** Whether a runnable goroutine waits now, so that it has run in between. */
function isLeap({ from, kind, to }: EventBlock, j: number): boolean {
  return kind[j] === K.GoStatus && from[j] === GoState.Runnable && to[j] === GoState.Waiting;
}
