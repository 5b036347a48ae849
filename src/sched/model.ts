import { Interner } from "../base/interner.js";
import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import { EventKind } from "../event/kind.js";
import type { Generation } from "../event/generation.js";
import { GoState, ProcState } from "../event/states.js";
import { Goroutines } from "./goroutines.js";
import type { SchedListener } from "./listener.js";
import { Procs } from "./procs.js";
import { Edge, SchedState } from "./state.js";

const K = EventKind;
const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;

/** The interval that an event begins. */
export class NextInterval {
  state: number = None;
  time = 0;
  edge: number = Edge.Seen;
  reason: number = NONE;
  waker: number = NONE;
  proc: number = NONE;
  thread: number = NONE;
  stack = 0;
}

/**
 * What happened: turns ordered events into state intervals of goroutines and Ps, and tells a listener.
 * Holds what is alive now, never what has been.
 */
export class SchedModel {
  readonly goroutines = new Goroutines();
  readonly procs = new Procs();
  /** Start functions of goroutines. */
  readonly functions = new Interner();
  /** Why goroutines wait or stop. */
  readonly reasons = new Interner();
  readonly next = new NextInterval();
  /** Number of the current generation, from 0. */
  generation = -1;
  /** Time of the last event. */
  time = 0;

  readonly #listener: SchedListener;
  #tables: Generation | undefined;
  /** Number of the reason + 1 by index of the generation's string; 0 is "not looked up yet". */
  #reasonOf = new Int32Array(64);

  constructor(listener: SchedListener) {
    this.#listener = listener;
  }

  /** Takes the events of a block. */
  block(block: EventBlock): void {
    if (block.generation !== this.#tables) this.#enter(block.generation as Generation);
    this.#listener.block(block);
    for (let i = 0; i < block.length; i++) this.#event(block, i);
    if (block.length > 0) this.time = block.time[block.length - 1] as number;
  }

  /** Tells the listener that there are no more events. */
  finish(): void {
    this.#listener.finish(this.time);
  }

  #enter(generation: Generation): void {
    this.#tables = generation;
    this.generation++;
    this.#reasonOf = new Int32Array(generation.strings.length + 16);
  }

