import { grown } from "../base/columns.js";
import { NONE } from "../base/ids.js";
import type { EventBlock } from "../event/block.js";
import type { Generation } from "../event/generation.js";
import { EventKind, Wake } from "../event/kind.js";
import { ProcState } from "../event/states.js";
import type { StackFrame } from "../event/tables.js";
import type { SchedListener } from "../sched/listener.js";
import { SchedModel } from "../sched/model.js";
import { SchedState } from "../sched/state.js";

const K = EventKind;
const { None, Runnable, Syscall, SyscallBlocked, Waiting } = SchedState;

/** By kind of a transition: 1 if its stack shows where the goroutine was, or who made it runnable. */
const HAS_STACK = new Uint8Array(256);
for (const kind of [K.GoStop, K.GoBlock, K.GoSyscallBegin, K.GoStatus, K.GoSnapshot, K.GoUnblock, K.GoCreate])
  HAS_STACK[kind] = 1;
/** By kind of a transition: {@link Wake}. */
const WAKES = new Uint8Array(256);
WAKES[K.GoUnblock] = Wake.Unblocked;
WAKES[K.GoSwitch] = Wake.Unblocked;
WAKES[K.GoCreate] = Wake.Created;
WAKES[K.GoSyscallEndBlocked] = Wake.Returned;
/** Replaces the index of a stack whose generation is over: its frames are kept instead. */
const CARRIED = -1;

/** Something that has begun and not ended yet. */
export interface Open {
  readonly text: string;
  readonly frames: readonly StackFrame[];
}

export interface OpenTask extends Open {
  readonly parent: number;
  /** The goroutine that began it. */
  readonly goroutine: number;
}

export interface OpenRegion extends Open {
  readonly task: number;
}

/**
 * Follows a trace and knows what is open after the events so far. It holds live goroutines and open tasks,
 * regions and ranges, with their texts and stacks. It holds nothing else of earlier generations.
 */
export class Follower implements SchedListener {
  readonly model = new SchedModel(this);
  /** By P slot of the model: the thread that holds the P, or −1. */
  readonly procThreads: number[] = [];
  /** Value and value2 of the last event of each kind of metric. */
  readonly metrics = new Map<number, readonly [number, number]>();
  /** Sequence number of the current GC cycle, or −1. */
  gc = NONE;
  /** Ps that are sweeping. */
  readonly sweeps = new Set<number>();
  /** By goroutine. */
  readonly assists = new Set<number>();
  readonly regions = new Map<number, OpenRegion[]>();
  readonly stops = new Map<number, Open[]>();
  /** By goroutine created within a region: the region's task. */
  readonly inherited = new Map<number, number>();
  /** By id, in the order in which they began. */
  readonly tasks = new Map<number, OpenTask>();
  #block!: EventBlock;
  #generation: Generation | undefined;
  /** By goroutine slot: the stack of the event that began its state. */
  #stack = new Int32Array(256);
  /** By goroutine slot: {@link Wake} */
  #wake = new Uint8Array(256);
  /**
   * By slot of a runnable goroutine that was woken: its reason for waiting, and the P and thread of its
   * waker.
   */
  wakeReason = new Int32Array(256);
  wakeProc = new Int32Array(256);
  wakeThread = new Float64Array(256);
  readonly #carried: (readonly StackFrame[] | undefined)[] = [];

  /** Takes the first events of a block. */
  take(block: EventBlock, count: number): void {
    if (count === 0) return;
    const { length } = block;
    block.length = count;
    if (block.generation !== undefined && block.generation !== this.#generation)
      this.#enterGeneration(block.generation);
    this.model.block(block);
    block.length = length;
  }

  /** How a runnable goroutine became runnable. */
  wake(slot: number): Wake {
    return this.#wake[slot] as Wake;
  }

  /**
   * The stack where a goroutine's state began. If another goroutine made it runnable, that one's stack. Empty
   * if unknown.
   */
  frames(slot: number): readonly StackFrame[] {
    const stack = slot < this.#stack.length ? (this.#stack[slot] as number) : 0;
    return stack === CARRIED ? (this.#carried[slot] ?? []) : this.#framesOf(stack);
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  leave(slot: number, to: number): void {
    const { state, reason } = this.model.goroutines;
    if (slot >= this.#stack.length) this.#grow(slot + 1);
    if (to !== Runnable) return;
    this.wakeReason[slot] = state[slot] === Waiting ? (reason[slot] as number) : NONE;
  }

  named(): void {}
  finish(): void {}

  enter(slot: number, from: number, _time: number, event: number): void {
    const { goroutines } = this.model;
    const to = goroutines.state[slot] as number;
    if (from === None) this.#inherit(slot, event);
    if (to === None) this.#end(goroutines.id[slot] as number);
    if (from === Syscall && to === SyscallBlocked) return;
    const block = this.#block;
    const kind = block.kind[event] as number;
    const isSnapshot = kind === K.GoSnapshot;
    const wake = isSnapshot ? (block.value[event] as Wake) : (WAKES[kind] as Wake);
    this.#wake[slot] = wake;
    if (wake !== Wake.None) this.#woken(slot, event, isSnapshot);
    this.#stack[slot] = HAS_STACK[kind] === 1 ? (block.stack[event] as number) : 0;
  }

  /** A new goroutine inherits the task of its creator's region. */
  #inherit(slot: number, event: number): void {
    const { kind, value2 } = this.#block;
    const { id, creator } = this.model.goroutines;
    const task =
      kind[event] === K.GoSnapshot ? (value2[event] as number) : this.#taskOf(creator[slot] as number);
    if (task !== NONE) this.inherited.set(id[slot] as number, task);
  }

  /** The task that goroutines inherit from this one; −1 is none. */
  #taskOf(goroutine: number): number {
    if (this.regions.size === 0 && this.inherited.size === 0) return NONE;
    return this.regions.get(goroutine)?.at(-1)?.task ?? this.inherited.get(goroutine) ?? NONE;
  }

  #woken(slot: number, event: number, isSnapshot: boolean): void {
    const { proc, thread, name } = this.#block;
    this.wakeProc[slot] = proc[event] as number;
    this.wakeThread[slot] = thread[event] as number;
    if (!isSnapshot) return;
    const reason = name[event] as number;
    this.wakeReason[slot] = reason === 0 ? NONE : this.model.reason(reason);
  }

  #grow(length: number): void {
    this.#stack = grown(this.#stack, length);
    this.#wake = grown(this.#wake, length);
    this.wakeReason = grown(this.wakeReason, length);
    this.wakeProc = grown(this.wakeProc, length);
    this.wakeThread = grown(this.wakeThread, length);
  }

