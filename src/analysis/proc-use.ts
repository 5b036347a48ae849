import { grown } from "../base/columns.js";
import { NONE, type ProcId } from "../base/ids.js";
import { SlotIndex } from "../base/slot-index.js";
import type { EventBlock } from "../event/block.js";
import { EventKind, isAssist, isSweep, kindsThat } from "../event/kind.js";
import { ProcState } from "../event/states.js";
import type { Changes } from "../sched/changes.js";
import type { SchedModel } from "../sched/model.js";
import type { NewNames } from "../sched/new-names.js";
import { SchedState } from "../sched/state.js";
import type { Analysis } from "./analysis.js";

const K = EventKind;
const { None, Running, Syscall } = SchedState;
/** Start function of background mark workers. */
const WORKER = "runtime.gcBgMarkWorker";
/** A goroutine's GC work, in bits. */
const Work = { Worker: 1, Assist: 2 } as const;

/** Ids of nearly all programs' Ps are below. */
const FEW = 1 << 10;

/** The use of a P, in nanoseconds. */
export interface ProcRow {
  readonly proc: ProcId;
  /** Goroutines ran on it. */
  readonly busy: number;
  /** Of that, for the GC: mark workers, mark assists, sweeping. */
  readonly gc: number;
  /** Of that, mark assists. What an assist waits or is runnable takes no P. */
  readonly assists: number;
  /** A goroutine was in a system call with it. */
  readonly syscall: number;
  /** A thread had it without a goroutine: it looked for one, or did work of the runtime. */
  readonly scheduling: number;
  /** No thread had it. */
  readonly idle: number;
  /** How long it existed: the sum of busy, syscall, scheduling and idle. */
  readonly total: number;
}

interface Proc {
  busy: number;
  gc: number;
  assists: number;
  syscall: number;
  held: number;
  /** When a thread took it, and when GC work and an assist began on it; −1: not so. */
  heldSince: number;
  gcSince: number;
  assistSince: number;
  /** The slot of the goroutine that runs on it, or −1. */
  running: number;
  sweeps: boolean;
}

/** The use of each P. */
export class ProcUse implements Analysis {
  readonly otherKinds = kindsThat(
    (kind) => isAssist(kind) || isSweep(kind) || kind === K.ProcsChange || kind === K.GoLabel,
  );
  readonly #slots = new SlotIndex();
  readonly #procs = new Map<number, Proc>();
  /** Those with small ids once more, by id, which is faster. */
  readonly #few: (Proc | undefined)[] = [];
  /** GOMAXPROCS, and since when; −1 until reported. */
  #count = NONE;
  #countSince = 0;
  /** Nanoseconds by GOMAXPROCS. */
  readonly #durations = new Map<number, number>();
  /** Each new maximum of GOMAXPROCS, and since when. */
  readonly #highest: { readonly since: number; readonly count: number }[] = [];
  #model!: SchedModel;
  #block!: EventBlock;
  #duration = 0;
  /** By slot of a goroutine: its GC work while it runs, in bits. */
  #work = new Uint8Array(256);
  /** The last run of a goroutine without a name: its slot, P and duration, and the place of a name that the event behind it tells. */
  readonly #nameless = { place: NONE, slot: NONE, proc: NONE, duration: 0 };

  start(model: SchedModel): void {
    this.#model = model;
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  changes(changes: Changes): void {
    const { from, func, goroutine, length, names, proc, since, slot, time, to, toProc } = changes;
    let named = 0;
    this.#nameless.place = NONE;
    for (let i = 0; i < length; i++) {
      while (named < names.length && (names.place[named] as number) <= i) this.#named(names, named++);
      const before = from[i] as number;
      const after = to[i] as number;
      if (before === Running || before === Syscall)
        this.#release(
          proc[i] as number,
          before,
          (time[i] as number) - (since[i] as number),
          time[i] as number,
        );
      if (before === Running && after !== None && func[i] === NONE) this.#ranNameless(changes, i);
      if (before === None) this.#begin(slot[i] as number, goroutine[i] as number, func[i] as number);
      else if (after === None) this.#slots.delete(goroutine[i] as number);
      if (after === Running) this.#run(toProc[i] as number, slot[i] as number, time[i] as number);
    }
    while (named < names.length) this.#named(names, named++);
  }

