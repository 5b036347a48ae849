import { grown } from "../../base/columns.js";
import type { Changes } from "../../sched/changes.js";
import { Load, type ProgramLoad } from "./program-load.js";

/** From this time on, a run is one that the scheduler failed to end: it asks after 10 ms. */
export const HOGGING = 50e6;

/** One uninterrupted run. */
export interface SaturatedRun {
  readonly goroutine: number;
  readonly since: number;
  /** Of the run: nanoseconds in which others waited for a P. */
  readonly saturated: number;
}

/** Who ran while others were runnable and no P was free, by start function. */
export class SaturatedRuns {
  /** By number of the function + 1. */
  readonly byFunction: number[] = [];
  /** The same of runs of at least {@link HOGGING} alone, and their number. */
  readonly hogs: number[] = [];
  hogging = 0;
  longest: SaturatedRun | undefined;
  readonly #load: ProgramLoad;
  /** By slot: the saturated time when its run began. */
  #before = new Float64Array(256);

  constructor(load: ProgramLoad) {
    this.#load = load;
  }

  ensure(slot: number): void {
    if (slot >= this.#before.length) this.#before = grown(this.#before, slot + 1);
  }

  begin(slot: number): void {
    this.#before[slot] = this.#load.times[Load.Saturated] as number;
  }

  end(slot: number, { func, goroutine, since }: Changes, i: number): void {
    const saturated = (this.#load.times[Load.Saturated] as number) - (this.#before[slot] as number);
    if (saturated <= 0) return;
    const at = (func[i] as number) + 1;
    this.byFunction[at] = (this.byFunction[at] ?? 0) + saturated;
    if (this.longest === undefined || saturated > this.longest.saturated)
      this.longest = { goroutine: goroutine[i] as number, since: since[i] as number, saturated };
    if (saturated < HOGGING) return;
    this.hogs[at] = (this.hogs[at] ?? 0) + saturated;
    this.hogging++;
  }
}
