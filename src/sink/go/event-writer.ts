import { NONE } from "../../base/ids.js";
import { type EventBlock, exactMetric } from "../../event/block.js";
import { EVENT_KINDS, EventKind, isGc, isTransition } from "../../event/kind.js";
import type { Emulator } from "../../order/v2/emulator.js";
import { GoStatus, ProcStatus, type Resources } from "../../order/v2/scheduler-state.js";
import { GO_STATUS_STACK, SINCE, WIRE_TYPES } from "./event-args.js";
import { EventArguments } from "./event-arguments.js";
import type { GenerationWriter } from "./generation-writer.js";
import { Lull, procKey } from "./lull.js";
import { ProcView, unusedProc } from "./proc-view.js";
import { GO_STATUS } from "./scheduler.js";

const K = EventKind;
const EXACT = Number.MAX_SAFE_INTEGER;
/** A thread for events that happen on no thread, although Go's reader wants one. */
export const HELPER = 2 ** 31 - 1;
/** By kind: 1 if Go's reader takes it only from a thread that has a P. */
const NEEDS_PROC = Uint8Array.from(EVENT_KINDS, ({ class: group }, kind) => {
  if (isTransition(kind)) return kind === K.GoUnblock || kind === K.GoSwitch || isOfSyscall(kind) ? 0 : 1;
  if (group === "range-begin" || group === "range-end") return isGc(kind) ? 0 : 1;
  return /^(metric|label|task|region|log)/.test(group) ? 1 : 0;
});

/** Kinds that end a system call. */
export function isSyscallEnd(kind: number): boolean {
  return kind === K.GoSyscallEnd || kind === K.GoSyscallEndBlocked || kind === K.GoDestroySyscall;
}

/** Kinds whose P may be lost. */
function isOfSyscall(kind: number): boolean {
  return isSyscallEnd(kind) || kind === K.GoCreateSyscall;
}

/** By type byte: 1 for events that stop a goroutine. */
const STOPS = Uint8Array.from({ length: 256 }, (_, type) =>
  [K.GoBlock, K.GoStop, K.GoSyscallEndBlocked].some((kind) => WIRE_TYPES[kind] === type) ? 1 : 0,
);

/** The stream of no thread. */
const NOWHERE = 0;

/**
 * Writes ordered events that Go's reader takes. It numbers them, and states the goroutine or P of a number first
 * if the generation has not stated it yet: numbers count from there.
 */
export class EventWriter {
  readonly #e: Emulator;
  readonly #generation: GenerationWriter;
  readonly #minor: number;
  readonly #arguments: EventArguments;
  readonly #args: Float64Array;
  readonly #view = new ProcView();
  readonly #lull = new Lull();
  /** The statuses of Ps that a later event may correct, by P. */
  readonly #openStatuses = new Map<number, () => boolean>();
  /** Added to the times of events. */
  shift = 0;
  /** Whether events have the times that the trace stores. */
  keepsTicks = false;
  /** Time of the last event, with the shift. */
  time = Number.NaN;
  /** Statuses that were added, but for those that only say again what an earlier generation has. */
  added = 0;
  /** Whether goroutines and Ps are stated again, as the generation is none of the input. */
  restates = false;

  constructor(emulator: Emulator, generation: GenerationWriter, minor: number) {
    this.#e = emulator;
    this.#generation = generation;
    this.#arguments = new EventArguments(generation.tables);
    this.#args = this.#arguments.values;
    this.#minor = minor;
  }

  /** Whether the format has an event. */
  has(type: number): boolean {
    return (SINCE[type] as number) <= this.#minor;
  }

  /** Begins a generation. @param keepsTicks see {@link keepsTicks} */
  begin(keepsTicks: boolean): void {
    this.keepsTicks = keepsTicks;
    this.restates = false;
    this.#lull.end();
    this.#openStatuses.clear();
  }

