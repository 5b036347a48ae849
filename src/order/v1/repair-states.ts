import type { Diagnostics } from "../../base/diagnostics.js";
import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EVENT_KINDS, EventKind, isTransition } from "../../event/kind.js";
import { SpecialProc } from "../../event/special-procs.js";
import { GoState } from "../../event/states.js";
import type { Emulator, Handler } from "./emulator.js";
import { announce } from "./goroutine-events.js";
import { WaitsFor } from "./goroutine-states.js";
import { procStart, procStop, takeProc } from "./proc-events.js";
import { NO_GOROUTINE } from "./stream-cursor.js";
import { Status } from "./transitions.js";

const NO_THREAD = Float64Array.of(NONE);

/**
 * Brings goroutines and Ps into the states that an event needs. It emits the missing events, with legal
 * transitions only. It changes the emulator's context.
 */
export class StateRepair {
  readonly #diagnostics: Diagnostics;
  /** {@link GoState} of each goroutine as emitted. */
  readonly #states = new Map<number, number>();

  constructor(diagnostics: Diagnostics) {
    this.#diagnostics = diagnostics;
  }

  /** Follows the emitted events. @param start index of the first new one */
  follow(block: EventBlock, start: number): void {
    for (let i = start; i < block.length; i++) {
      const kind = block.kind[i] as number;
      if (!isTransition(kind) && kind !== EventKind.GoStatus) continue;
      const goroutine = block.subject[i] as number;
      const to = block.to[i] as number;
      if (to === GoState.NotExist) this.#states.delete(goroutine);
      else this.#states.set(goroutine, to);
    }
  }

  /** Emits what a handler makes of the context, and counts it as synthesized. */
  count(handler: Handler, e: Emulator, args: Float64Array = e.args): void {
    const own = e.args;
    const before = e.block.length;
    e.args = args;
    handler(e);
    e.args = own;
    this.follow(e.block, before);
    for (let i = before; i < e.block.length; i++) this.#count(e.block.kind[i] as number);
  }

  /** Makes the goroutine runnable. */
  makeRunnable(e: Emulator, goroutine: number): void {
    const { goroutines } = e;
    const slot = goroutines.index.get(goroutine);
    if (slot < 0) {
      this.#introduce(e, goroutine, GoState.Runnable, Status.Runnable);
      return;
    }
    const stream = streamOf(e, goroutine);
    if (stream !== NONE) {
      this.#leave(e, stream, EventKind.GoStop, Status.Runnable);
      return;
    }
    const state = this.#stateOf(goroutine);
    goroutines.status[slot] = Status.Runnable;
    if (state === GoState.Runnable) return;
    this.#stopLost(e, goroutine);
    goroutines.waitsFor[slot] = WaitsFor.Others;
    setContext(e, NONE, state === GoState.Syscall ? SpecialProc.Syscall : NONE, NONE);
    const isSyscall = state === GoState.Syscall;
    this.#emit(e, isSyscall ? EventKind.GoSyscallEndBlocked : EventKind.GoUnblock, goroutine);
  }

  /** Makes the goroutine run on the P of the stream. */
  makeRunning(e: Emulator, goroutine: number, stream: number): void {
    if (e.procGoroutine[stream] === goroutine) {
      this.#endSyscall(e, stream);
      return;
    }
    this.makeRunnable(e, goroutine);
    this.vacate(e, stream);
    this.startProc(e, stream);
    const slot = e.goroutines.index.get(goroutine);
    this.#enter(e, stream, goroutine);
    e.goroutines.status[slot] = Status.Running;
    e.procGoroutine[stream] = goroutine;
    e.goroutines.stream[slot] = stream;
    if (e.goroutines.isUnannounced[slot] === 1) {
      setContext(e, NONE, NONE, NONE);
      this.#announce(e, goroutine, slot, GoState.Runnable);
      this.#enter(e, stream, goroutine);
    }
    this.#emit(e, EventKind.GoStart, goroutine);
  }

  /**
   * Makes the goroutine wait, so that it can be woken. Returns false if it needs no wakeup; it is runnable
   * then.
   */
  makeWaiting(e: Emulator, goroutine: number): boolean {
    const { goroutines } = e;
    const slot = goroutines.index.get(goroutine);
    if (slot < 0) {
      this.#introduce(e, goroutine, GoState.Waiting, Status.Waiting);
      return true;
    }
    if (goroutines.isUnannounced[slot] === 1) {
      goroutines.status[slot] = Status.Waiting;
      setContext(e, NONE, NONE, NONE);
      this.#announce(e, goroutine, slot, GoState.Waiting);
      return true;
    }
    const stream = streamOf(e, goroutine);
    if (stream !== NONE) {
      this.#leave(e, stream, EventKind.GoBlock, Status.Waiting);
      return true;
    }
    if (this.#stateOf(goroutine) === GoState.Waiting) {
      goroutines.status[slot] = Status.Waiting;
      return true;
    }
    this.makeRunnable(e, goroutine);
    return false;
  }

  /**
   * Puts the goroutine into a system call without a P. Returns false if that is impossible; it is runnable
   * then.
   */
  awaitExit(e: Emulator, goroutine: number): boolean {
    const { goroutines } = e;
    const slot = goroutines.index.get(goroutine);
    if (slot < 0) {
      this.#introduce(e, goroutine, GoState.Syscall, Status.Waiting);
      return true;
    }
    const stream = streamOf(e, goroutine);
    if (this.#stateOf(goroutine) === GoState.Syscall) {
      if (stream !== NONE) this.vacate(e, stream);
      return true;
    }
    this.makeRunnable(e, goroutine);
    return false;
  }

