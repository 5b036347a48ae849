import { NONE } from "../../base/ids.js";
import { SchedState } from "../../sched/state.js";

const { Runnable, Running, Syscall } = SchedState;

/** Times of the whole program so far, in {@link ProgramLoad.times}. */
export const Load = {
  /** Goroutines are runnable, and all Ps have one. */
  Saturated: 0,
  /** Goroutines are runnable, and no thread has one of the Ps. */
  Unused: 1,
  /** One goroutine runs, none is runnable, and there are other Ps. */
  Alone: 2,
  /** At least two run. */
  Parallel: 3,
  /** A P is free, and no goroutine is runnable. */
  Spare: 4,
  /** Time of goroutines: runnable while saturated. */
  Queued: 5,
} as const;
const LOADS = 6;

/** How many goroutines run and want to, against the number of Ps, and how long that was so. */
export class ProgramLoad {
  /** Nanoseconds by {@link Load}. */
  readonly times = new Float64Array(LOADS);
  #time = 0;
  #running = 0;
  #runnable = 0;
  #inSyscall = 0;
  #held = 0;
  #procs = NONE;
  #fewest = Number.POSITIVE_INFINITY;
  #most = 0;
  #stops = 0;

  /** Whether the world is stopped, or about to be. */
  get isStopped(): boolean {
    return this.#stops > 0;
  }

  /** The number of Ps is reported. */
  setProcs(count: number, time: number): void {
    this.advance(time);
    this.#procs = count;
    this.#fewest = Math.min(this.#fewest, count);
    this.#most = Math.max(this.#most, count);
  }

  /** The least and the greatest number of Ps: GOMAXPROCS may change, and Go 1.25 follows the CPU limit of a container. */
  get procs(): { readonly fewest: number; readonly most: number } {
    return { fewest: this.#fewest, most: this.#most };
  }

  /** A thread takes or leaves a P. */
  setHeld(difference: number, time: number): void {
    this.advance(time);
    this.#held += difference;
  }

  /** The world stops or goes on. */
  setStops(difference: number, time: number): void {
    this.advance(time);
    this.#stops = Math.max(0, this.#stops + difference);
  }

  change(from: number, to: number, time: number): void {
    if (from === to) return;
    this.advance(time);
    this.#add(from, -1);
    this.#add(to, 1);
  }

  /** Counts the time up to an event. */
  advance(time: number): void {
    const passed = time - this.#time;
    if (passed <= 0) return;
    this.#time = time;
    if (this.#stops > 0) return;
    const { times } = this;
    const running = this.#running;
    const used = running + this.#inSyscall;
    if (running > 1) times[Load.Parallel] = (times[Load.Parallel] as number) + passed;
    if (this.#procs === NONE) return;
    if (this.#runnable === 0) {
      if (used >= this.#procs) return;
      times[Load.Spare] = (times[Load.Spare] as number) + passed;
      if (running === 1) times[Load.Alone] = (times[Load.Alone] as number) + passed;
    } else if (used >= this.#procs) {
      times[Load.Saturated] = (times[Load.Saturated] as number) + passed;
      times[Load.Queued] = (times[Load.Queued] as number) + passed * this.#runnable;
    } else if (this.#held < this.#procs) times[Load.Unused] = (times[Load.Unused] as number) + passed;
  }

  #add(state: number, difference: number): void {
    if (state === Running) this.#running += difference;
    else if (state === Runnable) this.#runnable += difference;
    else if (state === Syscall) this.#inSyscall += difference;
  }
}
