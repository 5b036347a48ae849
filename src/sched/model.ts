import { NONE } from "../base/ids.js";
import { Interner } from "../base/interner.js";
import { type EventBlock, statusProc } from "../event/block.js";
import type { Generation } from "../event/generation.js";
import { EVENT_KINDS, EventKind, isScheduling, Wake } from "../event/kind.js";
import { CGO_CALLBACK } from "../event/start-frame.js";
import { GoState, ProcState } from "../event/states.js";
import { TextNumbers } from "../event/text-numbers.js";
import { Changes } from "./changes.js";
import { Goroutines } from "./goroutines.js";
import type { SchedListener } from "./listener.js";
import { Procs } from "./procs.js";
import { Edge, SchedState } from "./state.js";

const K = EventKind;
const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;
/** The most frequent kinds have adjacent numbers, from the first kind to this one. */
const LAST_FREQUENT = K.GoSyscallEnd;

/**
 * Turns ordered events into state intervals of goroutines and Ps, and calls a listener for each. It holds only what is alive.
 */
export class SchedModel {
  readonly goroutines = new Goroutines();
  readonly procs = new Procs();
  /** Start functions of goroutines. */
  readonly functions = new Interner();
  /** Why goroutines wait or stop. */
  readonly reasons = new Interner();
  /** Work of goroutines for the runtime. */
  readonly labels = new Interner();
  /** Time of the last event. */
  time = Number.NaN;

  readonly #listener: SchedListener;
  /** The listener, if it takes changes one by one. */
  readonly #single: SingleChanges | undefined;
  /** The changes since the last event of another kind; undefined if the listener takes no columns. */
  readonly #changes: Changes | undefined;
  /** By kind: 1 for events that change nothing here and that the listener ignores. */
  readonly #ignored: Uint8Array;
  #tables: Generation | undefined;
  readonly #reasonNumbers = new TextNumbers(this.reasons);

  constructor(listener: SchedListener) {
    this.#listener = listener;
    this.#single = takesSingle(listener) ? listener : undefined;
    this.#changes = listener.changes === undefined ? undefined : new Changes();
    this.#ignored = ignoredKinds(listener);
  }

  /** Takes the events of a block. */
  block(block: EventBlock): void {
    this.enter(block);
    for (let i = 0; i < block.length; ) {
      i = this.#frequent(block, i);
      if (i < block.length) this.event(block, i++);
    }
    this.#handOver();
  }

  /**
   * Begins a block, for a listener that passes its events one by one to {@link event}, and that changes the
   * model's columns itself for the most frequent events.
   */
  enter(block: EventBlock): void {
    const { generation } = block;
    if (generation !== undefined && generation !== this.#tables) this.#enterGeneration(generation);
    this.#changes?.clear();
    this.#listener.block(block);
    if (block.length > 0) this.time = block.time[block.length - 1] as number;
  }

  /** Ends the trace: calls the listener for what is open, then its `finish`. */
  finish(): void {
    const { goroutines, procs } = this;
    const listener = this.#listener;
    // Without events the only known time is the start.
    const time = Number.isNaN(this.time) ? 0 : this.time;
    goroutines.forEach((_id, slot) => {
      if (goroutines.isCgo[slot] === 1) this.#setName(slot, CGO_CALLBACK, 0);
      this.#handOver();
      listener.cut?.(slot, time);
    });
    procs.index.forEach((_id, slot) => {
      listener.cutProc?.(slot, time);
    });
    listener.finish(time);
  }

  #enterGeneration(generation: Generation): void {
    this.#tables = generation;
    this.#reasonNumbers.enter(generation);
  }

