import { NONE, type ProcId } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EVENT_KINDS, EventKind, isRange, kindsThat } from "../../event/kind.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import { type RangeListener, Ranges, rangePhase } from "../../sched/ranges.js";
import { SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import type { StateKey } from "../stats/stats-report.js";
import { BucketClock, CoveredTime, HighestValue } from "./buckets.js";

const K = EventKind;
const { None, Running } = SchedState;
const STATES: readonly (readonly [StateKey, number])[] = [
  ["running", Running],
  ["runnable", SchedState.Runnable],
  ["syscall", SchedState.Syscall],
  ["syscallBlocked", SchedState.SyscallBlocked],
  ["waiting", SchedState.Waiting],
];
const CYCLE = EVENT_KINDS[K.GcBegin]?.label;
const ASSIST = EVENT_KINDS[K.AssistBegin]?.label;
const STOP = EVENT_KINDS[K.StwBegin]?.label ?? "";
/** The most Ps with a series of their own; a damaged trace may name a million. */
const MOST_PROCS = 256;

/** How the use of a program changes over time, in buckets. Times are nanoseconds within a bucket. */
export interface TimelineFigures {
  /** Of a bucket, in nanoseconds. The last one is cut by the end of the trace. */
  readonly width: number;
  /** Number of buckets, at most 720. */
  readonly length: number;
  /** When goroutines ran, by the P's id. */
  readonly procs: readonly { readonly proc: ProcId; readonly busy: readonly number[] }[];
  /** The same of all Ps beyond the first 256; absent without them. */
  readonly otherProcs?: readonly number[];
  /** Of all goroutines, or of those selected: the time together, so divided by the width it is their number. */
  readonly states: Readonly<Record<StateKey, readonly number[]>>;
  /** GC cycles (their concurrent mark phase), stop-the-world of any kind, and mark assists of all goroutines together. */
  readonly gc: readonly number[];
  readonly stw: readonly number[];
  readonly assists: readonly number[];
  /** The largest heap and the highest goal in each bucket, in bytes; null where the trace has none. */
  readonly heap: readonly (number | null)[];
  readonly goal: readonly (number | null)[];
}

/** The use of a program over time, in a bounded number of buckets: see {@link BucketClock}. */
export class Timeline implements Analysis, RangeListener {
  readonly otherKinds = kindsThat((kind) => isRange(kind) || kind === K.HeapAlloc || kind === K.HeapGoal);
  readonly #clock = new BucketClock();
  readonly #states: readonly (CoveredTime | undefined)[];
  readonly #procs = new Map<number, CoveredTime>();
  #otherProcs: CoveredTime | undefined;
  readonly #gc = new CoveredTime(this.#clock);
  readonly #stw = new CoveredTime(this.#clock);
  readonly #assists = new CoveredTime(this.#clock);
  readonly #heap = new HighestValue(this.#clock);
  readonly #goal = new HighestValue(this.#clock);
  readonly #ranges = new Ranges(this);
  /** By number of a range's name: its series, or null. */
  readonly #ofName: (CoveredTime | null)[] = [];
  readonly #reported: Reported | undefined;
  #model!: SchedModel;
  #block!: EventBlock;
  #duration = 0;

  /** @param reported goroutines whose states count; all by default */
  constructor(reported: Reported = ALL) {
    this.#reported = reported === ALL ? undefined : reported;
    const states: CoveredTime[] = [];
    for (const [, state] of STATES) states[state] = new CoveredTime(this.#clock);
    this.#states = states;
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.#ranges.block(block);
  }

  changes({ from, goroutine, length, proc, since, time }: Changes): void {
    for (let i = 0; i < length; i++) {
      const state = from[i] as number;
      if (state === None) continue;
      this.#add(
        state,
        goroutine[i] as number,
        proc[i] as number,
        since[i] as number,
        Math.max(since[i] as number, time[i] as number),
      );
    }
  }

  other(event: number): void {
    const { kind, time, value } = this.#block;
    const k = kind[event] as number;
    if (k === K.HeapAlloc) this.#heap.add(time[event] as number, value[event] as number);
    else if (k === K.HeapGoal) this.#goal.add(time[event] as number, value[event] as number);
    else if (rangePhase(k) !== NONE) this.#ranges.event(this.#block, event);
  }

  cut(slot: number, time: number): void {
    const { id, proc, since, state } = this.#model.goroutines;
    const begin = since[slot] as number;
    this.#add(state[slot] as number, id[slot] as number, proc[slot] as number, begin, Math.max(begin, time));
  }

  finish(time: number): void {
    if (Number.isNaN(time)) return;
    this.#ranges.finish(time);
    this.#clock.bucketOf(time);
    this.#duration = time;
  }

  range(name: number, _subject: number, since: number, _sinceEdge: number, until: number): void {
    let series = this.#ofName[name];
    if (series === undefined) {
      series = this.#seriesOf(this.#ranges.names.names.text(name));
      this.#ofName[name] = series;
    }
    series?.add(since, until);
  }

  /** The figures, after the pass. */
  figures(): TimelineFigures {
    const { width } = this.#clock;
    const length = Math.ceil(this.#duration / width);
    const procs = [...this.#procs].sort(([a], [b]) => a - b);
    const states = STATES.map(([key, state]) => [key, this.#states[state]?.times(length) ?? []] as const);
    return {
      width,
      length,
      procs: procs.map(([proc, busy]) => ({ proc, busy: busy.times(length) })),
      ...(this.#otherProcs && { otherProcs: this.#otherProcs.times(length) }),
      states: Object.fromEntries(states) as Record<StateKey, number[]>,
      gc: this.#gc.times(length),
      stw: this.#stw.times(length),
      assists: this.#assists.times(length),
      heap: this.#heap.values(length),
      goal: this.#goal.values(length),
    };
  }

  #add(state: number, goroutine: number, proc: number, since: number, until: number): void {
    if (state === Running && proc >= 0) this.#procOf(proc).add(since, until);
    if (this.#reported === undefined || this.#reported.has(goroutine)) this.#states[state]?.add(since, until);
  }

  #procOf(proc: number): CoveredTime {
    const known = this.#procs.get(proc);
    if (known !== undefined) return known;
    if (this.#procs.size >= MOST_PROCS) {
      this.#otherProcs ??= new CoveredTime(this.#clock);
      return this.#otherProcs;
    }
    const series = new CoveredTime(this.#clock);
    this.#procs.set(proc, series);
    return series;
  }

  #seriesOf(name: string): CoveredTime | null {
    if (name === CYCLE) return this.#gc;
    if (name === ASSIST) return this.#assists;
    return name.startsWith(`${STOP} (`) ? this.#stw : null;
  }
}
