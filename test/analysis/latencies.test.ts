import { describe, expect, test } from "vitest";
import { type Analysis, AnalysisPass } from "../../src/analysis/analysis.js";
import { HISTOGRAM_ERROR } from "../../src/analysis/histogram.js";
import { StateDurations } from "../../src/analysis/latency/state-durations.js";
import { WorstLatencies } from "../../src/analysis/latency/worst-latencies.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { openTraceFile } from "../../src/node.js";
import { SchedState } from "../../src/sched/state.js";
import { type CorpusTrace, validTrace, validTraces } from "../support/corpus.js";
import { readBlocks } from "../support/reading.js";

const K = EventKind;
const MADE_RUNNABLE = new Set<number>([K.GoStop, K.GoUnblock, K.GoSwitch, K.GoSyscallEndBlocked, K.GoCreate]);
const ENDS_RUN = new Set<number>([K.GoStop, K.GoBlock, K.GoDestroy, K.GoSyscallBegin]);

interface Interval {
  readonly goroutine: number;
  readonly since: number;
  readonly until: number;
}

/** Every interval from runnable to running, and every run, by an own walk over the events. */
class Intervals implements Analysis {
  readonly waits: Interval[] = [];
  readonly runs: Interval[] = [];
  readonly #runnable = new Map<number, number>();
  readonly #running = new Map<number, number>();

  block({ kind, subject, time, length, to }: EventBlock): void {
    for (let i = 0; i < length; i++) {
      const [what, goroutine, at] = [kind[i] as number, subject[i] as number, time[i] as number];
      if (ENDS_RUN.has(what)) this.#end(this.#running, this.runs, goroutine, at);
      if (MADE_RUNNABLE.has(what)) this.#runnable.set(goroutine, at);
      if (what === K.GoStart) this.#end(this.#runnable, this.waits, goroutine, at);
      if (what === K.GoStart || what === K.GoSyscallEnd) this.#running.set(goroutine, at);
      // GoState.Running
      if (what === K.GoStatus && to[i] === 3 && !this.#running.has(goroutine))
        this.#running.set(goroutine, 0);
    }
  }

  finish(time: number): void {
    for (const goroutine of [...this.#running.keys()]) this.#end(this.#running, this.runs, goroutine, time);
  }

  #end(open: Map<number, number>, done: Interval[], goroutine: number, until: number): void {
    const since = open.get(goroutine);
    open.delete(goroutine);
    if (since !== undefined) done.push({ goroutine, since, until });
  }
}

async function analyzed({ path }: CorpusTrace, runs?: number) {
  const [intervals, states, worst, summary] = [
    new Intervals(),
    new StateDurations(),
    new WorstLatencies(10, runs),
    new Summary(),
  ];
  const pass = new AnalysisPass([intervals, states, worst, summary]);
  await readBlocks(await openTraceFile(path), (block) => pass.events(block));
  pass.end();
  return { intervals, states, worst, summary };
}

const durationOf = ({ since, until }: Interval) => until - since;
const overlap = (a: Interval, since: number, until: number) =>
  Math.max(0, Math.min(a.until, until) - Math.max(a.since, since));

describe("scheduler latencies are those of a walk over the events", () => {
  test.each(validTraces())("$name", async (trace) => {
    const { intervals, states, worst, summary } = await analyzed(trace);
    const sorted = intervals.waits.map(durationOf).sort((a, b) => a - b);
    const { p50, p90, p99, p999, ...exact } = states.of(SchedState.Runnable);
    const total = sorted.reduce((sum, duration) => sum + duration, 0);
    const [min, max] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
    expect(exact).toEqual({ count: sorted.length, total, min, max });
    for (const [share, ours] of [
      [0.5, p50],
      [0.9, p90],
      [0.99, p99],
      [0.999, p999],
    ] as const) {
      const official = sorted[Math.max(1, Math.ceil(sorted.length * share - 1e-9)) - 1] ?? 0;
      expect(Math.abs(ours - official)).toBeLessThanOrEqual(official * HISTOGRAM_ERROR);
    }
    const rows = worst.rows();
    expect(rows.map(({ duration }) => duration)).toEqual(sorted.slice(-10).reverse());
    for (const { goroutine, since, duration, meanwhile, meanwhileComplete } of rows) {
      const until = since + duration;
      expect(intervals.waits).toContainEqual({ goroutine, since, until });
      const ran = intervals.runs.reduce((sum, run) => sum + overlap(run, since, until), 0);
      expect([meanwhileComplete, meanwhile.reduce((sum, { time }) => sum + time, 0)]).toEqual([true, ran]);
      expect(meanwhile.map(({ time }) => time)).toEqual(
        meanwhile.map(({ time }) => time).sort((a, b) => b - a),
      );
    }
    // What the trace's edges cut is in the sums of the summary only.
    const waited = summary.functions.reduce((sum, { times }) => sum + times.schedWait, 0);
    expect(waited).toBeGreaterThanOrEqual(total);
  });
});

test("what ran meanwhile is told as far as it is remembered, and that it is not all", async () => {
  const { worst, intervals } = await analyzed(validTrace("sync-go1.26"), 8);
  const row = worst.rows()[0];
  expect(row?.meanwhileComplete).toBe(false);
  const until = (row?.since ?? 0) + (row?.duration ?? 0);
  const ran = intervals.runs.reduce((sum, run) => sum + overlap(run, row?.since ?? 0, until), 0);
  expect((row?.meanwhile ?? []).reduce((sum, { time }) => sum + time, 0)).toBeLessThan(ran);
});

test("known figures: all intervals count, also those before a goroutine first runs", async () => {
  const { states } = await analyzed(validTrace("sync-go1.26"));
  const { count, total } = states.of(SchedState.Runnable);
  expect([count, (total / 1e6).toFixed(1)]).toEqual([3344, "97.1"]);
});
