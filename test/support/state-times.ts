import type { EventBlock } from "../../src/event/block.js";
import type { SchedListener } from "../../src/sched/listener.js";
import { SchedModel } from "../../src/sched/model.js";
import { Edge, SchedState } from "../../src/sched/state.js";

/** What a goroutine spent its time on, in nanoseconds. */
export interface StateTimes {
  readonly id: number;
  name: string;
  total: number;
  exec: number;
  schedWait: number;
  syscall: number;
  syscallBlocked: number;
  readonly block: Record<string, number>;
}

const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;
/** A goroutine that waits for this never comes back: Go's summarizer takes it for the goroutine's end. */
const FOREVER = "forever";

/**
 * Adds up the model's intervals by goroutine in the terms of Go's summarizer, with its peculiarities:
 * - a goroutine that waits forever has ended;
 * - time in a system call without a P that is not over when the trace ends counts twice: as waiting to run, and as in
 *   the call with a P;
 * - it remembers by P who is in a system call there; a goroutine that comes back wipes out what is remembered of the P it
 *   once had, also if another one is in a system call with that P now, whose loss of the P then goes unnoticed;
 * - of a goroutine first seen in a system call, or created in one, without a P, the time from then on counts as if it
 *   had one.
 */
export class StateTimesListener implements SchedListener {
  readonly model = new SchedModel(this);
  readonly times = new Map<number, StateTimes>();
  #block!: EventBlock;
  /** By slot: where the interval under way is counted from, and since when the goroutine is there. */
  readonly #created = new Map<number, number>();
  readonly #ended = new Set<number>();
  /** Slots whose system call began without a P, with the time up to which it counted as blocked. */
  readonly #withoutProc = new Map<number, number>();
  /** Who is in a system call by P, the P with which each one's began, and whose loss of it went unnoticed. */
  readonly #callerByProc = new Map<number, number>();
  readonly #procByCaller = new Map<number, number>();
  readonly #unnoticed = new Set<number>();

  block(block: EventBlock): void {
    this.#block = block;
  }

  leave(slot: number, to: number, time: number, event: number): void {
    const { goroutines } = this.model;
    const id = goroutines.id[slot] as number;
    const state = goroutines.state[slot] as number;
    if (state === None) this.#start(id, slot, time);
    else this.#count(slot, this.#block.time[event] as number, false);
    if (to === None) this.#end(slot, this.#block.time[event] as number);
    if (state === Syscall && to === SyscallBlocked) this.#loseProc(slot);
    else if (state === Syscall || state === SyscallBlocked) this.#comeBack(slot);
  }

  enter(slot: number, from: number, time: number, event: number): void {
    const { goroutines, reasons } = this.model;
    const state = goroutines.state[slot] as number;
    if (state === Waiting && reasons.text(goroutines.reason[slot] as number) === FOREVER)
      this.#end(slot, time);
    if (state === Syscall) {
      this.#callerByProc.set(goroutines.proc[slot] as number, slot);
      this.#procByCaller.set(slot, goroutines.proc[slot] as number);
    }
    if (state === SyscallBlocked && from === None)
      this.#withoutProc.set(slot, this.#block.time[event] as number);
    else if (state !== SyscallBlocked) this.#withoutProc.delete(slot);
  }

  named(slot: number): void {
    const entry = this.times.get(this.model.goroutines.id[slot] as number);
    if (entry !== undefined)
      entry.name = this.model.functions.text(this.model.goroutines.func[slot] as number);
  }

  proc(): void {}
  other(): void {}

  finish(time: number): void {
    this.model.goroutines.forEach((_id, slot) => {
      this.#count(slot, time, true);
      this.#end(slot, time);
    });
  }

  #loseProc(slot: number): void {
    const proc = this.model.goroutines.proc[slot] as number;
    if (this.#callerByProc.get(proc) === slot) this.#callerByProc.delete(proc);
    else this.#unnoticed.add(slot);
  }

  #comeBack(slot: number): void {
    this.#callerByProc.delete(this.#procByCaller.get(slot) ?? -1);
    this.#procByCaller.delete(slot);
    this.#unnoticed.delete(slot);
  }

  #start(id: number, slot: number, time: number): void {
    this.#created.set(slot, time);
    this.#ended.delete(slot);
    const func = this.model.goroutines.func[slot] as number;
    const name = func < 0 ? "" : this.model.functions.text(func);
    this.times.set(id, {
      id,
      name,
      total: 0,
      exec: 0,
      schedWait: 0,
      syscall: 0,
      syscallBlocked: 0,
      block: {},
    });
  }

  #end(slot: number, time: number): void {
    const entry = this.times.get(this.model.goroutines.id[slot] as number);
    if (entry === undefined || this.#ended.has(slot)) return;
    entry.total = time - (this.#created.get(slot) as number);
    this.#ended.add(slot);
  }

  /** Counts the interval that ends at a time. */
  #count(slot: number, time: number, atEnd: boolean): void {
    const { goroutines, reasons } = this.model;
    const entry = this.times.get(goroutines.id[slot] as number);
    if (entry === undefined || this.#ended.has(slot)) return;
    const since = goroutines.since[slot] as number;
    const duration = time - since;
    switch (goroutines.state[slot]) {
      case Running:
        entry.exec += duration;
        break;
      case Runnable:
        entry.schedWait += duration;
        break;
      case Syscall:
        entry.syscall += duration;
        break;
      case SyscallBlocked: {
        const from = this.#withoutProc.get(slot);
        if (from !== undefined) {
          if (goroutines.sinceEdge[slot] === Edge.Cut) entry.syscallBlocked += from - since;
          entry.syscall += time - from;
        } else if (this.#unnoticed.has(slot)) entry.syscall += duration;
        else if (atEnd) {
          entry.schedWait += duration;
          entry.syscall += duration;
        } else entry.syscallBlocked += duration;
        break;
      }
      case Waiting: {
        const number = goroutines.reason[slot] as number;
        const reason = number < 0 ? "" : reasons.text(number);
        entry.block[reason] = (entry.block[reason] ?? 0) + duration;
        break;
      }
    }
  }
}
