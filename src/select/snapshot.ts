import { leftOut, NONE } from "../base/ids.js";
import { BLOCK_SIZE, EventBlock } from "../event/block.js";
import type { Generation } from "../event/generation.js";
import { EventKind, Wake } from "../event/kind.js";
import { startFunction } from "../event/start-frame.js";
import { GoState, ProcState } from "../event/states.js";
import type { StackFrame } from "../event/tables.js";
import type { Goroutines } from "../sched/goroutines.js";
import { SchedState } from "../sched/state.js";
import type { Follower, Open } from "./follower.js";
import { SnapshotGeneration } from "./snapshot-generation.js";

const K = EventKind;

/** A goroutine's state as events encode it, by {@link SchedState}. */
const GO_STATES: Readonly<Record<number, GoState>> = {
  [SchedState.Runnable]: GoState.Runnable,
  [SchedState.Running]: GoState.Running,
  [SchedState.Waiting]: GoState.Waiting,
  [SchedState.Syscall]: GoState.Syscall,
  [SchedState.SyscallBlocked]: GoState.Syscall,
};

/**
 * What is open at a moment of a trace, as events at time 0: statuses of Ps, snapshots of goroutines, ranges,
 * metrics. Open tasks, regions and stop-the-worlds appear as begin events.
 */
export class Snapshot {
  readonly #follower: Follower;
  readonly #generation: SnapshotGeneration;
  readonly #block = new EventBlock();
  /** Live goroutines, computed on first use. */
  #alive: Set<number> | undefined;

  /** @param real the generation at that moment */
  constructor(follower: Follower, real: Generation) {
    this.#follower = follower;
    this.#generation = new SnapshotGeneration(real);
    this.#block.generation = this.#generation;
  }

  /** The events, in blocks. A block is valid until the next one is requested. */
  *blocks(): Generator<EventBlock, void, undefined> {
    const block = this.#block;
    for (const _ of this.#events()) {
      if (block.length < BLOCK_SIZE) continue;
      yield block;
      block.length = 0;
    }
    if (block.length > 0) yield block;
  }

  /** Puts the events into the block, and yields after each. */
  *#events(): Generator<void, void, undefined> {
    yield this.#value(K.Sync, 1);
    for (const [kind, [value, beyond]] of this.#follower.metrics)
      yield this.#value(kind as EventKind, value, beyond);
    yield* this.#procs();
    yield* this.#goroutines();
    yield* this.#ranges();
    yield* this.#tasksAndRegions();
    yield* this.#labels();
  }