  #event(block: EventBlock, i: number): void {
    const kind = block.kind[i] as number;
    if (kind === K.GoStart) this.#start(block, i);
    else if (kind === K.GoStop) this.#stop(block, i, Runnable);
    else if (kind === K.GoBlock) this.#stop(block, i, Waiting);
    else if (kind === K.GoUnblock || kind === K.GoSwitch) this.#unblock(block, i);
    else if (kind === K.GoSyscallBegin) this.#onSameProc(block, i, Syscall, block.stack[i] as number);
    else if (kind === K.GoSyscallEnd) this.#onSameProc(block, i, Running, 0);
    else if (kind <= K.ProcStatus) this.#rare(block, i, kind);
    else this.#listener.other(i);
  }

  #rare(block: EventBlock, i: number, kind: number): void {
    switch (kind) {
      case K.GoCreate:
        return this.#create(block, i, Runnable);
      case K.GoCreateBlocked:
        return this.#create(block, i, Waiting);
      case K.GoCreateSyscall:
        return this.#create(block, i, SyscallBlocked);
      case K.GoDestroy:
      case K.GoDestroySyscall:
        return this.#destroy(block, i);
      case K.GoSyscallEndBlocked:
        return this.#syscallReturned(block, i);
      case K.GoStatus:
        return this.#status(block, i);
      case K.ProcStart:
      case K.ProcStop:
      case K.ProcSteal:
      case K.ProcStatus:
        return this.#procEvent(block, i);
      default:
        return this.#listener.other(i);
    }
  }

  #start(block: EventBlock, i: number): void {
    const slot = this.#slotOf(block, i);
    const { next } = this;
    next.state = Running;
    next.time = block.time[i] as number;
    next.edge = Edge.Seen;
    next.reason = NONE;
    next.waker = NONE;
    next.proc = block.proc[i] as number;
    next.thread = block.thread[i] as number;
    next.stack = 0;
    this.#apply(slot, i);
    this.procs.goroutine[this.procs.slot(next.proc)] = block.subject[i] as number;
  }

  #stop(block: EventBlock, i: number, state: number): void {
    const slot = this.#slotOf(block, i);
    const { next } = this;
    next.state = state;
    next.time = block.time[i] as number;
    next.edge = Edge.Seen;
    next.reason = this.#reason(block.name[i] as number);
    next.waker = NONE;
    next.proc = NONE;
    next.thread = NONE;
    next.stack = block.stack[i] as number;
    this.#leave(block.proc[i] as number);
    this.#apply(slot, i);
    if (this.goroutines.func[slot] === NONE) this.#name(slot, next.stack);
  }

  #unblock(block: EventBlock, i: number): void {
    const slot = this.#slotOf(block, i);
    const { next } = this;
    next.state = Runnable;
    next.time = block.time[i] as number;
    next.edge = Edge.Seen;
    next.reason = NONE;
    next.waker = block.goroutine[i] as number;
    next.proc = NONE;
    next.thread = NONE;
    next.stack = 0;
    this.#apply(slot, i);
  }

  /** Into a system call and out of it again with the P still there. */
  #onSameProc(block: EventBlock, i: number, state: number, stack: number): void {
    const slot = this.#slotOf(block, i);
    const { next } = this;
    next.state = state;
    next.time = block.time[i] as number;
    next.edge = Edge.Seen;
    next.reason = NONE;
    next.waker = NONE;
    next.proc = block.proc[i] as number;
    next.thread = block.thread[i] as number;
    next.stack = stack;
    this.#apply(slot, i);
    if (stack !== 0 && this.goroutines.func[slot] === NONE) this.#name(slot, stack);
  }

  #syscallReturned(block: EventBlock, i: number): void {
    const slot = this.#slotOf(block, i);
    this.#begin(block, i, Runnable);
    this.#leave(this.goroutines.proc[slot] as number);
    this.#apply(slot, i);
  }

  #create(block: EventBlock, i: number, state: number): void {
    const { goroutines, next } = this;
    const slot = goroutines.add(block.subject[i] as number, block.time[i] as number);
    goroutines.creator[slot] = block.goroutine[i] as number;
    this.#name(slot, state === SyscallBlocked ? 0 : (block.subjectStack[i] as number));
    this.#begin(block, i, state);
    if (state === Runnable) next.waker = block.goroutine[i] as number;
    if (state === SyscallBlocked) next.thread = block.thread[i] as number;
    this.#apply(slot, i);
  }

  #destroy(block: EventBlock, i: number): void {
    const slot = this.#slotOf(block, i);
    this.#begin(block, i, None);
    this.#leave(block.proc[i] as number);
    this.#apply(slot, i);
    this.goroutines.delete(block.subject[i] as number);
  }

  /** A status says something new only of a goroutine that was not known. */
  #status(block: EventBlock, i: number): void {
    const goroutine = block.subject[i] as number;
    let slot = this.goroutines.slot(goroutine);
    const isNew = slot < 0;
    if (isNew) slot = this.goroutines.add(goroutine, 0);
    if (isNew) this.#firstSeen(block, i, slot);
    if (this.goroutines.func[slot] === NONE) this.#name(slot, block.stack[i] as number);
  }

  #firstSeen(block: EventBlock, i: number, slot: number): void {
    const proc = block.proc[i] as number;
    const state = stateOf(block.to[i] as number, proc);
    const { next } = this;
    this.#begin(block, i, state);
    next.time = 0;
    next.edge = Edge.Cut;
    next.stack = block.stack[i] as number;
    if (state === Running || state === Syscall) {
      next.proc = proc;
      this.procs.goroutine[this.procs.slot(proc)] = block.subject[i] as number;
    }
    if (state === Running || state === Syscall || state === SyscallBlocked) next.thread = block.thread[i] as number;
    this.#apply(slot, i);
  }

  /** A P starts, stops, is stolen or restated. If it stops under a system call, that goes on without it. */
  #procEvent(block: EventBlock, i: number): void {
    const { procs } = this;
    const id = block.subject[i] as number;
    const known = procs.index.get(id) >= 0;
    const slot = procs.slot(id);
    const running = block.to[i] === ProcState.Running ? 1 : 0;
    if (running === 0) this.#takeProc(block, i, slot);
    if (known && procs.running[slot] === running) return;
    this.#listener.proc(slot, i);
    procs.running[slot] = running;
    procs.since[slot] = block.time[i] as number;
  }

  #takeProc(block: EventBlock, i: number, proc: number): void {
    const { goroutines, procs } = this;
    const goroutine = procs.goroutine[proc] as number;
    if (goroutine === NONE) return;
    procs.goroutine[proc] = NONE;
    const slot = goroutines.slot(goroutine);
    if (slot < 0 || goroutines.state[slot] !== Syscall) return;
    const thread = goroutines.thread[slot] as number;
    this.#begin(block, i, SyscallBlocked);
    this.next.thread = thread;
    this.next.stack = goroutines.stack[slot] as number;
    this.#apply(slot, i);
  }

  /** Fills {@link next} with a state and nothing else. */
  #begin(block: EventBlock, i: number, state: number): void {
    const { next } = this;
    next.state = state;
    next.time = block.time[i] as number;
    next.edge = Edge.Seen;
    next.reason = NONE;
    next.waker = NONE;
    next.proc = NONE;
    next.thread = NONE;
    next.stack = 0;
  }

  /** Tells the listener, then changes the columns. */
  #apply(slot: number, event: number): void {
    this.#listener.goroutine(slot, event);
    const { goroutines, next } = this;
    goroutines.state[slot] = next.state;
    goroutines.since[slot] = next.time;
    goroutines.sinceEdge[slot] = next.edge;
    goroutines.reason[slot] = next.reason;
    goroutines.waker[slot] = next.waker;
    goroutines.proc[slot] = next.proc;
    goroutines.thread[slot] = next.thread;
    goroutines.stack[slot] = next.stack;
    goroutines.stackGeneration[slot] = this.generation;
  }

  #slotOf(block: EventBlock, i: number): number {
    const goroutine = block.subject[i] as number;
    const slot = this.goroutines.slot(goroutine);
    // Only after a gap in the trace: the ordering lets no unknown goroutine pass.
    return slot >= 0 ? slot : this.goroutines.add(goroutine, block.time[i] as number);
  }

  #leave(proc: number): void {
    if (proc === NONE) return;
    this.procs.goroutine[this.procs.slot(proc)] = NONE;
  }

  #name(slot: number, stack: number): void {
    if (stack === 0) return;
    const func = (this.#tables as Generation).stacks.rootFunction(stack);
    if (func === "") return;
    this.goroutines.func[slot] = this.functions.intern(func);
    this.#listener.named(slot);
  }

  #reason(name: number): number {
    if (name >= this.#reasonOf.length) return this.#lookUpReason(name);
    const known = (this.#reasonOf[name] as number) - 1;
    return known >= 0 ? known : this.#lookUpReason(name);
  }

  #lookUpReason(name: number): number {
    const reason = this.reasons.intern((this.#tables as Generation).strings.text(name));
    if (name < this.#reasonOf.length) this.#reasonOf[name] = reason + 1;
    return reason;
  }
}

/** The state behind a status. Whoever tells it of a goroutine in a system call has the P, if there is one. */
function stateOf(status: number, proc: number): number {
  if (status === GoState.Runnable) return Runnable;
  if (status === GoState.Running) return Running;
  if (status === GoState.Waiting) return Waiting;
  return proc === NONE ? SyscallBlocked : Syscall;
}