  proc(_slot: number, event: number): void {
    const block = this.#block;
    const proc = this.#of(block.subject[event] as number);
    if (proc === undefined) return;
    const time = block.time[event] as number;
    const isFirst = block.kind[event] === K.ProcStatus && block.from[event] === ProcState.Undetermined;
    if (block.to[event] === ProcState.Running)
      proc.heldSince = isFirst ? this.#born(block.subject[event] as number) : time;
    else if (proc.heldSince !== NONE) {
      proc.held += time - proc.heldSince;
      proc.heldSince = NONE;
    }
  }

  other(event: number): void {
    const block = this.#block;
    const { subject, time, value } = block;
    switch (block.kind[event]) {
      case K.ProcsChange:
        this.#setCount(value[event] as number, time[event] as number);
        break;
      case K.GoLabel:
        this.#label(event);
        break;
      case K.AssistActive:
      case K.AssistBegin:
      case K.AssistEnd:
        this.#assist(subject[event] as number, block.kind[event] !== K.AssistEnd, time[event] as number);
        break;
      case K.SweepActive:
      case K.SweepBegin:
      case K.SweepEnd:
        this.#sweep(subject[event] as number, block.kind[event] !== K.SweepEnd, time[event] as number);
        break;
    }
  }

  cut(slot: number, time: number): void {
    const { proc, since, state: states } = this.#model.goroutines;
    const state = states[slot] as number;
    if (state === Running || state === Syscall)
      this.#release(proc[slot] as number, state, time - (since[slot] as number), time);
  }

  finish(time: number): void {
    this.#duration = time;
    if (this.#count !== NONE) this.#setCount(this.#count, time);
    for (const proc of this.#procs.values()) {
      if (proc.heldSince !== NONE) proc.held += time - proc.heldSince;
      proc.sweeps = false;
      this.#update(proc, time);
    }
  }

  /** By the P's id. */
  rows(): ProcRow[] {
    const existed = this.#existed();
    const rows = [...this.#procs].map(([id, { assists, busy, gc, syscall, held }]): ProcRow => {
      // A damaged trace may lack the start of a P on which a goroutine runs.
      const used = Math.max(held, busy + syscall);
      const total = Math.max(used, existed(id));
      const scheduling = used - busy - syscall;
      return { proc: id, busy, gc, assists, syscall, scheduling, idle: total - used, total };
    });
    return rows.sort((a, b) => a.proc - b.proc);
  }

  /** @param func number of its start function; −1: its name comes later, if at all */
  #begin(slot: number, id: number, func: number): void {
    if (slot >= this.#work.length) this.#work = grown(this.#work, slot + 1);
    this.#work[slot] = this.#isWorker(func) ? Work.Worker : 0;
    this.#slots.set(id, slot);
  }

  /** A worker that is older than the trace may be known as one only when it stops. */
  #named({ func, place, slot }: NewNames, i: number): void {
    if (!this.#isWorker(func[i] as number)) return;
    const nameless = this.#nameless;
    const proc = this.#of(nameless.proc);
    const hasJustRun = nameless.place === place[i] && nameless.slot === slot[i];
    if (hasJustRun && proc !== undefined && this.#work[nameless.slot] === 0) proc.gc += nameless.duration;
    this.#setWork(slot[i] as number, Work.Worker, true);
  }

  #isWorker(func: number): boolean {
    return func !== NONE && this.#model.functions.text(func) === WORKER;
  }

