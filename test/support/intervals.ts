import type { Analysis } from "../../src/analysis/analysis.js";
import { type EventBlock, statusProc } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { GoState } from "../../src/event/states.js";

const K = EventKind;
const MADE_RUNNABLE = new Set<number>([K.GoStop, K.GoUnblock, K.GoSwitch, K.GoSyscallEndBlocked, K.GoCreate]);
const BY_ANOTHER = new Set<number>([K.GoUnblock, K.GoSwitch, K.GoCreate]);
const ENDS_RUN = new Set<number>([K.GoStop, K.GoBlock, K.GoDestroy, K.GoSyscallBegin]);

export interface Interval {
  readonly goroutine: number;
  readonly since: number;
  readonly until: number;
}

export interface Wait extends Interval {
  /** The goroutine that made it runnable, if one did. */
  readonly waker: number | undefined;
}

const ENDS_CALL = new Set<number>([K.GoSyscallEnd, K.GoSyscallEndBlocked, K.GoDestroySyscall]);
const LOSES_PROC = new Set<number>([K.ProcStop, K.ProcSteal]);

function within(intervals: readonly Interval[], since: number, until: number): number {
  const shared = (each: Interval) => Math.min(each.until, until) - Math.max(each.since, since);
  return intervals.reduce((sum, each) => sum + Math.max(0, shared(each)), 0);
}

export const durationOf = ({ since, until }: Interval) => until - since;

/** Every interval from runnable to running, every run, and every system call with a P, by an own walk over the events. */
export class Intervals implements Analysis {
  readonly waits: Wait[] = [];
  readonly runs: Interval[] = [];
  readonly calls: Interval[] = [];
  readonly #runnable = new Map<number, { readonly since: number; readonly waker: number | undefined }>();
  readonly #running = new Map<number, number>();
  /** By goroutine: its P in a system call, and since when. */
  readonly #calling = new Map<number, { readonly proc: number; readonly since: number }>();

  /** How long all goroutines ran in a stretch of time, on all Ps together. */
  ran(since: number, until: number): number {
    return within(this.runs, since, until);
  }

  /** How long they were in system calls in which they kept a P. */
  inCalls(since: number, until: number): number {
    return within(this.calls, since, until);
  }

  block(block: EventBlock): void {
    const { kind, subject, goroutine: by, time, length, to } = block;
    for (let i = 0; i < length; i++) {
      this.#call(block, i);
      const [what, goroutine, at] = [kind[i] as number, subject[i] as number, time[i] as number];
      if (ENDS_RUN.has(what)) this.#endRun(goroutine, at);
      if (MADE_RUNNABLE.has(what)) {
        const waker = BY_ANOTHER.has(what) && (by[i] as number) >= 0 ? (by[i] as number) : undefined;
        this.#runnable.set(goroutine, { since: at, waker });
      }
      if (what === K.GoStart) this.#endWait(goroutine, at);
      if (what === K.GoStart || what === K.GoSyscallEnd) this.#running.set(goroutine, at);
      // GoState.Running
      if (what === K.GoStatus && to[i] === 3 && !this.#running.has(goroutine))
        this.#running.set(goroutine, 0);
    }
  }

  finish(time: number): void {
    for (const goroutine of [...this.#running.keys()]) this.#endRun(goroutine, time);
    for (const goroutine of [...this.#calling.keys()]) this.#endCall(goroutine, time);
  }

  #call(block: EventBlock, i: number): void {
    const { kind, subject, proc, time, to } = block;
    const [what, id, at] = [kind[i] as number, subject[i] as number, time[i] as number];
    if (what === K.GoSyscallBegin && (proc[i] as number) >= 0)
      this.#calling.set(id, { proc: proc[i] as number, since: at });
    else if (what === K.GoStatus && to[i] === GoState.Syscall && statusProc(block, i) >= 0)
      this.#calling.set(id, { proc: statusProc(block, i), since: 0 });
    else if (ENDS_CALL.has(what)) this.#endCall(id, at);
    else if (LOSES_PROC.has(what))
      for (const [goroutine, call] of this.#calling) if (call.proc === id) this.#endCall(goroutine, at);
  }

  #endCall(goroutine: number, until: number): void {
    const call = this.#calling.get(goroutine);
    this.#calling.delete(goroutine);
    if (call !== undefined) this.calls.push({ goroutine, since: call.since, until });
  }

  #endWait(goroutine: number, until: number): void {
    const wait = this.#runnable.get(goroutine);
    this.#runnable.delete(goroutine);
    if (wait !== undefined) this.waits.push({ goroutine, ...wait, until });
  }

  #endRun(goroutine: number, until: number): void {
    const since = this.#running.get(goroutine);
    this.#running.delete(goroutine);
    if (since !== undefined) this.runs.push({ goroutine, since, until });
  }
}
