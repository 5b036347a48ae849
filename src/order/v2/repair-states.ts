import { NONE } from "../../base/ids.js";
import { EventKind } from "../../event/kind.js";
import { GoState, ProcState } from "../../event/states.js";
import type { Emulator } from "./emulator.js";
import { emitSteal } from "./proc-events.js";
import { GoStatus, ProcStatus } from "./scheduler-state.js";

const { Runnable, Running, Syscall, Waiting } = GoStatus;
const GO_STATE: Readonly<Record<number, GoState>> = {
  [Runnable]: GoState.Runnable,
  [Waiting]: GoState.Waiting,
  [Syscall]: GoState.Syscall,
};

/** The kind of event that creates a goroutine with each status. */
const CREATION: Readonly<Record<number, EventKind>> = {
  [Runnable]: EventKind.GoCreate,
  [Waiting]: EventKind.GoCreateBlocked,
  [Syscall]: EventKind.GoCreateSyscall,
};

/** Context without a thread, a P or a goroutine. */
const NOWHERE = 0;

/**
 * Brings goroutines, Ps and threads into the states that an event needs. It emits the missing events, with
 * legal transitions only. It changes the emulator's context.
 */
export class StateRepair {
  readonly #e: Emulator;

  constructor(emulator: Emulator) {
    this.#e = emulator;
  }

  /** Makes the goroutine runnable, on no thread. */
  makeRunnable(goroutine: number): void {
    const { goroutines, threads } = this.#e;
    const slot = goroutines.index.get(goroutine);
    if (slot < 0) {
      this.#introduce(goroutine, Runnable, NOWHERE);
      return;
    }
    const status = goroutines.status[slot];
    if (status === Runnable) return;
    if (status === Waiting) {
      this.#give(NOWHERE, EventKind.GoUnblock, goroutine, Runnable);
      return;
    }
    const context = this.#carrier(goroutine);
    if (status === Syscall && !this.#endSyscall(context)) {
      this.#give(context, EventKind.GoSyscallEndBlocked, goroutine, Runnable);
    } else this.#give(context, EventKind.GoStop, goroutine, Runnable);
    threads.goroutine[context] = NONE;
  }

  /** Makes the goroutine wait. */
  makeWaiting(goroutine: number): void {
    const { goroutines, threads } = this.#e;
    const slot = goroutines.index.get(goroutine);
    if (slot < 0) {
      this.#introduce(goroutine, Waiting, NOWHERE);
      return;
    }
    if (goroutines.status[slot] === Waiting) return;
    const context = this.#carrier(goroutine);
    if (goroutines.status[slot] === Running || this.#endSyscall(context)) {
      this.#give(context, EventKind.GoBlock, goroutine, Waiting);
      threads.goroutine[context] = NONE;
      return;
    }
    this.makeRunnable(goroutine);
    // The goroutine ran in between, on an unknown thread. Only its status is emitted.
    this.#status(NOWHERE, goroutine, Runnable, Waiting);
  }

  /** Makes the goroutine run on the thread. Returns false if the thread has no P and none is free. */
  makeRunning(goroutine: number, context: number): boolean {
    const { goroutines, threads } = this.#e;
    if (threads.goroutine[context] === goroutine) return this.needGoroutine(context);
    if (!this.needProc(context)) return false;
    this.makeRunnable(goroutine);
    this.vacate(context);
    this.#give(context, EventKind.GoStart, goroutine, Running);
    threads.goroutine[context] = goroutine;
    threads.slot[context] = goroutines.index.get(goroutine);
    return true;
  }

  /**
   * Puts the goroutine into a system call that began on the thread. Returns false if no transition leads
   * there.
   */
  makeSyscall(goroutine: number, context: number): boolean {
    const { goroutines, threads } = this.#e;
    const slot = goroutines.index.get(goroutine);
    if (threads.goroutine[context] !== goroutine) {
      this.vacate(context);
      if (slot < 0) {
        threads.seen[context] = 1;
        this.#introduce(goroutine, Syscall, context);
        return true;
      }
      if (!this.makeRunning(goroutine, context)) return false;
    }
    return this.enterSyscall(context);
  }

  /** Puts the thread's goroutine into a system call. The thread must have a goroutine. */
  enterSyscall(context: number): boolean {
    const { goroutines, procs, threads } = this.#e;
    const goroutine = threads.goroutine[context] as number;
    if (goroutines.status[goroutines.index.get(goroutine)] === Syscall) return true;
    if (!this.needProc(context)) return false;
    this.#give(context, EventKind.GoSyscallBegin, goroutine, Syscall);
    procs.status[procs.index.get(threads.proc[context] as number)] = ProcStatus.Syscall;
    return true;
  }