  #ranNameless({ proc, since, slot, time }: Changes, i: number): void {
    this.#nameless.place = i + 1;
    this.#nameless.slot = slot[i] as number;
    this.#nameless.proc = proc[i] as number;
    this.#nameless.duration = (time[i] as number) - (since[i] as number);
  }

  #run(id: number, slot: number, time: number): void {
    const proc = this.#of(id);
    if (proc === undefined) return;
    proc.running = slot;
    this.#update(proc, time);
  }

  /** A goroutine leaves its P, or switches between running and a system call. */
  #release(id: number, state: number, duration: number, time: number): void {
    const proc = this.#of(id);
    if (proc === undefined) return;
    if (state === Syscall) proc.syscall += duration;
    else {
      proc.busy += duration;
      proc.running = NONE;
      this.#update(proc, time);
    }
  }

  #assist(goroutine: number, begins: boolean, time: number): void {
    const slot = this.#slots.get(goroutine);
    if (slot === NONE) return;
    this.#setWork(slot, Work.Assist, begins);
    const proc = this.#of(this.#model.goroutines.proc[slot] as number);
    if (proc?.running === slot) this.#update(proc, time);
  }

  /** Only the GC labels goroutines: its workers, when they start to run. Their start function may be unknown then. */
  #label(event: number): void {
    const slot = this.#block.slot[event] as number;
    const { proc: procs, since } = this.#model.goroutines;
    this.#setWork(slot, Work.Worker, true);
    const proc = this.#of(procs[slot] as number);
    if (proc?.running === slot) this.#update(proc, since[slot] as number);
  }

  #sweep(id: number, begins: boolean, time: number): void {
    const proc = this.#of(id);
    if (proc === undefined) return;
    proc.sweeps = begins;
    this.#update(proc, time);
  }

  #setWork(slot: number, bit: number, on: boolean): void {
    const work = this.#work[slot] as number;
    this.#work[slot] = on ? work | bit : work & ~bit;
  }

  /** Counts the GC time of a P, when GC work begins or ends. */
  #update(proc: Proc, time: number): void {
    const work = proc.running === NONE ? 0 : (this.#work[proc.running] as number);
    const works = proc.sweeps || work !== 0;
    if (works && proc.gcSince === NONE) proc.gcSince = time;
    else if (!works && proc.gcSince !== NONE) {
      proc.gc += time - proc.gcSince;
      proc.gcSince = NONE;
    }
    const assists = (work & Work.Assist) !== 0;
    if (assists && proc.assistSince === NONE) proc.assistSince = time;
    else if (!assists && proc.assistSince !== NONE) {
      proc.assists += time - proc.assistSince;
      proc.assistSince = NONE;
    }
  }

  /** GOMAXPROCS is reported. Its first value holds from the start of the trace. */
  #setCount(count: number, time: number): void {
    if (this.#count !== NONE) {
      const duration = this.#durations.get(this.#count) ?? 0;
      this.#durations.set(this.#count, duration + time - this.#countSince);
      this.#countSince = time;
    }
    this.#count = count;
    if (count > (this.#highest.at(-1)?.count ?? NONE)) this.#highest.push({ since: time, count });
  }

  /** Since when a P exists that appears now. */
  #born(id: number): number {
    const highest = this.#highest;
    let low = 0;
    for (let high = highest.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((highest[middle]?.count as number) > id) high = middle;
      else low = middle + 1;
    }
    return low === 0 ? 0 : (highest[low]?.since ?? 0);
  }

  /** How long GOMAXPROCS included a P. */
  #existed(): (id: number) => number {
    if (this.#count === NONE) return () => this.#duration;
    const sums = new Float64Array((this.#highest.at(-1)?.count as number) + 1);
    for (let id = sums.length - 2; id >= 0; id--)
      sums[id] = (sums[id + 1] as number) + (this.#durations.get(id + 1) ?? 0);
    return (id) => sums[id] ?? 0;
  }

  #of(id: number): Proc | undefined {
    return id < 0 ? undefined : (this.#few[id] ?? this.#find(id));
  }

  #find(id: number): Proc {
    let proc = this.#procs.get(id);
    if (proc === undefined) {
      proc = {
        busy: 0,
        gc: 0,
        assists: 0,
        syscall: 0,
        held: 0,
        heldSince: NONE,
        gcSince: NONE,
        assistSince: NONE,
        running: NONE,
        sweeps: false,
      };
      this.#procs.set(id, proc);
      if (id < FEW) this.#few[id] = proc;
    }
    return proc;
  }
}