  *#procs(): Generator<void, void, undefined> {
    const { model, procThreads } = this.#follower;
    for (let slot = 0; slot < model.procs.slots; slot++) {
      const isRunning = model.procs.running[slot] === 1;
      const i = this.#add(K.ProcStatus, model.procs.id(slot));
      this.#block.thread[i] = procThreads[slot] ?? NONE;
      this.#block.from[i] = ProcState.Undetermined;
      this.#block.to[i] = isRunning ? ProcState.Running : ProcState.Idle;
      yield;
    }
  }

  *#goroutines(): Generator<void, void, undefined> {
    const { goroutines } = this.#follower.model;
    const runnable: number[] = [];
    for (let slot = 0; slot < goroutines.slots; slot++) {
      const to = GO_STATES[goroutines.state[slot] as number];
      if (goroutines.id[slot] === NONE || to === undefined) continue;
      if (to === GoState.Runnable) runnable.push(slot);
      else yield this.#goroutine(slot, to);
    }
    yield* this.#runnable(runnable);
  }

  /** Runnable goroutines come after the goroutines that woke them, which may have become runnable since. */
  *#runnable(slots: number[]): Generator<void, void, undefined> {
    const { since } = this.#follower.model.goroutines;
    slots.sort((one, other) => (since[other] as number) - (since[one] as number));
    for (const slot of slots) {
      const i = this.#block.length;
      this.#goroutine(slot, GoState.Runnable);
      this.#waker(slot, i);
      yield;
    }
  }

  /** Adds the goroutine that made this one runnable. */
  #waker(slot: number, i: number): void {
    const block = this.#block;
    const { goroutines, reasons } = this.#follower.model;
    const wake = this.#follower.wake(slot);
    if (wake === Wake.None) return;
    block.value[i] = wake;
    const { wakeReason, wakeProc, wakeThread } = this.#follower;
    const reason = wakeReason[slot] as number;
    block.stack[i] = this.#generation.stacks.add(this.#follower.frames(slot));
    block.name[i] = reason === NONE ? 0 : this.#generation.strings.add(reasons.text(reason));
    block.goroutine[i] = this.#living(goroutines.waker[slot] as number);
    block.proc[i] = wakeProc[slot] as number;
    block.thread[i] = wakeThread[slot] as number;
  }

  /** The goroutine, or {@link leftOut} of it if it has ended. */
  #living(goroutine: number): number {
    if (goroutine < 0) return goroutine;
    this.#alive ??= idsOf(this.#follower.model.goroutines);
    return this.#alive.has(goroutine) ? goroutine : leftOut(goroutine);
  }

  #goroutine(slot: number, to: GoState): void {
    const block = this.#block;
    const { goroutines, reasons } = this.#follower.model;
    const reason = goroutines.reason[slot] as number;
    const i = this.#add(K.GoSnapshot, goroutines.id[slot] as number);
    block.slot[i] = slot;
    block.from[i] = GoState.Undetermined;
    block.to[i] = to;
    block.thread[i] = goroutines.thread[slot] as number;
    block.proc[i] = goroutines.proc[slot] as number;
    block.name[i] = reason === NONE ? 0 : this.#generation.strings.add(reasons.text(reason));
    const frames = this.#follower.wake(slot) === Wake.None ? this.#follower.frames(slot) : [];
    block.subjectStack[i] = this.#start(slot, frames);
    block.stack[i] = this.#generation.stacks.add(frames);
    block.value[i] = Wake.None;
    block.value2[i] = this.#follower.inherited.get(goroutines.id[slot] as number) ?? NONE;
  }

  /** A stack that shows the goroutine's start function: the one where its state began, or that function alone. */
  #start(slot: number, frames: readonly StackFrame[]): number {
    const { functions, goroutines } = this.#follower.model;
    const { stacks } = this.#generation;
    const func = goroutines.func[slot] as number;
    if (func === NONE || startFunction(frames) === functions.text(func)) return stacks.add(frames);
    return stacks.addRoot(functions.text(func));
  }

  *#ranges(): Generator<void, void, undefined> {
    const { gc, sweeps, stops } = this.#follower;
    if (gc !== NONE) yield this.#value(K.GcActive, gc);
    for (const proc of sweeps) {
      this.#add(K.SweepActive, proc);
      yield;
    }
    for (const [goroutine, open] of stops) {
      for (const stop of open) {
        this.#begin(K.StwBegin, goroutine, stop, goroutine);
        yield;
      }
    }
  }

  *#tasksAndRegions(): Generator<void, void, undefined> {
    const { assists, regions, tasks } = this.#follower;
    for (const [id, task] of tasks) {
      const i = this.#begin(K.TaskBegin, id, task, task.goroutine);
      this.#block.value[i] = task.parent;
      yield;
    }
    for (const [goroutine, open] of regions) {
      for (const region of open) {
        this.#begin(K.RegionBegin, region.task, region, goroutine);
        yield;
      }
    }
    for (const goroutine of assists) {
      this.#add(K.AssistActive, goroutine);
      yield;
    }
  }

  /** The last label of each goroutine. */
  *#labels(): Generator<void, void, undefined> {
    const { goroutines, labels } = this.#follower.model;
    for (let slot = 0; slot < goroutines.slots; slot++) {
      const goroutine = goroutines.id[slot] as number;
      const label = goroutines.label[slot] as number;
      if (goroutine === NONE || label === NONE) continue;
      const i = this.#begin(K.GoLabel, goroutine, { text: labels.text(label), frames: [] }, goroutine);
      this.#block.slot[i] = slot;
      yield;
    }
  }

  /** Begins something that has a text. */
  #begin(kind: EventKind, subject: number, { text, frames }: Open, goroutine: number): number {
    const i = this.#add(kind, subject);
    this.#block.goroutine[i] = goroutine;
    this.#block.name[i] = this.#generation.strings.add(text);
    this.#block.stack[i] = this.#generation.stacks.add(frames);
    return i;
  }

  #value(kind: EventKind, value: number, value2 = 0): void {
    const i = this.#add(kind, NONE);
    this.#block.value[i] = value;
    this.#block.value2[i] = value2;
  }

  #add(kind: EventKind, subject: number): number {
    const block = this.#block;
    const i = block.length++;
    block.kind[i] = kind;
    block.time[i] = 0;
    block.thread[i] = NONE;
    block.proc[i] = NONE;
    block.goroutine[i] = NONE;
    block.subject[i] = subject;
    block.slot[i] = 0;
    block.stack[i] = 0;
    return i;
  }
}

function idsOf(goroutines: Goroutines): Set<number> {
  const ids = new Set<number>();
  goroutines.forEach((id) => {
    ids.add(id);
  });
  return ids;
}
