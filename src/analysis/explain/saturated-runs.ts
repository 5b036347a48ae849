import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { Changes } from "../../sched/changes.js";
import type { StackNumbers } from "../profile/stack-numbers.js";
import { ProfiledTime } from "./profiled-time.js";
import { Load, type ProgramLoad } from "./program-load.js";
import type { RunFunctions } from "./run-functions.js";

/** From this time on, a run is one that the scheduler failed to end: it asks after 10 ms. */
export const HOGGING = 50e6;

/** One uninterrupted run. */
export interface SaturatedRun {
  readonly goroutine: number;
  readonly since: number;
  readonly duration: number;
  /** Of the run: nanoseconds in which others waited for a P. */
  readonly saturated: number;
  /** Number of the stack where it ended. */
  readonly stack: number;
}

/** Who ran while others were runnable and no P was free, by function ({@link RunFunctions}). */
export class SaturatedRuns {
  /** By number of the function + 1. */
  readonly byFunction: number[] = [];
  /** The same of runs of at least {@link HOGGING} alone, and their number. */
  readonly hogs: number[] = [];
  hogging = 0;
  readonly hogProfile = new ProfiledTime();
  /** The one with the most saturated time. */
  longest: SaturatedRun | undefined;
  readonly #load: ProgramLoad;
  readonly #stacks: StackNumbers;
  readonly #functions: RunFunctions;
  /** When the first CPU sample came. */
  #profiledSince = Number.POSITIVE_INFINITY;
  /** By P: the run that its last CPU sample was of, and how many were. */
  readonly #sampled = new Map<number, { slot: number; since: number; count: number }>();
  /** By slot: the saturated time when its run began. */
  #before = new Float64Array(256);

  constructor(load: ProgramLoad, stacks: StackNumbers, functions: RunFunctions) {
    this.#load = load;
    this.#stacks = stacks;
    this.#functions = functions;
  }

  ensure(slot: number): void {
    if (slot >= this.#before.length) this.#before = grown(this.#before, slot + 1);
  }

  begin(slot: number): void {
    this.#before[slot] = this.#load.times[Load.Saturated] as number;
  }

  /** A CPU sample on a P. @param slot of the goroutine there; −1 for none @param since when its run began */
  sample(time: number, proc: number, slot: number, since: number): void {
    this.#profiledSince = Math.min(this.#profiledSince, time);
    this.hogProfile.keep();
    if (slot === NONE) return;
    const sampled = this.#sampled.get(proc);
    if (sampled?.slot === slot && sampled.since === since) sampled.count++;
    else this.#sampled.set(proc, { slot, since, count: 1 });
  }

  /** @param stack of the event that ends it, in its generation */
  end(slot: number, changes: Changes, i: number, stack: number): void {
    const saturated = (this.#load.times[Load.Saturated] as number) - (this.#before[slot] as number);
    if (saturated > 0) this.#end(slot, saturated, changes, i, stack);
  }

  #end(slot: number, saturated: number, changes: Changes, i: number, stack: number): void {
    const { func, goroutine, proc, since, time } = changes;
    const at = this.#functions.of(func[i] as number, stack) + 1;
    this.byFunction[at] = (this.byFunction[at] ?? 0) + saturated;
    if (this.longest === undefined || saturated > this.longest.saturated)
      this.longest = {
        goroutine: goroutine[i] as number,
        since: since[i] as number,
        duration: (time[i] as number) - (since[i] as number),
        saturated,
        stack: this.#stacks.of(stack),
      };
    if (saturated < HOGGING) return;
    this.hogs[at] = (this.hogs[at] ?? 0) + saturated;
    this.hogging++;
    if ((since[i] as number) < this.#profiledSince) return;
    const sampled = this.#sampled.get(proc[i] as number);
    const isThis = sampled?.slot === slot && sampled.since === since[i];
    this.hogProfile.add((time[i] as number) - (since[i] as number), isThis ? sampled.count : 0);
  }
}
