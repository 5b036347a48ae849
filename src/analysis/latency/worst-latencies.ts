import { type GoId, NONE, type ProcId, type TraceTime } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge, SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { TopList } from "../top-list.js";
import { RecentRuns } from "./recent-runs.js";

const { Runnable, Running, Syscall } = SchedState;
/** Runs and system calls kept, which take 4 MB. */
const RUNS = 1 << 17;

/** What the goroutines of a start function did on Ps while another one was runnable. */
export interface MeanwhileRow {
  /** "" if it is unknown. */
  readonly function: string;
  readonly goroutines: number;
  /** Their running time in that interval, in nanoseconds. Summed over all Ps it can exceed the interval. */
  readonly time: number;
  /** Their time in system calls in which they kept a P, likewise. */
  readonly syscall: number;
}

/** One of the longest scheduler latencies: a goroutine was runnable before it ran. */
export interface LatencyRow {
  readonly goroutine: GoId;
  readonly function: string;
  readonly since: TraceTime;
  readonly duration: number;
  /** The P that it then ran on. */
  readonly proc: ProcId;
  /** The goroutine that woke it; undefined for none. */
  readonly waker: GoId | undefined;
  /** What had the Ps meanwhile, by the sum of both times. */
  readonly meanwhile: readonly MeanwhileRow[];
  /** False if more ran meanwhile than is kept; then `meanwhile` has the later part. */
  readonly meanwhileComplete: boolean;
}

interface Candidate extends Omit<LatencyRow, "function" | "meanwhile" | "meanwhileComplete"> {
  readonly slot: number;
  func: number;
  meanwhile: readonly MeanwhileRow[] | undefined;
  meanwhileComplete: boolean;
}

/**
 * The longest scheduler latencies (runnable to running), and what ran meanwhile. Whole intervals count, those before a
 * goroutine's first run included.
 */
export class WorstLatencies implements Analysis {
  readonly #worst: TopList<Candidate>;
  readonly #runs: RecentRuns;
  readonly #reported: Reported;
  #model!: SchedModel;
  #block!: EventBlock;
  /** Whether it is time for a look-up, before the runs are forgotten. */
  #isDue = false;

  /**
   * @param runs number of runs and system calls remembered; half of them are certain to be found
   * @param reported goroutines whose latencies count; what ran meanwhile covers all goroutines
   */
  constructor(count = 10, runs = RUNS, reported: Reported = ALL) {
    this.#worst = new TopList(count);
    this.#reported = reported;
    this.#runs = new RecentRuns(runs);
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  changes(changes: Changes): void {
    const { from, func, goroutine, length, since, slot, time, to } = changes;
    const runs = this.#runs;
    for (let i = 0; i < length; i++) {
      const at = time[i] as number;
      if (from[i] === Running || from[i] === Syscall) {
        const isCall = from[i] === Syscall;
        runs.add(
          goroutine[i] as number,
          slot[i] as number,
          func[i] as number,
          isCall,
          since[i] as number,
          at,
        );
        // Look-ups are delayed, because they are slow and most intervals do not stay among the worst.
        if (runs.count % (runs.capacity / 2) === 0) this.#isDue = true;
      } else if (from[i] === Runnable && to[i] === Running) this.#ran(changes, i);
    }
    if (this.#isDue) this.#lookUp(time[length - 1] as number);
  }

  finish(time: number): void {
    this.#lookUp(time);
  }

  /** The longest first. */
  rows(): LatencyRow[] {
    return this.#worst.rows().map(({ slot: _slot, func, meanwhile = [], ...row }) => ({
      ...row,
      function: this.#name(func),
      meanwhile,
    }));
  }

  #ran({ event, func, goroutine, since: sinces, sinceEdge, slot, time, waker }: Changes, i: number): void {
    const since = sinces[i] as number;
    const duration = (time[i] as number) - since;
    if (sinceEdge[i] === Edge.Cut || !this.#worst.admits(duration)) return;
    if (!this.#reported.has(goroutine[i] as number)) return;
    const by = waker[i] as number;
    this.#worst.add(duration, {
      goroutine: goroutine[i] as number,
      slot: slot[i] as number,
      func: func[i] as number,
      since,
      duration,
      proc: this.#block.proc[event[i] as number] as number,
      waker: by < 0 ? undefined : by,
      meanwhile: undefined,
      meanwhileComplete: true,
    });
  }

  /** Looks up what ran during the worst intervals so far, while it is kept. */
  #lookUp(now: number): void {
    this.#isDue = false;
    for (const row of this.#worst.rows()) if (row.meanwhile === undefined) this.#meanwhile(row, now);
  }

  #meanwhile(row: Candidate, now: number): void {
    const runs = this.#runs;
    const { state, func, since } = this.#model.goroutines;
    const sums = new Meanwhile(row.since, row.since + row.duration);
    row.func = this.#function(row.goroutine, row.slot, row.func);
    row.meanwhileComplete = runs.after(row.since, (at) => {
      const goroutine = runs.goroutine[at] as number;
      const number = this.#function(goroutine, runs.slot[at] as number, runs.func[at] as number);
      sums.add(number, goroutine, runs.isCall[at] === 1, runs.since[at] as number, runs.until[at] as number);
    });
    this.#model.goroutines.forEach((id, slot) => {
      const isCall = state[slot] === Syscall;
      if (isCall || state[slot] === Running)
        sums.add(func[slot] as number, id, isCall, since[slot] as number, now);
    });
    row.meanwhile = sums.rows(this.#name);
  }

  /** Number of a goroutine's start function, which may be known only later. */
  #function(goroutine: number, slot: number, func: number): number {
    const { goroutines } = this.#model;
    return func === NONE && goroutines.has(slot, goroutine) ? (goroutines.func[slot] as number) : func;
  }

  readonly #name = (func: number): string => (func === NONE ? "" : this.#model.functions.text(func));
}

/** Adds up what had a P in a stretch of time, by function. */
class Meanwhile {
  readonly #since: number;
  readonly #until: number;
  readonly #functions = new Map<
    number,
    { time: number; syscall: number; readonly goroutines: Set<number> }
  >();

  constructor(since: number, until: number) {
    this.#since = since;
    this.#until = until;
  }

  add(func: number, goroutine: number, isCall: boolean, since: number, until: number): void {
    const time = Math.min(until, this.#until) - Math.max(since, this.#since);
    if (time <= 0) return;
    const entry = this.#functions.get(func) ?? { time: 0, syscall: 0, goroutines: new Set() };
    this.#functions.set(func, entry);
    if (isCall) entry.syscall += time;
    else entry.time += time;
    entry.goroutines.add(goroutine);
  }

  rows(name: (func: number) => string): MeanwhileRow[] {
    const rows = [...this.#functions].map(([func, { time, syscall, goroutines }]) => ({
      function: name(func),
      goroutines: goroutines.size,
      time,
      syscall,
    }));
    return rows.sort((a, b) => b.time + b.syscall - a.time - a.syscall);
  }
}