  /** Writes an event that the scheduler has taken. */
  event(block: EventBlock, i: number, context: number): void {
    const kind = block.kind[i] as number;
    const time = this.timeOf(block, i);
    const type = WIRE_TYPES[kind] as number;
    if (NEEDS_PROC[kind] === 1 && this.#view.procOf(context) === NONE) this.#needProc(block, i, context);
    switch (kind) {
      case K.GoStart:
        this.#numbered(type, block, i, context, this.#nextOfGoroutine(block, i, time, GoStatus.Runnable));
        return;
      case K.GoUnblock:
        this.#numbered(type, block, i, context, this.#nextOfGoroutine(block, i, time, GoStatus.Waiting));
        return;
      case K.GoSwitch:
        this.#wake(block, i, context);
        return;
      case K.GoSyscallBegin:
        this.#beginSyscall(type, block, i, context);
        return;
      case K.GoSyscallEnd:
        this.#endSyscall(type, block, i, context);
        return;
      case K.GoSyscallEndBlocked:
        if (this.#view.isInSyscall(context)) this.#stop(context, time);
        this.#plain(type, block, i, context);
        return;
      case K.GoDestroySyscall:
        this.#destroySyscall(type, block, i, context);
        return;
      case K.ProcStart:
        this.#start(block.subject[i] as number, context, time);
        return;
      case K.ProcStop:
        if (this.#view.procOf(context) !== NONE) this.#stop(context, time);
        return;
      case K.ProcSteal:
        this.#steal(block, i, context);
        return;
      case K.GcActive:
      case K.GcBegin:
      case K.GcEnd:
        this.#numbered(type, block, i, context, this.#e.gcSequence);
        return;
      case K.GoStatus:
        this.#goStatus(type, block, i, context);
        return;
      case K.ProcStatus:
        this.#procStatus(type, block, i, context);
        return;
      case K.HeapAlloc:
      case K.HeapGoal:
        this.#metric(type, block, i, context);
        return;
      case K.GoCreateBlocked:
        if (this.has(type)) this.#plain(type, block, i, context);
        else this.#createBlocked(block, i, context);
        return;
      default:
        this.#plain(type, block, i, context);
    }
  }

  /**
   * Writes a coroutine switch as the single event that it was.
   * @param type whether the goroutine that switches waits or ends
   */
  coroutineSwitch(type: number, block: EventBlock, i: number, context: number): void {
    const time = this.timeOf(block, i);
    this.#numbered(type, block, i, context, this.#nextOfGoroutine(block, i, time, GoStatus.Waiting));
    this.#lull.stop(block.subject[i + 1] as number);
  }

  /**
   * Corrects a P's last status to that of a P in a system call.
   * @returns false if it is too late
   */
  correct(proc: number): boolean {
    return this.#openStatuses.get(proc)?.() ?? false;
  }

  /** Makes a runnable goroutine wait: it runs for a moment, on a thread that is made up. */
  leap(block: EventBlock, i: number): void {
    const context = this.#e.threads.of(HELPER);
    if (this.#view.procOf(context) === NONE) this.#needProc(block, i, context);
    const time = this.timeOf(block, i);
    const next = this.#nextOfGoroutine(block, i, time, GoStatus.Runnable);
    this.#numbered(WIRE_TYPES[K.GoStart] as number, block, i, context, next);
    block.name[i] = block.stack[i] = 0;
    this.#plain(WIRE_TYPES[K.GoBlock] as number, block, i, context);
  }

  /** Go 1.22 creates runnable goroutines only. */
  #createBlocked(block: EventBlock, i: number, context: number): void {
    this.#plain(WIRE_TYPES[K.GoCreate] as number, block, i, context);
    this.leap(block, i);
  }

  /** The time with which an event is to be written. */
  timeOf(block: EventBlock, i: number): number {
    return (this.keepsTicks ? block.storedTime[i] : block.time[i]) as number;
  }

  /** The time of an event in the output. Every event has its own, which readers make of stored ones. */
  #at(time: number): number {
    const shifted = time + this.shift;
    if (shifted > this.time + 1) this.#lull.begin(this.time + 1, shifted - 1);
    this.time = shifted > this.time ? shifted : this.time + 1;
    return this.keepsTicks ? shifted : this.time;
  }

  #put(type: number, context: number, time: number): void {
    this.#generation.event(context, type, this.#at(time), this.#args);
  }

  /**
   * Writes a status that an event needs, just after the event before or in the last lull, so that the event keeps its time.
   * @param id as for {@link Lull.stop}
   */
  #state(type: number, context: number, id: number, time: number): void {
    if (!this.restates) this.added++;
    const next = this.time + 1 - this.shift;
    const hasRoom = this.keepsTicks || next < time;
    const early = hasRoom ? -1 : this.#lull.take(id, this.#generation.lastOf(context));
    if (early >= 0) this.#generation.event(context, type, early, this.#args);
    else this.#put(type, context, this.keepsTicks ? time : next);
  }