  /**
   * Takes events of the frequent kinds, and ignored ones, up to the first other event, or the first event whose
   * goroutine has no name yet. It is one loop over local variables, because it handles nearly all changes.
   * @returns the index of the event where it stopped
   */
  #frequent(block: EventBlock, start: number): number {
    const { kind, time, slot: slots, length } = block;
    const { goroutines } = this;
    const { id, state, since, sinceEdge, reason, waker, proc, thread, func } = goroutines;
    const changes = this.#changes;
    const procs = this.procs;
    const single = this.#single;
    const ignored = this.#ignored;
    let i = start;
    for (; i < length; i++) {
      const k = kind[i] as number;
      if (k > LAST_FREQUENT || k === K.Sync) {
        if (ignored[k] === 1) continue;
        break;
      }
      const slot = slots[i] as number;
      if (slot >= func.length || (func[slot] as number) < 0) break;
      const at = time[i] as number;
      const from = state[slot] as number;
      let to: number = Runnable;
      let why = NONE;
      let by = NONE;
      let p = NONE;
      let m = NONE;
      if (k === K.GoStart) {
        to = Running;
        p = block.proc[i] as number;
        m = block.thread[i] as number;
      } else if (k === K.GoUnblock) {
        by = block.goroutine[i] as number;
      } else if (k === K.GoSyscallBegin || k === K.GoSyscallEnd) {
        if (id[slot] !== block.subject[i]) break;
        to = k === K.GoSyscallBegin ? Syscall : Running;
        p = block.proc[i] as number;
        m = block.thread[i] as number;
        procs.inSyscall[procs.slot(p)] = to === Syscall ? slot : NONE;
      } else {
        why = this.reason(block.name[i] as number);
        if (k === K.GoBlock) to = Waiting;
      }
      single?.leave(slot, to, at, i);
      if (changes !== undefined) {
        const row = changes.add(i, slot, goroutines);
        changes.to[row] = to;
        changes.time[row] = at;
        changes.edge[row] = Edge.Seen;
        changes.toReason[row] = why;
        changes.toProc[row] = p;
      }
      state[slot] = to;
      since[slot] = at;
      sinceEdge[slot] = Edge.Seen;
      reason[slot] = why;
      waker[slot] = by;
      proc[slot] = p;
      thread[slot] = m;
      single?.enter(slot, from, at, i);
    }
    return i;
  }

  /** Takes an event of any kind. */
  event(block: EventBlock, i: number): void {
    switch (block.kind[i]) {
      case K.GoStart:
        this.#start(block, i);
        break;
      case K.GoStop:
        this.#stop(block, i, Runnable);
        break;
      case K.GoBlock:
        this.#stop(block, i, Waiting);
        break;
      case K.GoUnblock:
      case K.GoSwitch:
        this.#change(block, i, this.#slot(block, i), Runnable, NONE, block.goroutine[i] as number);
        break;
      case K.GoSyscallBegin:
        this.#syscallBegin(block, i);
        break;
      case K.GoSyscallEnd:
        this.#syscallEnd(block, i);
        break;
      case K.GoCreate:
        this.#create(block, i, Runnable);
        break;
      case K.GoCreateBlocked:
        this.#create(block, i, Waiting);
        break;
      case K.GoCreateSyscall:
        this.#create(block, i, SyscallBlocked);
        break;
      case K.GoDestroy:
      case K.GoDestroySyscall:
        this.#destroy(block, i);
        break;
      case K.GoSyscallEndBlocked:
        this.#syscallReturned(block, i);
        break;
      case K.GoStatus:
      case K.GoSnapshot:
        this.#status(block, i);
        break;
      case K.ProcStart:
      case K.ProcStop:
      case K.ProcSteal:
      case K.ProcStatus:
        this.#procEvent(block, i);
        break;
      case K.GoLabel:
        this.#label(block, i);
        this.#other(i);
        break;
      default:
        this.#other(i);
        break;
    }
  }

  /** Gives the changes so far to the listener. */
  #handOver(): void {
    const changes = this.#changes;
    if (changes === undefined) return;
    if (changes.length + changes.names.length > 0) this.#listener.changes?.(changes);
    changes.clear();
  }

  #other(i: number): void {
    this.#handOver();
    this.#listener.other(i);
  }

  #start(block: EventBlock, i: number): void {
    const proc = block.proc[i] as number;
    this.#change(block, i, this.#slot(block, i), Running, NONE, NONE, proc, block.thread[i] as number);
  }

  #stop(block: EventBlock, i: number, state: number): void {
    const slot = this.#slot(block, i);
    this.#change(block, i, slot, state, this.reason(block.name[i] as number));
    this.#name(slot, block.stack[i] as number);
  }

  #syscallBegin(block: EventBlock, i: number): void {
    const slot = this.#slot(block, i);
    const proc = block.proc[i] as number;
    this.procs.inSyscall[this.procs.slot(proc)] = slot;
    this.#change(block, i, slot, Syscall, NONE, NONE, proc, block.thread[i] as number);
    this.#name(slot, block.stack[i] as number);
  }

  /** A system call ends and the goroutine still has its P. */
  #syscallEnd(block: EventBlock, i: number): void {
    const proc = block.proc[i] as number;
    this.procs.inSyscall[this.procs.slot(proc)] = NONE;
    this.#change(block, i, this.#slot(block, i), Running, NONE, NONE, proc, block.thread[i] as number);
  }

  /** A system call ends after its P was lost. */
  #syscallReturned(block: EventBlock, i: number): void {
    const slot = this.#slot(block, i);
    this.#leaveSyscall(slot);
    this.#change(block, i, slot, Runnable);
  }

  #create(block: EventBlock, i: number, state: number): void {
    const { goroutines } = this;
    const creator = block.goroutine[i] as number;
    const slot = block.slot[i] as number;
    goroutines.add(slot, block.subject[i] as number);
    goroutines.creator[slot] = creator;
    const isCgo = state === SyscallBlocked;
    if (isCgo) goroutines.isCgo[slot] = 1;
    else this.#name(slot, block.subjectStack[i] as number);
    const thread = isCgo ? (block.thread[i] as number) : NONE;
    this.#change(block, i, slot, state, NONE, state === Runnable ? creator : NONE, NONE, thread);
  }

  #destroy(block: EventBlock, i: number): void {
    const slot = this.#slot(block, i);
    if (block.kind[i] === K.GoDestroySyscall) this.#setName(slot, CGO_CALLBACK, 0);
    this.#leaveSyscall(slot);
    this.#change(block, i, slot, None);
    this.goroutines.delete(slot);
  }

  #label(block: EventBlock, i: number): void {
    const text = (this.#tables as Generation).strings.text(block.name[i] as number);
    this.goroutines.label[this.#slot(block, i)] = this.labels.intern(text);
  }

  /**
   * Only the status of an unknown goroutine is new information. In a damaged trace, a status may say that a runnable
   * goroutine waits, since its next wakeup follows at once; that begins a new runnable state anyway.
   */
  #status(block: EventBlock, i: number): void {
    // A damaged trace may mention a goroutine without its state.
    if (block.to[i] === GoState.Undetermined) return;
    const slot = block.slot[i] as number;
    const goroutine = block.subject[i] as number;
    if (!this.goroutines.has(slot, goroutine)) {
      this.goroutines.add(slot, goroutine);
      this.#firstSeen(block, i, slot);
    }
    const isSnapshot = block.kind[i] === K.GoSnapshot;
    this.#name(slot, (isSnapshot ? block.subjectStack : block.stack)[i] as number);
  }

  #firstSeen(block: EventBlock, i: number, slot: number): void {
    const proc = statusProc(block, i);
    const state = stateOf(block.to[i] as number, proc);
    const hasProc = state === Running || state === Syscall;
    if (state === Syscall) this.procs.inSyscall[this.procs.slot(proc)] = slot;
    const thread = hasProc || state === SyscallBlocked ? (block.thread[i] as number) : NONE;
    const isSnapshot = block.kind[i] === K.GoSnapshot;
    const isWoken = isSnapshot && block.value[i] !== Wake.None;
    // If it was woken, the event has the reason of the previous wait.
    const name = isSnapshot && !isWoken ? (block.name[i] as number) : 0;
    const reason = name === 0 ? NONE : this.reason(name);
    const waker = isWoken ? (block.goroutine[i] as number) : NONE;
    this.#put(slot, state, 0, Edge.Cut, i, reason, waker, hasProc ? proc : NONE, thread);
  }

  /** A P starts, stops, is stolen or has a status. If it stops during a system call, the call continues without it. */
  #procEvent(block: EventBlock, i: number): void {
    const { procs } = this;
    const id = block.subject[i] as number;
    const known = procs.index.get(id) >= 0;
    const slot = procs.slot(id);
    const running = block.to[i] === ProcState.Running ? 1 : 0;
    if (running === 0) this.#takeProc(block, i, slot);
    if (known && procs.running[slot] === running) return;
    this.#handOver();
    this.#listener.proc(slot, i);
    procs.running[slot] = running;
    const isCut = !known && block.from[i] === ProcState.Undetermined;
    procs.since[slot] = isCut ? 0 : (block.time[i] as number);
    procs.sinceEdge[slot] = isCut ? Edge.Cut : Edge.Seen;
  }

  #takeProc(block: EventBlock, i: number, proc: number): void {
    const { goroutines, procs } = this;
    const slot = procs.inSyscall[proc] as number;
    if (slot === NONE) return;
    procs.inSyscall[proc] = NONE;
    this.#change(block, i, slot, SyscallBlocked, NONE, NONE, NONE, goroutines.thread[slot] as number);
  }

  /** A goroutine leaves its system call. Its P, if it still has one, forgets the goroutine. */
  #leaveSyscall(slot: number): void {
    const { goroutines, procs } = this;
    if (goroutines.state[slot] === Syscall)
      procs.inSyscall[procs.slot(goroutines.proc[slot] as number)] = NONE;
  }

  /** An event puts a goroutine into a state. */
  #change(
    block: EventBlock,
    i: number,
    slot: number,
    to: number,
    reason: number = NONE,
    waker: number = NONE,
    proc: number = NONE,
    thread: number = NONE,
  ): void {
    this.#put(slot, to, block.time[i] as number, Edge.Seen, i, reason, waker, proc, thread);
  }

  #put(
    slot: number,
    to: number,
    time: number,
    edge: Edge,
    i: number,
    reason: number,
    waker: number,
    proc: number,
    thread: number,
  ): void {
    const { goroutines } = this;
    const from = goroutines.state[slot] as number;
    this.#single?.leave(slot, to, time, i);
    this.#addChange(slot, to, time, edge, i, reason, proc);
    goroutines.state[slot] = to;
    goroutines.since[slot] = time;
    goroutines.sinceEdge[slot] = edge;
    goroutines.reason[slot] = reason;
    goroutines.waker[slot] = waker;
    goroutines.proc[slot] = proc;
    goroutines.thread[slot] = thread;
    this.#single?.enter(slot, from, time, i);
  }

  #addChange(
    slot: number,
    to: number,
    time: number,
    edge: Edge,
    i: number,
    toReason: number,
    toProc: number,
  ): void {
    const changes = this.#changes;
    if (changes === undefined) return;
    const row = changes.add(i, slot, this.goroutines);
    changes.to[row] = to;
    changes.time[row] = time;
    changes.edge[row] = edge;
    changes.toReason[row] = toReason;
    changes.toProc[row] = toProc;
  }

  /** The slot of the goroutine that an event is about. */
  #slot(block: EventBlock, i: number): number {
    const slot = block.slot[i] as number;
    const goroutine = block.subject[i] as number;
    // Happens only after a gap in the trace: the ordering stops at unknown goroutines.
    if (!this.goroutines.has(slot, goroutine)) this.goroutines.add(slot, goroutine);
    return slot;
  }

  /** Takes a goroutine's start function from one of its stacks, unless it is known. */
  #name(slot: number, stack: number): void {
    if (stack === 0 || this.goroutines.func[slot] !== NONE) return;
    this.#setName(slot, (this.#tables as Generation).stacks.startFunction(stack), stack);
  }

  /** Sets a goroutine's start function, unless it is known. @param stack that has it, or 0 */
  #setName(slot: number, func: string, stack: number): void {
    if (func === "" || this.goroutines.func[slot] !== NONE) return;
    const number = this.functions.intern(func);
    this.goroutines.func[slot] = number;
    this.#changes?.names.add(this.#changes.length, slot, number, stack);
    this.#single?.named(slot, stack);
  }

  /** Number of a reason in {@link reasons}. @param name index of its text in the strings of the block's generation */
  reason(name: number): number {
    return this.#reasonNumbers.of(name);
  }
}

function ignoredKinds({ others }: SchedListener): Uint8Array {
  const isIgnored = (kind: number) => others?.[kind] === 0 && !isScheduling(kind) && kind !== K.GoLabel;
  return Uint8Array.from(EVENT_KINDS, (_, kind) => (isIgnored(kind) ? 1 : 0));
}

type SingleChanges = Required<Pick<SchedListener, "leave" | "enter" | "named">>;

function takesSingle(listener: SchedListener): listener is SchedListener & SingleChanges {
  return listener.leave !== undefined;
}

/** The state of a status. A goroutine in a system call has the P of the status event, if there is one. */
function stateOf(status: number, proc: number): number {
  if (status === GoState.Runnable) return Runnable;
  if (status === GoState.Running) return Running;
  if (status === GoState.Waiting) return Waiting;
  return proc === NONE ? SyscallBlocked : Syscall;
}
