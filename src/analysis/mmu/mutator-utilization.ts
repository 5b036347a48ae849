import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { SlotIndex } from "../../base/slot-index.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind, isRange, kindsThat } from "../../event/kind.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import type { Analysis } from "../analysis.js";
import { MmuCurve } from "./mmu-curve.js";
import { GcWork, type MutatorFlags, RUN_WORK, workOfLabel } from "./mutator-flags.js";
import { Utilization } from "./utilization.js";

const K = EventKind;
const { None, Runnable, Running, Syscall, SyscallBlocked } = SchedState;
/** By state: 1 if the goroutine occupies a P. As for Go's tracer, every system call does. */
const EXECUTES = new Uint8Array(8);
for (const state of [Running, Syscall, SyscallBlocked]) EXECUTES[state] = 1;

/** Steps kept for a set of flags, which take 8 MB. */
const STEPS = 1 << 19;

/** Minimum mutator utilization under some flags. */
export interface Mmu {
  readonly flags: MutatorFlags;
  readonly curve: MmuCurve;
  /** 0 if all values are exact. Otherwise values of windows not much longer than this, in nanoseconds, are not. */
  readonly resolution: number;
}

/**
 * Mutator utilization by {@link MutatorFlags}. The values are those of Go's trace viewer (`go tool trace`, "Minimum
 * mutator utilization"), its peculiarities included.
 */
export class MutatorUtilization implements Analysis {
  readonly otherKinds = kindsThat(
    (kind) => kind === K.Sync || isRange(kind) || kind === K.ProcsChange || kind === K.GoLabel,
  );
  readonly #all: readonly Utilization[];
  readonly #slots = new SlotIndex();
  #model!: SchedModel;
  #block!: EventBlock;
  /** By slot: a goroutine's GC work while it runs, in bits of {@link GcWork}. */
  #work = new Uint8Array(256);
  /** Number of the generation, counted from 1. */
  #generation = 0;
  #hasProcs = false;

  /** @param steps number of steps kept for each set of flags, before they are averaged */
  constructor(flags: readonly MutatorFlags[], steps = STEPS) {
    this.#all = flags.map((each) => new Utilization(each, steps));
  }

  /** In the order of the flags. */
  curves(): Mmu[] {
    return this.#all.map(({ flags, series }) => ({
      flags,
      curve: new MmuCurve(series),
      resolution: Math.max(0, ...series.map(({ resolution }) => resolution)),
    }));
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  changes(changes: Changes): void {
    const { from, goroutine, length, slot, to } = changes;
    for (let i = 0; i < length; i++) {
      const at = slot[i] as number;
      const before = from[i] as number;
      const after = to[i] as number;
      if (before === None) this.#begin(at, goroutine[i] as number);
      else if (after === None) this.#slots.delete(goroutine[i] as number);
      const work = this.#work[at] as number;
      if (work === 0 || !this.#hasProcs || EXECUTES[before] === EXECUTES[after]) continue;
      const event = changes.event[i] as number;
      this.#gc(work, event, this.#block.proc[event] as number, EXECUTES[after] === 1 ? 1 : -1);
      // A worker that is preempted goes on marking, without another label.
      if (EXECUTES[after] !== 1 && after !== Runnable) this.#work[at] = work & ~RUN_WORK;
    }
  }

  other(event: number): void {
    const block = this.#block;
    const kind = block.kind[event] as number;
    if (kind === K.Sync) this.#generation = block.value[event] as number;
    else if (kind === K.ProcsChange) this.#procs(event);
    else if (this.#hasProcs) this.#gcEvent(event, kind);
  }

  finish(time: number): void {
    for (const each of this.#all) each.finish(time);
  }

  #begin(slot: number, id: number): void {
    if (slot >= this.#work.length) this.#work = grown(this.#work, slot + 1);
    this.#work[slot] = 0;
    this.#slots.set(id, slot);
  }

  #procs(event: number): void {
    this.#hasProcs = true;
    const { value, time } = this.#block;
    for (const each of this.#all) each.procs(value[event] as number, time[event] as number);
  }

  #gcEvent(event: number, kind: number): void {
    switch (kind) {
      case K.StwBegin:
      case K.StwEnd:
        this.#stop(event, kind === K.StwBegin ? 1 : -1);
        break;
      case K.SweepActive:
      case K.SweepBegin:
      case K.SweepEnd:
        this.#sweep(event, kind);
        break;
      case K.AssistActive:
      case K.AssistBegin:
      case K.AssistEnd:
        this.#assist(event, kind);
        break;
      case K.GoLabel:
        this.#label(event);
        break;
    }
  }

  #stop(event: number, by: number): void {
    const block = this.#block;
    if (!this.#text(event).includes("GC")) return;
    for (const each of this.#all) each.stop(by, block.time[event] as number);
  }

  #sweep(event: number, kind: number): void {
    const { generation, proc, subject, time } = this.#block;
    // Later generations repeat what is known.
    if (kind === K.SweepActive && this.#generation > 1) return;
    // At the edge of a part it is told on no P, and there are no steps yet that lack it.
    const isEdge = generation?.isSnapshot === true;
    const on = (isEdge ? subject : proc)[event] as number;
    for (const each of this.#all) {
      if (!each.flags.sweep) continue;
      if (kind === K.SweepActive && !isEdge) each.sinceStart();
      each.gc(on, kind === K.SweepEnd ? -1 : 1, time[event] as number);
    }
  }

  #assist(event: number, kind: number): void {
    const block = this.#block;
    if (kind === K.AssistActive && this.#generation > 1) return;
    const isEnd = kind === K.AssistEnd;
    if (kind === K.AssistActive && this.#executes(block.goroutine[event] as number))
      for (const each of this.#all) if (each.flags.assist) each.sinceStart();
    const slot = this.#slots.get(block.subject[event] as number);
    this.#gc(GcWork.Assist, event, this.#procOf(event, slot), isEnd ? -1 : 1);
    if (slot === NONE) return;
    const work = this.#work[slot] as number;
    this.#work[slot] = isEnd ? work & ~GcWork.Assist : work | GcWork.Assist;
  }

  #label(event: number): void {
    const work = workOfLabel(this.#text(event));
    if (work === 0) return;
    const slot = this.#slots.get(this.#block.goroutine[event] as number);
    const before = slot === NONE ? 0 : (this.#work[slot] as number);
    const proc = this.#procOf(event, slot);
    // At the edge of a part, workers are labelled that do not run.
    if (slot !== NONE) this.#work[slot] = before | (proc === NONE ? work & ~RUN_WORK : work);
    this.#gc(work & ~(before & RUN_WORK), event, proc, 1);
  }

  /** The P on which an event happens. What is under way at the edge of a part is on that of its goroutine, if that has one. */
  #procOf(event: number, slot: number): number {
    const { generation, proc } = this.#block;
    if (!generation?.isSnapshot) return proc[event] as number;
    return slot === NONE ? NONE : (this.#model.goroutines.proc[slot] as number);
  }

  /** Something of the GC begins (1) or ends (−1) on a P. @param work in bits of {@link GcWork} */
  #gc(work: number, event: number, proc: number, by: number): void {
    const time = this.#block.time[event] as number;
    for (const each of this.#all) if ((each.work & work) !== 0) each.gc(proc, by, time);
  }

  #executes(goroutine: number): boolean {
    const slot = this.#slots.get(goroutine);
    return slot !== NONE && EXECUTES[this.#model.goroutines.state[slot] as number] === 1;
  }

  #text(event: number): string {
    return this.#block.generation?.strings.text(this.#block.name[event] as number) ?? "";
  }
}