  /** Gives the thread a running goroutine. Returns false if it is unknown which one. */
  needGoroutine(context: number): boolean {
    const { goroutines, threads } = this.#e;
    const goroutine = threads.goroutine[context] as number;
    if (goroutine === NONE) return false;
    if (goroutines.status[goroutines.index.get(goroutine)] === Running) return this.needProc(context);
    if (this.#endSyscall(context)) return true;
    this.makeRunnable(goroutine);
    return threads.goroutine[context] === NONE && this.makeRunning(goroutine, context);
  }

  /** Gives the thread a P: an idle one if none is known. Returns false if there is none. */
  needProc(context: number): boolean {
    const { procs, threads } = this.#e;
    if (context === NOWHERE) return false;
    if (threads.proc[context] !== NONE) return true;
    const idle = procs.status.indexOf(ProcStatus.Idle);
    if (idle < 0 || idle >= procs.index.slots) return false;
    this.startProc(procs.index.ids[idle] as number, context);
    return true;
  }

  /** Makes the P run on the thread. */
  startProc(proc: number, context: number): void {
    const { procs, threads } = this.#e;
    if (threads.proc[context] === proc) return;
    this.freeThread(context);
    this.freeProc(proc);
    this.#enter(context);
    this.#e.emit(EventKind.ProcStart, proc);
    procs.status[procs.index.get(proc)] = ProcStatus.Running;
    threads.proc[context] = proc;
    procs.take(proc, context);
  }

  /** Makes the P idle. */
  freeProc(proc: number): void {
    const { procs, threads } = this.#e;
    const slot = procs.index.get(proc);
    if (slot < 0) {
      this.#introduceProc(proc);
      return;
    }
    const context = procs.holderOf(proc, threads);
    if (context !== NONE) this.freeThread(context);
    procs.status[slot] = ProcStatus.Idle;
  }

  /** Frees the thread of its P. */
  freeThread(context: number): void {
    const e = this.#e;
    const { goroutines, procs, threads } = e;
    const proc = threads.proc[context] as number;
    if (proc === NONE) return;
    const goroutine = threads.goroutine[context] as number;
    const slot = goroutine === NONE ? NONE : goroutines.index.get(goroutine);
    if (slot >= 0 && goroutines.status[slot] === Running) this.vacate(context);
    if (slot >= 0 && goroutines.status[slot] === Syscall) {
      this.#enter(NOWHERE);
      emitSteal(e, proc, threads.thread[context] as number, false);
    } else {
      this.#enter(context);
      e.emit(EventKind.ProcStop, proc);
    }
    threads.proc[context] = NONE;
    procs.status[procs.index.get(proc)] = ProcStatus.Idle;
  }

  /** Frees the thread of its goroutine. */
  vacate(context: number): void {
    const goroutine = this.#e.threads.goroutine[context] as number;
    if (goroutine !== NONE) this.makeRunnable(goroutine);
  }

  /**
   * Ends the system call if its goroutine still has its P: the goroutine runs then. Returns whether it does.
   */
  #endSyscall(context: number): boolean {
    const { goroutines, procs, threads } = this.#e;
    const goroutine = threads.goroutine[context] as number;
    const proc = threads.proc[context] as number;
    if (proc === NONE || goroutines.status[goroutines.index.get(goroutine)] !== Syscall) return false;
    this.#give(context, EventKind.GoSyscallEnd, goroutine, Running);
    procs.status[procs.index.get(proc)] = ProcStatus.Running;
    return true;
  }

  /** Emits a transition of a known goroutine. */
  #give(context: number, kind: EventKind, goroutine: number, status: number): void {
    const e = this.#e;
    const slot = e.goroutines.index.get(goroutine);
    this.#enter(context);
    const i = e.emitGoroutine(kind, goroutine, slot);
    e.block.name[i] = 0;
    e.block.stack[i] = 0;
    e.goroutines.status[slot] = status;
  }

  /**
   * Adds a goroutine that has no event so far. It exists since the start. If the trace has listed everything
   * that existed then, it is created now, by an unknown creator.
   */
  #introduce(goroutine: number, status: number, context: number): void {
    const { ended, goroutines, isInitial, sequenceBase, threads } = this.#e;
    const slot = goroutines.addGoroutine(goroutine, status, sequenceBase, false);
    if (isInitial && !ended.has(goroutine)) this.#status(context, goroutine, GoStatus.Bad, status);
    else this.#create(context, goroutine, status);
    if (context === NOWHERE) return;
    threads.goroutine[context] = goroutine;
    threads.slot[context] = slot;
  }

  #create(context: number, goroutine: number, status: number): void {
    const { block } = this.#e;
    this.#give(context, CREATION[status] as EventKind, goroutine, status);
    block.subjectStack[block.length - 1] = 0;
  }

  #status(context: number, goroutine: number, from: number, status: number): void {
    const { block } = this.#e;
    this.#give(context, EventKind.GoStatus, goroutine, status);
    const i = block.length - 1;
    block.from[i] = GO_STATE[from] ?? GoState.Undetermined;
    block.to[i] = GO_STATE[status] as number;
  }

  #introduceProc(proc: number): void {
    const e = this.#e;
    e.procs.add(proc, ProcStatus.Idle, e.sequenceBase);
    this.#enter(NOWHERE);
    const i = e.emit(EventKind.ProcStatus, proc);
    e.block.from[i] = e.isInitial ? ProcState.Undetermined : ProcState.NotExist;
    e.block.to[i] = ProcState.Idle;
  }

  /** The context of the thread that runs a goroutine. */
  #carrier(goroutine: number): number {
    return Math.max(this.#e.threads.goroutine.indexOf(goroutine), NOWHERE);
  }

  #enter(context: number): void {
    const e = this.#e;
    e.thread = e.threads.thread[context] as number;
    e.proc = e.threads.proc[context] as number;
    e.goroutine = e.threads.goroutine[context] as number;
  }
}
