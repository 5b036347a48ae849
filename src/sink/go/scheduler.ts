import { NONE } from "../../base/ids.js";
import { type EventBlock, stringOf } from "../../event/block.js";
import { EVENT_KINDS, EventKind } from "../../event/kind.js";
import { GoState, ProcState } from "../../event/states.js";
import { type Emulator, GcPhase } from "../../order/v2/emulator.js";
import { GoStatus, type OpenRange, ProcStatus } from "../../order/v2/scheduler-state.js";

const K = EventKind;
const { Runnable, Running, Syscall, Waiting } = GoStatus;

/** A goroutine's status on the wire, by {@link GoState}. */
export const GO_STATUS: Readonly<Record<number, number>> = {
  [GoState.Runnable]: Runnable,
  [GoState.Running]: Running,
  [GoState.Waiting]: Waiting,
  [GoState.Syscall]: Syscall,
};

/** The begin event of each range, by the kinds of its events. */
const RANGE_OF: Readonly<Record<number, number>> = {
  [K.StwBegin]: K.StwBegin,
  [K.StwEnd]: K.StwBegin,
  [K.SweepActive]: K.SweepBegin,
  [K.SweepBegin]: K.SweepBegin,
  [K.SweepEnd]: K.SweepBegin,
  [K.AssistActive]: K.AssistBegin,
  [K.AssistBegin]: K.AssistBegin,
  [K.AssistEnd]: K.AssistBegin,
};

/**
 * Decides whether Go's reader takes an ordered event, by the rules of the ordering (`order/v2`), and follows the
 * scheduler's state as the reader does.
 */
export class Scheduler {
  readonly #e: Emulator;

  constructor(emulator: Emulator) {
    this.#e = emulator;
  }

  /**
   * Takes an event, if it fits the state.
   * @param context number of the thread's context; 0 is "no thread"
   * @returns false, with the state as it was, if Go's reader would reject the event
   */
  take(block: EventBlock, i: number, context: number): boolean {
    const kind = block.kind[i] as number;
    const subject = block.subject[i] as number;
    switch (kind) {
      case K.GoStart:
        return this.#start(subject, context);
      case K.GoStop:
        return this.#stop(subject, context, Runnable);
      case K.GoBlock:
        return this.#stop(subject, context, Waiting);
      case K.GoUnblock:
      case K.GoSwitch:
        return this.#change(subject, Waiting, Runnable);
      case K.GoSyscallBegin:
        return this.#beginSyscall(subject, context);
      case K.GoSyscallEnd:
        return this.#endSyscall(subject, context);
      case K.GoSyscallEndBlocked:
        return this.#endSyscallBlocked(subject, context);
      case K.GoCreate:
        return this.#create(subject, context, Runnable);
      case K.GoCreateBlocked:
        return this.#create(subject, context, Waiting);
      case K.GoCreateSyscall:
        return this.#createSyscall(subject, context);
      case K.GoDestroy:
        return this.#destroy(subject, context);
      case K.GoDestroySyscall:
        return this.#destroySyscall(subject, context);
      case K.GoStatus:
        return this.#goStatus(block, i, context);
      case K.ProcStart:
        return this.#startProc(subject, context);
      case K.ProcStop:
        return this.#stopProc(subject, context);
      case K.ProcSteal:
        return this.#stealProc(subject, block.value[i] as number, context);
      case K.ProcStatus:
        return this.#procStatus(block, i, context);
      case K.GcActive:
      case K.GcBegin:
      case K.GcEnd:
        return this.#gc(kind, block.value[i] as number, context);
      case K.SweepActive:
      case K.AssistActive:
        return this.#restateRange(kind, subject);
      case K.SweepBegin:
      case K.SweepEnd:
        return this.#hasProc(context) && this.#range(block, i, this.#procRanges(context));
      case K.StwBegin:
      case K.StwEnd:
      case K.AssistBegin:
      case K.AssistEnd:
        return this.#isAtWork(context) && this.#range(block, i, this.#ranges(context));
      case K.HeapAlloc:
      case K.HeapGoal:
        return this.#hasProc(context);
      case K.TaskBegin:
        return this.#beginTask(subject, context);
      case K.TaskEnd:
        return this.#isAtWork(context) && this.#endTask(subject);
      case K.RegionBegin:
      case K.RegionEnd:
        return this.#isAtWork(context) && this.#region(block, i, context);
      case K.ProcsChange:
      case K.GoLabel:
      case K.Log:
        return this.#isAtWork(context);
      default:
        return EVENT_KINDS[kind]?.class === "experimental" && context !== 0;
    }
  }

