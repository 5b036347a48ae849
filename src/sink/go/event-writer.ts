import { NONE } from "../../base/ids.js";
import { type EventBlock, exactMetric } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { Emulator } from "../../order/v2/emulator.js";
import { GoStatus, ProcStatus, type Resources } from "../../order/v2/scheduler-state.js";
import { ARG_SOURCES, ArgSource, GO_STATUS_STACK, SINCE, WIRE_TYPES } from "./event-args.js";
import type { GenerationWriter } from "./generation-writer.js";
import { GO_STATUS } from "./scheduler.js";

const K = EventKind;
const S = ArgSource;
const EXACT = Number.MAX_SAFE_INTEGER;
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
  readonly #args = new Float64Array(5);
  /** The statuses of Ps that a later event may correct, by P. */
  readonly #openStatuses = new Map<number, () => boolean>();
  /** Added to the times of events. */
  shift = 0;
  /** Time of the last event, with the shift. */
  time = Number.NaN;
  /** Statuses that were added. */
  added = 0;

  constructor(emulator: Emulator, generation: GenerationWriter, minor: number) {
    this.#e = emulator;
    this.#generation = generation;
    this.#minor = minor;
  }

  /** Whether the format has an event. */
  has(type: number): boolean {
    return (SINCE[type] as number) <= this.#minor;
  }

  /** Begins a generation. */
  begin(): void {
    this.#openStatuses.clear();
  }

  /** Writes an event that the scheduler has taken. */
  event(block: EventBlock, i: number, context: number): void {
    const kind = block.kind[i] as number;
    const time = block.time[i] as number;
    const type = WIRE_TYPES[kind] as number;
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
        this.#numbered(
          type,
          block,
          i,
          context,
          this.#nextOfProc(block.proc[i] as number, time, ProcStatus.Running, context),
        );
        return;
      case K.ProcStart:
        this.#numbered(
          type,
          block,
          i,
          context,
          this.#nextOfProc(block.subject[i] as number, time, ProcStatus.Idle),
        );
        return;
      case K.ProcSteal:
        this.#steal(type, block, i, context);
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
        else this.#plain(WIRE_TYPES[K.GoCreate] as number, block, i, context);
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
    const time = block.time[i] as number;
    this.#numbered(type, block, i, context, this.#nextOfGoroutine(block, i, time, GoStatus.Waiting));
  }

  /**
   * Corrects a P's last status to that of a P in a system call.
   * @returns false if it is too late
   */
  correct(proc: number): boolean {
    return this.#openStatuses.get(proc)?.() ?? false;
  }

  /** The time of an event in the output. Every event has its own. */
  #at(time: number): number {
    const shifted = time + this.shift;
    this.time = shifted > this.time ? shifted : this.time + 1;
    return this.time;
  }

  #put(type: number, context: number, time: number): void {
    const thread = this.#e.threads.thread[context] as number;
    this.#generation.event(context, thread, type, this.#at(time), this.#args);
  }

  #plain(type: number, block: EventBlock, i: number, context: number): void {
    this.#fill(type, block, i, 0, 0);
    this.#put(type, context, block.time[i] as number);
  }

  #numbered(type: number, block: EventBlock, i: number, context: number, sequence: number): void {
    this.#fill(type, block, i, sequence, 0);
    this.#put(type, context, block.time[i] as number);
  }

  /** Fills the arguments from the columns. */
  #fill(type: number, block: EventBlock, i: number, sequence: number, status: number): void {
    const sources = ARG_SOURCES[type] as Uint8Array;
    const { tables } = this.#generation;
    const args = this.#args;
    for (let n = 0; n < sources.length; n++) {
      switch (sources[n]) {
        case S.Subject:
          args[n] = block.subject[i] as number;
          break;
        case S.Name:
          args[n] = tables.string(block.name[i] as number);
          break;
        case S.Text:
          args[n] = tables.string(block.text[i] as number);
          break;
        case S.Stack:
          args[n] = tables.stack(block.stack[i] as number);
          break;
        case S.NewStack:
          args[n] = tables.stack(block.subjectStack[i] as number);
          break;
        case S.Value:
          args[n] = Math.max(block.value[i] as number, 0);
          break;
        case S.Value2:
          args[n] = Math.max(block.value2[i] as number, 0);
          break;
        case S.Sequence:
          args[n] = sequence;
          break;
        case S.Thread:
          args[n] = isCarried(status) ? (block.thread[i] as number) : NONE;
          break;
        default:
          args[n] = status;
      }
    }
  }

  #nextOfGoroutine(block: EventBlock, i: number, time: number, status: number): number {
    const { goroutines } = this.#e;
    const goroutine = block.subject[i] as number;
    const slot = goroutines.index.get(goroutine);
    if (this.#isStale(goroutines, slot)) this.#stateGoroutine(goroutine, slot, status, time);
    return this.#next(goroutines, slot);
  }

  /** @param context of the thread that holds the P, if one does */
  #nextOfProc(proc: number, time: number, status: number, context = NOWHERE): number {
    const { procs } = this.#e;
    const slot = procs.index.get(proc);
    if (this.#isStale(procs, slot)) this.#stateProc(proc, slot, status, time, context);
    return this.#next(procs, slot);
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
    this.#put(type, NOWHERE, time);
    this.#e.goroutines.sequence[slot] = this.#e.sequenceBase;
    this.added++;
  }

  #stateProc(proc: number, slot: number, status: number, time: number, context: number): void {
    const args = this.#args;
    args[0] = proc;
    args[1] = status;
    this.#put(WIRE_TYPES[K.ProcStatus] as number, context, time);
    this.#e.procs.sequence[slot] = this.#e.sequenceBase;
    this.added++;
  }

  #wake(block: EventBlock, i: number, context: number): void {
    const next = this.#nextOfGoroutine(block, i, block.time[i] as number, GoStatus.Waiting);
    block.stack[i] = 0;
    this.#numbered(WIRE_TYPES[K.GoUnblock] as number, block, i, context, next);
  }

  #steal(type: number, block: EventBlock, i: number, context: number): void {
    const proc = block.subject[i] as number;
    const next = this.#nextOfProc(proc, block.time[i] as number, ProcStatus.SyscallAbandoned);
    this.#openStatuses.delete(proc);
    this.#numbered(type, block, i, context, next);
  }

  #goStatus(type: number, block: EventBlock, i: number, context: number): void {
    const status = GO_STATUS[block.to[i] as number] as number;
    const withStack = block.stack[i] !== 0 && this.has(GO_STATUS_STACK) ? GO_STATUS_STACK : type;
    this.#fill(withStack, block, i, 0, status);
    this.#put(withStack, context, block.time[i] as number);
  }

  #procStatus(type: number, block: EventBlock, i: number, context: number): void {
    const { procs } = this.#e;
    const proc = block.subject[i] as number;
    const slot = procs.index.get(proc);
    const status = procs.status[slot] as number;
    this.#fill(type, block, i, 0, status);
    this.#put(type, context, block.time[i] as number);
    if (status !== ProcStatus.Running && status !== ProcStatus.Idle) return;
    const corrected = status === ProcStatus.Running ? ProcStatus.Syscall : ProcStatus.SyscallAbandoned;
    const patch = this.#generation.patch(context);
    this.#openStatuses.set(proc, () => procs.status[slot] === status && patch(corrected));
  }

  #metric(type: number, block: EventBlock, i: number, context: number): void {
    if ((block.value[i] as number) <= EXACT) {
      this.#plain(type, block, i, context);
      return;
    }
    const thread = this.#e.threads.thread[context] as number;
    const time = this.#at(block.time[i] as number);
    this.#generation.exactEvent(context, thread, type, time, exactMetric(block, i));
  }
}

function isCarried(status: number): boolean {
  return status === GoStatus.Running || status === GoStatus.Syscall;
}