  /** Puts the goroutine that runs on the P of the stream into a system call. */
  enterSyscall(e: Emulator, stream: number): void {
    const goroutine = e.procGoroutine[stream] as number;
    if (goroutine === NO_GOROUTINE || this.#stateOf(goroutine) === GoState.Syscall) return;
    this.#enter(e, stream, goroutine);
    e.goroutines.waitsFor[e.goroutines.index.get(goroutine)] = WaitsFor.Syscall;
    this.#emit(e, EventKind.GoSyscallBegin, goroutine);
  }

  /** Frees the P of the stream of its goroutine. @param stops whether the P stops next */
  vacate(e: Emulator, stream: number, stops = false): void {
    const goroutine = e.procGoroutine[stream] as number;
    if (goroutine === NO_GOROUTINE) return;
    if (this.#stateOf(goroutine) !== GoState.Syscall) {
      this.#leave(e, stream, EventKind.GoBlock, Status.Waiting);
      return;
    }
    const slot = e.goroutines.index.get(goroutine);
    e.goroutines.status[slot] = Status.Waiting;
    e.goroutines.waitsFor[slot] = WaitsFor.Syscall;
    e.procGoroutine[stream] = NO_GOROUTINE;
    if (stops || e.trace.streams[stream]?.proc === NONE) return;
    const { stream: own } = e;
    this.#enter(e, stream, goroutine);
    e.stream = stream;
    this.count(takeProc, e);
    e.stream = own;
  }

  /** Starts the P of the stream, on an unknown thread. */
  startProc(e: Emulator, stream: number): void {
    if (e.procRuns[stream] === 0) this.#changeProc(e, stream, procStart);
  }

  /** Makes the P of the stream idle. */
  stopProc(e: Emulator, stream: number): void {
    this.vacate(e, stream, true);
    this.#changeProc(e, stream, procStop);
  }

  /** Makes a P idle that was lost to the goroutine's system call: its own stop comes too late. */
  #stopLost(e: Emulator, goroutine: number): void {
    const stream = e.goroutines.lostStream[e.goroutines.index.get(goroutine)] as number;
    if (e.procLostTo[stream] === goroutine) this.stopProc(e, stream);
  }

  #changeProc(e: Emulator, stream: number, handler: Handler): void {
    if (e.trace.streams[stream]?.proc === NONE) return;
    const { stream: own } = e;
    this.#enter(e, stream, NONE);
    e.stream = stream;
    this.count(handler, e, NO_THREAD);
    e.stream = own;
  }

  /** Stops the goroutine that runs or is in a system call on the P of the stream. */
  #leave(e: Emulator, stream: number, kind: EventKind, status: number): void {
    const goroutine = e.procGoroutine[stream] as number;
    this.#endSyscall(e, stream);
    this.#enter(e, stream, goroutine);
    const slot = e.goroutines.index.get(goroutine);
    e.goroutines.status[slot] = status;
    e.goroutines.waitsFor[slot] = WaitsFor.Others;
    e.procGoroutine[stream] = NO_GOROUTINE;
    this.#emit(e, kind, goroutine);
  }

  #endSyscall(e: Emulator, stream: number): void {
    const goroutine = e.procGoroutine[stream] as number;
    if (this.#stateOf(goroutine) !== GoState.Syscall) return;
    this.#enter(e, stream, goroutine);
    e.goroutines.waitsFor[e.goroutines.index.get(goroutine)] = WaitsFor.Others;
    this.#emit(e, EventKind.GoSyscallEnd, goroutine);
  }

  /** Adds a goroutine without any event so far, in a state without a thread. */
  #introduce(e: Emulator, goroutine: number, state: number, status: number): void {
    const slot = e.goroutines.add(goroutine);
    e.goroutines.status[slot] = status;
    e.goroutines.waitsFor[slot] = state === GoState.Syscall ? WaitsFor.Syscall : WaitsFor.Others;
    setContext(e, NONE, NONE, NONE);
    this.#announce(e, goroutine, slot, state);
    this.#count(EventKind.GoStatus);
  }

  /** Emits the status of a goroutine. A goroutine from before the trace needs that status anyway. */
  #announce(e: Emulator, goroutine: number, slot: number, state: number): void {
    announce(e, goroutine, slot, state);
    this.#states.set(goroutine, state);
  }

  #emit(e: Emulator, kind: EventKind, goroutine: number): void {
    const i = e.emitGoroutine(kind, goroutine, e.goroutines.index.get(goroutine));
    e.block.name[i] = 0;
    e.block.stack[i] = 0;
    this.#states.set(goroutine, e.block.to[i] as number);
    this.#count(kind);
  }

  /** Counts an emitted event that is not in the trace. */
  #count(kind: number): void {
    this.#diagnostics.add("synthesized-events", 1, EVENT_KINDS[kind]?.name);
  }

  #enter(e: Emulator, stream: number, goroutine: number): void {
    setContext(e, e.procThread[stream] as number, e.trace.streams[stream]?.proc ?? NONE, goroutine);
  }

  /** A goroutine that has no emitted event existed at the start of the trace and is runnable. */
  #stateOf(goroutine: number): number {
    return this.#states.get(goroutine) ?? GoState.Runnable;
  }
}

/** The stream of the P that runs a goroutine, or is in a system call with it; {@link NONE} if none does. */
function streamOf(e: Emulator, goroutine: number): number {
  const { index, stream } = e.goroutines;
  const slot = index.get(goroutine);
  if (slot < 0) return NONE;
  const last = stream[slot] as number;
  return e.procGoroutine[last] === goroutine ? last : NONE;
}

function setContext(e: Emulator, thread: number, proc: number, goroutine: number): void {
  e.thread = thread;
  e.proc = proc;
  e.goroutine = goroutine;
}