  /** The reasons of stop-the-worlds that are open. */
  openStops(): string[] {
    const { ranges } = this.#e.goroutines;
    return ranges.flatMap((open = []) =>
      open.filter(({ type }) => type === K.StwBegin).map(({ text }) => text),
    );
  }

  #hasProc(context: number): boolean {
    return context !== 0 && this.#e.threads.proc[context] !== NONE;
  }

  /** Whether the thread has a P and a goroutine. */
  #isAtWork(context: number): boolean {
    return this.#hasProc(context) && this.#e.threads.goroutine[context] !== NONE;
  }

  /** The slot of the thread's goroutine, if it is this one and has the status; −1 otherwise. */
  #carried(goroutine: number, context: number, status: number): number {
    const { goroutines, threads } = this.#e;
    if (context === 0 || threads.goroutine[context] !== goroutine) return NONE;
    const slot = threads.slot[context] as number;
    return goroutines.status[slot] === status ? slot : NONE;
  }

  #carry(context: number, goroutine: number, slot: number): true {
    this.#e.threads.goroutine[context] = goroutine;
    this.#e.threads.slot[context] = slot;
    return true;
  }

  #start(goroutine: number, context: number): boolean {
    const { goroutines, threads } = this.#e;
    const slot = goroutines.index.get(goroutine);
    if (slot < 0 || goroutines.status[slot] !== Runnable) return false;
    if (!this.#hasProc(context) || threads.goroutine[context] !== NONE) return false;
    goroutines.status[slot] = Running;
    return this.#carry(context, goroutine, slot);
  }

  #stop(goroutine: number, context: number, status: number): boolean {
    const slot = this.#carried(goroutine, context, Running);
    if (slot < 0 || !this.#hasProc(context)) return false;
    this.#e.goroutines.status[slot] = status;
    return this.#carry(context, NONE, NONE);
  }

  #change(goroutine: number, from: number, to: number): boolean {
    const { goroutines } = this.#e;
    const slot = goroutines.index.get(goroutine);
    if (slot < 0 || goroutines.status[slot] !== from) return false;
    goroutines.status[slot] = to;
    return true;
  }

  #beginSyscall(goroutine: number, context: number): boolean {
    const { goroutines, procs, threads } = this.#e;
    const slot = this.#carried(goroutine, context, Running);
    if (slot < 0 || !this.#hasProc(context)) return false;
    goroutines.status[slot] = Syscall;
    procs.status[procs.index.get(threads.proc[context] as number)] = ProcStatus.Syscall;
    return true;
  }

  #endSyscall(goroutine: number, context: number): boolean {
    const { goroutines, procs, threads } = this.#e;
    const slot = this.#carried(goroutine, context, Syscall);
    if (slot < 0 || !this.#hasProc(context)) return false;
    const proc = procs.index.get(threads.proc[context] as number);
    if (procs.status[proc] !== ProcStatus.Syscall) return false;
    goroutines.status[slot] = Running;
    procs.status[proc] = ProcStatus.Running;
    return true;
  }

  #endSyscallBlocked(goroutine: number, context: number): boolean {
    const { goroutines, procs, threads } = this.#e;
    const slot = this.#carried(goroutine, context, Syscall);
    if (slot < 0) return false;
    const proc = threads.proc[context] as number;
    if (proc !== NONE && procs.status[procs.index.get(proc)] === ProcStatus.Syscall) return false;
    goroutines.status[slot] = Runnable;
    return this.#carry(context, NONE, NONE);
  }

  #create(goroutine: number, context: number, status: number): boolean {
    const { goroutines, sequenceBase, threads } = this.#e;
    if (!this.#hasProc(context) || goroutines.index.get(goroutine) >= 0) return false;
    const creator = threads.goroutine[context] === NONE ? NONE : (threads.slot[context] as number);
    if (creator >= 0 && goroutines.status[creator] !== Running) return false;
    goroutines.addGoroutine(goroutine, status, sequenceBase, true);
    return true;
  }

  #createSyscall(goroutine: number, context: number): boolean {
    const { goroutines, sequenceBase, threads } = this.#e;
    if (context === 0 || threads.goroutine[context] !== NONE) return false;
    if (goroutines.index.get(goroutine) >= 0) return false;
    return this.#carry(context, goroutine, goroutines.addGoroutine(goroutine, Syscall, sequenceBase, true));
  }

  #destroy(goroutine: number, context: number): boolean {
    const slot = this.#carried(goroutine, context, Running);
    if (slot < 0 || !this.#hasProc(context)) return false;
    this.#e.goroutines.delete(goroutine);
    return this.#carry(context, NONE, NONE);
  }

  #destroySyscall(goroutine: number, context: number): boolean {
    const { goroutines, procs, threads } = this.#e;
    if (this.#carried(goroutine, context, Syscall) < 0) return false;
    const proc = threads.proc[context] as number;
    if (proc !== NONE) {
      const slot = procs.index.get(proc);
      if (procs.status[slot] !== ProcStatus.Syscall) return false;
      procs.status[slot] = ProcStatus.SyscallAbandoned;
      threads.proc[context] = NONE;
    }
    goroutines.delete(goroutine);
    return this.#carry(context, NONE, NONE);
  }

  #goStatus(block: EventBlock, i: number, context: number): boolean {
    const { goroutines, isInitial, sequenceBase, threads } = this.#e;
    const goroutine = block.subject[i] as number;
    const status = GO_STATUS[block.to[i] as number];
    if (status === undefined) return false;
    const isCarried = status === Running || status === Syscall;
    const isNew = block.from[i] === GoState.Undetermined;
    const known = goroutines.index.get(goroutine);
    if (isNew ? known >= 0 || !isInitial : known < 0 || goroutines.status[known] !== status) return false;
    if (isCarried && (context === 0 || threads.goroutine[context] !== (isNew ? NONE : goroutine)))
      return false;
    const slot = isNew ? goroutines.addGoroutine(goroutine, status, sequenceBase, false) : known;
    goroutines.sequence[slot] = sequenceBase;
    return !isCarried || this.#carry(context, goroutine, slot);
  }

  #startProc(proc: number, context: number): boolean {
    const { procs, threads } = this.#e;
    const slot = procs.index.get(proc);
    if (slot < 0 || procs.status[slot] !== ProcStatus.Idle) return false;
    if (context === 0 || threads.proc[context] !== NONE) return false;
    procs.status[slot] = ProcStatus.Running;
    this.#hold(context, proc);
    return true;
  }

  #hold(context: number, proc: number): void {
    this.#e.threads.proc[context] = proc;
    this.#e.procs.take(proc, context);
  }

  #stopProc(proc: number, context: number): boolean {
    const { procs, threads } = this.#e;
    if (context === 0 || threads.proc[context] !== proc) return false;
    procs.status[procs.index.get(proc)] = ProcStatus.Idle;
    threads.proc[context] = NONE;
    return true;
  }

  /** @param victim the thread that loses the P */
  #stealProc(proc: number, victim: number, context: number): boolean {
    const { procs, threads } = this.#e;
    const slot = procs.index.get(proc);
    if (slot < 0 || context === 0) return false;
    if (procs.status[slot] === ProcStatus.Syscall) {
      const loser = procs.holderOf(proc, threads);
      if (loser < 0 || threads.thread[loser] !== victim) return false;
      threads.proc[loser] = NONE;
    } else if (procs.status[slot] !== ProcStatus.SyscallAbandoned) return false;
    procs.status[slot] = ProcStatus.Idle;
    return true;
  }

  #procStatus(block: EventBlock, i: number, context: number): boolean {
    const { procs, sequenceBase, threads } = this.#e;
    const proc = block.subject[i] as number;
    const isHeld = block.to[i] === ProcState.Running;
    const known = procs.index.get(proc);
    if (known < 0) {
      if (isHeld && (context === 0 || threads.proc[context] !== NONE)) return false;
      procs.add(proc, isHeld ? ProcStatus.Running : ProcStatus.Idle, sequenceBase);
      if (isHeld) this.#hold(context, proc);
      return true;
    }
    const status = procs.status[known];
    const wasHeld = status === ProcStatus.Running || status === ProcStatus.Syscall;
    if (wasHeld !== isHeld || (isHeld && threads.proc[context] !== proc)) return false;
    procs.sequence[known] = sequenceBase;
    return true;
  }

  #gc(kind: number, sequence: number, context: number): boolean {
    const e = this.#e;
    const isUnknown = e.gcPhase === GcPhase.Undetermined;
    const isRunning = e.gcPhase === GcPhase.Running;
    const isFree = kind === K.GcActive ? e.isInitial : kind === K.GcBegin && isUnknown;
    if (!isFree && !this.#isAtWork(context)) return false;
    if (kind === K.GcActive ? e.isInitial !== isUnknown || (!isUnknown && !isRunning) : false) return false;
    if (kind === K.GcBegin ? isRunning : kind === K.GcEnd && !isRunning) return false;
    e.gcSequence = isUnknown ? sequence : e.gcSequence + 1;
    e.gcPhase = kind === K.GcEnd ? GcPhase.Off : GcPhase.Running;
    return true;
  }

  #restateRange(kind: number, id: number): boolean {
    const { goroutines, isInitial, procs } = this.#e;
    const owners = kind === K.AssistActive ? goroutines : procs;
    const slot = owners.index.get(id);
    if (slot < 0) return false;
    const type = RANGE_OF[kind] as number;
    const ranges = owners.rangesOf(slot);
    const isOpen = ranges.some((range) => range.type === type);
    if (isOpen === isInitial) return false;
    if (isInitial) ranges.push({ type, text: "" });
    return true;
  }

  #ranges(context: number): OpenRange[] {
    return this.#e.goroutines.rangesOf(this.#e.threads.slot[context] as number);
  }

  #procRanges(context: number): OpenRange[] {
    const { procs, threads } = this.#e;
    return procs.rangesOf(procs.index.get(threads.proc[context] as number));
  }

  #range(block: EventBlock, i: number, ranges: OpenRange[]): boolean {
    const kind = block.kind[i] as number;
    const type = RANGE_OF[kind] as number;
    if (kind === type) {
      const text = kind === K.StwBegin ? stringOf(block, block.name[i] as number) : "";
      if (ranges.some((range) => range.type === type && range.text === text)) return false;
      ranges.push({ type, text });
      return true;
    }
    const found = ranges.findIndex((range) => range.type === type);
    if (found < 0) return false;
    ranges.splice(found, 1);
    return true;
  }

  #beginTask(task: number, context: number): boolean {
    const { tasks } = this.#e;
    if (tasks.has(task) || !this.#isAtWork(context)) return false;
    tasks.set(task, OPEN);
    return true;
  }

  #endTask(task: number): true {
    this.#e.tasks.delete(task);
    return true;
  }

  #region(block: EventBlock, i: number, context: number): boolean {
    const { goroutines, threads } = this.#e;
    const regions = goroutines.regionsOf(threads.slot[context] as number);
    const task = block.subject[i] as number;
    const name = stringOf(block, block.name[i] as number);
    if (block.kind[i] === K.RegionBegin) {
      regions.begin(task, name);
      return true;
    }
    if (regions.size === 0) return true;
    if (regions.find(task, name) !== 0) return false;
    regions.end(0);
    return true;
  }
}

const OPEN = { name: "", parent: NONE };