  proc(slot: number, event: number): void {
    const isRunning = this.#block.to[event] === ProcState.Running;
    this.procThreads[slot] = isRunning ? (this.#block.thread[event] as number) : NONE;
  }

  other(event: number): void {
    const block = this.#block;
    const kind = block.kind[event] as number;
    const subject = block.subject[event] as number;
    switch (kind) {
      case K.HeapAlloc:
      case K.HeapGoal:
      case K.ProcsChange:
        this.metrics.set(kind, [block.value[event] as number, block.value2[event] as number]);
        break;
      case K.GcActive:
      case K.GcBegin:
        this.gc = block.value[event] as number;
        break;
      case K.GcEnd:
        this.gc = NONE;
        break;
      case K.SweepActive:
      case K.SweepBegin:
        this.sweeps.add(subject);
        break;
      case K.SweepEnd:
        this.sweeps.delete(subject);
        break;
      case K.AssistActive:
      case K.AssistBegin:
        this.assists.add(subject);
        break;
      case K.AssistEnd:
        this.assists.delete(subject);
        break;
      case K.StwBegin:
        push(this.stops, subject, this.#open(event));
        break;
      case K.StwEnd:
        end(this.stops, subject, 0);
        break;
      case K.RegionBegin:
        push(this.regions, block.goroutine[event] as number, { ...this.#open(event), task: subject });
        break;
      case K.RegionEnd:
        end(this.regions, block.goroutine[event] as number, block.value[event] as number);
        break;
      case K.TaskBegin:
        this.#beginTask(subject, event);
        break;
      case K.TaskEnd:
        this.tasks.delete(subject);
        break;
    }
  }

  #beginTask(task: number, event: number): void {
    const { goroutine, value } = this.#block;
    const open = { parent: value[event] as number, goroutine: goroutine[event] as number };
    this.tasks.set(task, { ...this.#open(event), ...open });
  }

  /** Closes what an ended goroutine left open. */
  #end(goroutine: number): void {
    if (this.assists.size > 0) this.assists.delete(goroutine);
    if (this.regions.size > 0) this.regions.delete(goroutine);
    if (this.inherited.size > 0) this.inherited.delete(goroutine);
    if (this.stops.size > 0) this.stops.delete(goroutine);
  }

  /**
   * Keeps the frames of stacks that are still needed. Stack indices are only valid within their generation.
   */
  #enterGeneration(generation: Generation): void {
    this.model.goroutines.forEach((_, slot) => {
      const stack = slot < this.#stack.length ? (this.#stack[slot] as number) : 0;
      if (stack <= 0) return;
      while (this.#carried.length <= slot) this.#carried.push(undefined);
      this.#carried[slot] = this.#framesOf(stack);
      this.#stack[slot] = CARRIED;
    });
    this.#generation = generation;
  }

  #open(event: number): Open {
    const { name, stack } = this.#block;
    const text = this.#generation?.strings.text(name[event] as number) ?? "";
    return { text, frames: this.#framesOf(stack[event] as number) };
  }

  #framesOf(stack: number): readonly StackFrame[] {
    return stack === 0 ? [] : (this.#generation?.stacks.frames(stack) ?? []);
  }
}

function push<T>(lists: Map<number, T[]>, key: number, value: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

/** Removes the value that has `behind` others after it. Below 0, nothing is removed. */
function end<T>(lists: Map<number, T[]>, key: number, behind: number): void {
  const list = lists.get(key);
  if (list === undefined || behind < 0) return;
  list.splice(list.length - 1 - behind, 1);
  if (list.length === 0) lists.delete(key);
}
