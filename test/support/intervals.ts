import type { Analysis } from "../../src/analysis/analysis.js";
import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";

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

export const durationOf = ({ since, until }: Interval) => until - since;

/** Every interval from runnable to running, and every run, by an own walk over the events. */
export class Intervals implements Analysis {
  readonly waits: Wait[] = [];
  readonly runs: Interval[] = [];
  readonly #runnable = new Map<number, { readonly since: number; readonly waker: number | undefined }>();
  readonly #running = new Map<number, number>();

  /** How long all goroutines ran in a stretch of time, on all Ps together. */
  ran(since: number, until: number): number {
    const within = (run: Interval) => Math.min(run.until, until) - Math.max(run.since, since);
    return this.runs.reduce((sum, run) => sum + Math.max(0, within(run)), 0);
  }

  block({ kind, subject, goroutine: by, time, length, to }: EventBlock): void {
    for (let i = 0; i < length; i++) {
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
