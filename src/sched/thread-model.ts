import { grown } from "../base/columns.js";
import { IdIndex } from "../base/id-index.js";
import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { EventKind } from "../event/kind.js";
import { GoState, ProcState } from "../event/states.js";
import { Edge } from "./state.js";

const K = EventKind;

/** What a thread (an M) is doing, as far as its P and goroutine tell. */
export const ThreadState = {
  /** Nothing is known of it yet. */
  None: 0,
  /** It has no P: parked, in C, or in the runtime's own business. */
  WithoutProc: 1,
  /** It has a P and looks for a goroutine to run, or does something for the runtime. */
  Scheduling: 2,
  Running: 3,
  /** Its goroutine is in a system call; whether it still has the P is in the column. */
  Syscall: 4,
} as const;
export type ThreadState = (typeof ThreadState)[keyof typeof ThreadState];

/** Names for people, by value. */
export const THREAD_STATE_NAMES = ["none", "without a P", "scheduling", "running", "syscall"] as const;

/** What a consumer of the thread model implements. */
export interface ThreadListener {
  /**
   * A thread's interval is over: the model's columns still describe it.
   * @param time when, in nanoseconds since the start of the trace
   * @param edge whether an event says so, or the trace ends there
   */
  thread(slot: number, time: number, edge: Edge): void;
}

/**
 * Turns ordered events into intervals of threads: with which P and goroutine each was, from when to when. A thread is
 * known from its first event on; if that says what it has been doing, then since the start of the trace.
 */
export class ThreadModel {
  readonly index = new IdIndex();
  /** {@link ThreadState} */
  state = new Uint8Array(64);
  /** The P and goroutine that it has; −1 is none. */
  proc = new Float64Array(64);
  goroutine = new Float64Array(64);
  /** When this began, in nanoseconds since the start of the trace. */
  since = new Float64Array(64);
  /** {@link Edge}: whether that is where it began, or only where the trace did. */
  sinceEdge = new Uint8Array(64);

  readonly #listener: ThreadListener;
  /** The slot of the thread that has a P. */
  readonly #holders = new Map<number, number>();
  #time = 0;

  constructor(listener: ThreadListener) {
    this.#listener = listener;
  }

  /** Takes the events of a block. */
  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) this.#event(block, i, block.kind[i] as number);
  }

  /** Ends what is open. */
  finish(): void {
    this.index.forEach((_id, slot) => {
      this.#listener.thread(slot, this.#time, Edge.Cut);
    });
  }

  /** The thread's slot, or −1. */
  slot(thread: number): number {
    return this.index.get(thread);
  }

  #event(block: EventBlock, i: number, kind: number): void {
    const thread = block.thread[i] as number;
    const subject = block.subject[i] as number;
    this.#time = block.time[i] as number;
    switch (kind) {
      case K.GoStart:
        this.#carry(thread, subject, ThreadState.Running);
        break;
      case K.GoStop:
      case K.GoBlock:
      case K.GoDestroy:
      case K.GoDestroySyscall:
        this.#carry(thread, NONE, ThreadState.None);
        break;
      case K.GoSyscallEndBlocked:
        this.#carry(thread === NONE ? this.#threadOf(subject) : thread, NONE, ThreadState.None);
        break;
      case K.GoSyscallBegin:
      case K.GoCreateSyscall:
        this.#carry(thread, subject, ThreadState.Syscall);
        break;
      case K.GoSyscallEnd:
        this.#carry(thread, subject, ThreadState.Running);
        break;
      case K.GoStatus:
        this.#goroutineStatus(thread, subject, block.to[i] as number, block.from[i] as number);
        break;
      case K.ProcStart:
        this.#take(thread, subject, Edge.Seen);
        break;
      case K.ProcStop:
      case K.ProcSteal:
        this.#lose(subject);
        break;
      case K.ProcStatus:
        if (block.to[i] === ProcState.Running)
          this.#take(thread, subject, block.from[i] === ProcState.Undetermined ? Edge.Cut : Edge.Seen);
        break;
    }
  }

  #goroutineStatus(thread: number, goroutine: number, to: number, from: number): void {
    const edge = from === GoState.Undetermined ? Edge.Cut : Edge.Seen;
    if (to === GoState.Running) this.#carry(thread, goroutine, ThreadState.Running, edge);
    else if (to === GoState.Syscall) this.#carry(thread, goroutine, ThreadState.Syscall, edge);
  }

  /** A thread has another goroutine, or none. */
  #carry(thread: number, goroutine: number, state: number, edge: Edge = Edge.Seen): void {
    if (thread === NONE) return;
    const slot = this.#slotOf(thread);
    this.#change(slot, this.proc[slot] as number, goroutine, state, edge);
  }

  /** The thread that carries a goroutine, which the end of its system call does not tell before Go 1.22; or none. */
  #threadOf(goroutine: number): number {
    for (let slot = 0; slot < this.index.slots; slot++)
      if (this.goroutine[slot] === goroutine) return this.index.ids[slot] as number;
    return NONE;
  }

  #take(thread: number, proc: number, edge: Edge): void {
    if (thread === NONE) return;
    const slot = this.#slotOf(thread);
    const holder = this.#holders.get(proc);
    if (holder !== undefined && holder !== slot) this.#lose(proc);
    // Before Go 1.22 it may be told only later that the thread has lost the P that it had.
    const last = this.proc[slot] as number;
    if (last !== proc && this.#holders.get(last) === slot) this.#holders.delete(last);
    this.#holders.set(proc, slot);
    this.#change(slot, proc, this.goroutine[slot] as number, this.state[slot] as number, edge);
  }

  #lose(proc: number): void {
    const slot = this.#holders.get(proc);
    if (slot === undefined) return;
    this.#holders.delete(proc);
    this.#change(slot, NONE, this.goroutine[slot] as number, this.state[slot] as number, Edge.Seen);
  }

  #change(slot: number, proc: number, goroutine: number, state: number, edge: Edge): void {
    const free = proc === NONE ? ThreadState.WithoutProc : ThreadState.Scheduling;
    const to = goroutine === NONE ? free : state;
    const from = this.state[slot] as number;
    if (from === to && this.proc[slot] === proc && this.goroutine[slot] === goroutine) return;
    // Statuses at the start of the trace complete one another: together they are the first interval.
    const isFirst = from === ThreadState.None || (edge === Edge.Cut && this.sinceEdge[slot] === Edge.Cut);
    if (!isFirst) this.#listener.thread(slot, this.#time, Edge.Seen);
    this.state[slot] = to;
    this.proc[slot] = proc;
    this.goroutine[slot] = goroutine;
    if (from === ThreadState.None || !isFirst) {
      this.since[slot] = from === ThreadState.None && edge === Edge.Cut ? 0 : this.#time;
      this.sinceEdge[slot] = from === ThreadState.None ? edge : Edge.Seen;
    }
  }

  #slotOf(thread: number): number {
    const known = this.index.get(thread);
    if (known >= 0) return known;
    const slot = this.index.add(thread);
    if (slot >= this.state.length) this.#grow(slot + 1);
    this.state[slot] = ThreadState.None;
    this.proc[slot] = NONE;
    this.goroutine[slot] = NONE;
    return slot;
  }

  #grow(length: number): void {
    this.state = grown(this.state, length);
    this.proc = grown(this.proc, length);
    this.goroutine = grown(this.goroutine, length);
    this.since = grown(this.since, length);
    this.sinceEdge = grown(this.sinceEdge, length);
  }
}
