import { type MutatorFlags, workOf } from "./mutator-flags.js";
import { UtilizationSeries } from "./utilization-series.js";

interface Proc {
  /** Number of GC activities on it. */
  gc: number;
  /** Number of its series. A P that is removed and added again begins another. */
  readonly series: number;
}

/**
 * The most Ps to examine: each stop-the-world adds a step to each of them. No machine has more; damaged
 * traces may claim more.
 */
const MOST_PROCS = 1 << 11;
/**
 * All series by P together have room for this factor times the steps of one series. Each gets less room if
 * there are more Ps than that.
 */
const ROOM = 4;
const USUAL_PROCS = 1 << 8;
const LEAST = 1 << 7;
/** The most series of Ps. GOMAXPROCS changes that often only in damaged traces. */
const MOST_BEGUN = 1 << 16;

/** Computes mutator utilization under some flags, as Go's trace viewer does. It ignores Ps beyond GOMAXPROCS. */
export class Utilization {
  readonly flags: MutatorFlags;
  /** One series, or one for each P. */
  readonly series: UtilizationSeries[] = [];
  /** Bits of `GcWork` that count. */
  readonly work: number;
  readonly #limit: number;
  readonly #procs: Proc[] = [];
  /** GOMAXPROCS, and since when it holds. */
  readonly #counts: { readonly time: number; readonly count: number }[] = [];
  #begun = 0;
  #stopped = 0;
  /** Ps with GC activity. */
  #taken = 0;

  /** @param limit number of steps kept of a series; fewer of each where there is one for each of many Ps */
  constructor(flags: MutatorFlags, limit: number) {
    this.flags = flags;
    this.work = workOf(flags);
    this.#limit = limit;
  }

  /** GOMAXPROCS is reported. */
  procs(count: number, time: number): void {
    const procs = this.#procs;
    if (this.flags.perProc) for (const { series } of procs.slice(count)) this.series[series]?.add(time, 0);
    procs.length = Math.min(procs.length, count);
    while (procs.length < Math.min(count, MOST_PROCS) && this.#begun < MOST_BEGUN) {
      this.#begun++;
      procs.push({ gc: 0, series: this.#newSeries(time, Math.min(count, MOST_PROCS)) });
    }
    this.#taken = procs.filter(({ gc }) => gc > 0).length;
    if (this.#counts.at(-1)?.count !== count) this.#counts.push({ time, count });
    this.#updateAll(time);
  }

  /** The world stops (1) or starts (−1) for the GC. */
  stop(by: number, time: number): void {
    if (!this.flags.stw) return;
    this.#stopped += by;
    this.#updateAll(time);
  }

  /** GC activity begins (1) or ends (−1) on a P. */
  gc(proc: number, by: number, time: number): void {
    const on = this.#procs[proc];
    if (on === undefined) return;
    const before = on.gc > 0 ? 1 : 0;
    on.gc += by;
    this.#taken += (on.gc > 0 ? 1 : 0) - before;
    if (this.flags.perProc) this.#updateProc(on, time);
    else this.#updateAll(time);
  }

  /** A P turns out to have had GC activity since the trace began. With series by P, it has no steps yet. */
  sinceStart(): void {
    const [series] = this.series;
    if (this.flags.perProc || series === undefined) return;
    const counts = this.#counts;
    let count = 0;
    for (let i = 0; i < series.length; ) {
      const next = counts[count + 1];
      if (next !== undefined && next.time < (series.time[i] as number)) {
        count++;
        continue;
      }
      const share = 1 / (counts[count]?.count ?? 1);
      series.utilization[i] = Math.max(0, (series.utilization[i] as number) - share);
      i++;
    }
  }

  /** The trace ends, and with it all utilization. */
  finish(time: number): void {
    for (const { series } of this.#procs) this.series[series]?.add(time, 0);
  }

  #newSeries(time: number, procs: number): number {
    const { perProc } = this.flags;
    if (!perProc && this.series.length > 0) return 0;
    const share = Math.floor((ROOM * this.#limit) / (procs * Math.max(1, procs / USUAL_PROCS)));
    const limit = perProc ? Math.min(this.#limit, Math.max(LEAST, share)) : this.#limit;
    const series = new UtilizationSeries(limit);
    series.add(time, 1);
    return this.series.push(series) - 1;
  }

  #updateAll(time: number): void {
    const procs = this.#procs;
    if (procs.length === 0) return;
    if (this.flags.perProc) {
      for (const proc of procs) this.#updateProc(proc, time);
      return;
    }
    const taken = this.#stopped > 0 ? procs.length : this.#taken;
    this.series[0]?.add(time, 1 - taken / procs.length);
  }

  #updateProc({ gc, series }: Proc, time: number): void {
    this.series[series]?.add(time, this.#stopped > 0 || gc > 0 ? 0 : 1);
  }
}