  #plain(type: number, block: EventBlock, i: number, context: number): void {
    this.#arguments.fill(type, block, i, 0, 0);
    this.#put(type, context, this.timeOf(block, i));
    if (STOPS[type] === 1) this.#lull.stop(block.subject[i] as number);
  }

  #numbered(type: number, block: EventBlock, i: number, context: number, sequence: number): void {
    this.#arguments.fill(type, block, i, sequence, 0);
    this.#put(type, context, this.timeOf(block, i));
  }

  #nextOfGoroutine(block: EventBlock, i: number, time: number, status: number): number {
    const { goroutines } = this.#e;
    const goroutine = block.subject[i] as number;
    const slot = goroutines.index.get(goroutine);
    if (this.#isStale(goroutines, slot)) this.#stateGoroutine(goroutine, slot, status, time);
    return this.#next(goroutines, slot);
  }

  #nextOfProc(proc: number, slot: number, time: number): number {
    if (this.#isStale(this.#e.procs, slot)) this.#stateProc(proc, slot, time);
    return this.#next(this.#e.procs, slot);
  }

  #isStale({ sequence }: Resources, slot: number): boolean {
    return (sequence[slot] as number) < this.#e.sequenceBase;
  }

  #next({ sequence }: Resources, slot: number): number {
    const next = (sequence[slot] as number) + 1;
    sequence[slot] = next;
    return next - this.#e.sequenceBase;
  }

  #stateGoroutine(goroutine: number, slot: number, status: number, time: number): void {
    const type = WIRE_TYPES[K.GoStatus] as number;
    const args = this.#args;
    args[0] = goroutine;
    args[1] = NONE;
    args[2] = status;
    this.#state(type, NOWHERE, goroutine, time);
    this.#e.goroutines.sequence[slot] = this.#e.sequenceBase;
  }

  #stateProc(proc: number, slot: number, time: number): void {
    const status = this.#view.status(slot);
    this.#args[0] = proc;
    this.#args[1] = status === ProcStatus.Bad ? ProcStatus.Idle : status;
    this.#state(WIRE_TYPES[K.ProcStatus] as number, this.#view.holder(slot), procKey(proc), time);
    if (status === ProcStatus.Bad) this.#view.set(slot, ProcStatus.Idle);
    this.#e.procs.sequence[slot] = this.#e.sequenceBase;
  }

  #beginSyscall(type: number, block: EventBlock, i: number, context: number): void {
    const view = this.#view;
    const slot = view.slotOf(context);
    const next = this.#nextOfProc(view.procOf(context), slot, this.timeOf(block, i));
    this.#numbered(type, block, i, context, next);
    view.set(slot, ProcStatus.Syscall);
  }

  /** A system call ends without a P, and the goroutine starts again, if the reader thinks that the P was lost. */
  #endSyscall(type: number, block: EventBlock, i: number, context: number): void {
    if (this.#view.isInSyscall(context)) {
      this.#plain(type, block, i, context);
      this.#view.set(this.#view.slotOf(context), ProcStatus.Running);
      return;
    }
    this.#plain(WIRE_TYPES[K.GoSyscallEndBlocked] as number, block, i, context);
    if (this.#view.procOf(context) === NONE) this.#needProc(block, i, context);
    const time = this.timeOf(block, i);
    const next = this.#nextOfGoroutine(block, i, time, GoStatus.Runnable);
    this.#numbered(WIRE_TYPES[K.GoStart] as number, block, i, context, next);
    this.added++;
  }

  #destroySyscall(type: number, block: EventBlock, i: number, context: number): void {
    const view = this.#view;
    const isInSyscall = view.isInSyscall(context);
    if (!isInSyscall && view.procOf(context) !== NONE) this.#stop(context, this.timeOf(block, i));
    this.#plain(type, block, i, context);
    if (!isInSyscall) return;
    this.#lull.stop(procKey(view.procOf(context)));
    view.free(view.slotOf(context), ProcStatus.SyscallAbandoned);
  }

  /** Starts a P on a thread. Another thread that has it loses it first, as does this thread its own. */
  #start(proc: number, context: number, time: number): void {
    const view = this.#view;
    const slot = this.#e.procs.index.get(proc);
    if (view.procOf(context) !== NONE) this.#stop(context, time);
    if (view.holder(slot) > 0) this.#stop(view.holder(slot), time);
    if (view.status(slot) === ProcStatus.SyscallAbandoned) this.#take(proc, slot, 0, context, time);
    const next = this.#nextOfProc(proc, slot, time);
    this.#args[0] = proc;
    this.#args[1] = next;
    this.#put(WIRE_TYPES[K.ProcStart] as number, context, time);
    view.hold(context, proc, slot, ProcStatus.Running);
  }

  #stop(context: number, time: number): void {
    this.#put(WIRE_TYPES[K.ProcStop] as number, context, time);
    this.#lull.stop(procKey(this.#view.procOf(context)));
    this.#view.free(this.#view.slotOf(context), ProcStatus.Idle);
  }

  /** Gives the thread a P for an event: that of the event, one that no thread has, or a new one. */
  #needProc(block: EventBlock, i: number, context: number): void {
    const { procs } = this.#e;
    let slot = procs.index.get(block.proc[i] as number);
    for (let each = 0; slot < 0 && each < procs.index.slots; each++)
      if (this.#view.holder(each) === 0) slot = each;
    if (slot < 0) slot = procs.add(unusedProc(procs), ProcStatus.Idle, 0);
    this.#start(procs.index.ids[slot] as number, context, this.timeOf(block, i));
    this.added++;
  }

  #wake(block: EventBlock, i: number, context: number): void {
    const next = this.#nextOfGoroutine(block, i, this.timeOf(block, i), GoStatus.Waiting);
    block.stack[i] = 0;
    this.#numbered(WIRE_TYPES[K.GoUnblock] as number, block, i, context, next);
  }

  #steal(block: EventBlock, i: number, context: number): void {
    const proc = block.subject[i] as number;
    const victim = block.value[i] as number;
    const time = this.timeOf(block, i);
    const view = this.#view;
    const slot = this.#e.procs.index.get(proc);
    const holder = view.holder(slot);
    const status = view.status(slot);
    const isVictim = this.#e.threads.thread[holder] === victim && status === ProcStatus.Syscall;
    if (isVictim || status === ProcStatus.SyscallAbandoned) this.#take(proc, slot, victim, context, time);
    else if (holder > 0) this.#stop(holder, time);
  }

  /** Takes a P from a system call. */
  #take(proc: number, slot: number, victim: number, context: number, time: number): void {
    const next = this.#nextOfProc(proc, slot, time);
    this.#openStatuses.delete(proc);
    this.#args[0] = proc;
    this.#args[1] = next;
    this.#args[2] = victim;
    this.#put(WIRE_TYPES[K.ProcSteal] as number, context, time);
    this.#view.free(slot, ProcStatus.Idle);
  }

  #goStatus(type: number, block: EventBlock, i: number, context: number): void {
    const status = GO_STATUS[block.to[i] as number] as number;
    const withStack = block.stack[i] !== 0 && this.has(GO_STATUS_STACK) ? GO_STATUS_STACK : type;
    this.#arguments.fill(withStack, block, i, 0, status);
    this.#put(withStack, context, this.timeOf(block, i));
  }

  #procStatus(type: number, block: EventBlock, i: number, context: number): void {
    const { procs } = this.#e;
    const view = this.#view;
    const proc = block.subject[i] as number;
    const slot = procs.index.get(proc);
    const known = view.status(slot);
    const status = known === ProcStatus.Bad ? (procs.status[slot] as number) : known;
    this.#arguments.fill(type, block, i, 0, status);
    this.#put(type, view.holder(slot) || context, this.timeOf(block, i));
    if (known !== ProcStatus.Bad) return;
    if (status === ProcStatus.Running) view.hold(context, proc, slot, status);
    else view.set(slot, status);
    this.#openStatuses.set(proc, this.#correction(slot, status, context));
  }

  /** Corrects the status of a P, as long as nothing has changed it and it has not left. */
  #correction(slot: number, status: number, context: number): () => boolean {
    const corrected = status === ProcStatus.Running ? ProcStatus.Syscall : ProcStatus.SyscallAbandoned;
    const patch = this.#generation.patch(context);
    return () => {
      const { sequence } = this.#e.procs;
      const isUnchanged = this.#view.status(slot) === status && sequence[slot] === this.#e.sequenceBase;
      if (!isUnchanged || !patch(corrected)) return false;
      this.#view.set(slot, corrected);
      return true;
    };
  }

  #metric(type: number, block: EventBlock, i: number, context: number): void {
    if ((block.value[i] as number) <= EXACT) {
      this.#plain(type, block, i, context);
      return;
    }
    const time = this.#at(this.timeOf(block, i));
    this.#generation.exactEvent(context, type, time, exactMetric(block, i));
  }
}
