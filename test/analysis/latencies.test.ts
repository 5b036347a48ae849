import { describe, expect, test } from "vitest";
import { AnalysisPass } from "../../src/analysis/analysis.js";
import { HISTOGRAM_ERROR } from "../../src/analysis/histogram.js";
import { StateDurations } from "../../src/analysis/latency/state-durations.js";
import { WorstLatencies } from "../../src/analysis/latency/worst-latencies.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import { openTraceFile } from "../../src/node.js";
import { SchedState } from "../../src/sched/state.js";
import { type CorpusTrace, validTrace, variedTraces } from "../support/corpus.js";
import { durationOf, Intervals } from "../support/intervals.js";
import { readBlocks } from "../support/reading.js";

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

describe("scheduler latencies are those of a walk over the events", () => {
  test.each(variedTraces())("$name", async (trace) => {
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
    for (const { goroutine, since, duration, waker, meanwhile, meanwhileComplete } of rows) {
      const until = since + duration;
      expect(intervals.waits).toContainEqual({ goroutine, since, until, waker });
      const ran = intervals.ran(since, until);
      expect([meanwhileComplete, meanwhile.reduce((sum, { time }) => sum + time, 0)]).toEqual([true, ran]);
      const inCalls = meanwhile.reduce((sum, { syscall }) => sum + syscall, 0);
      expect(inCalls).toBe(intervals.inCalls(since, until));
      const both = meanwhile.map(({ syscall, time }) => syscall + time);
      expect(both).toEqual([...both].sort((a, b) => b - a));
    }
    // Intervals that the trace cuts are in the sums of the summary only.
    const waited = summary.functions.reduce((sum, { times }) => sum + times.schedWait, 0);
    expect(waited).toBeGreaterThanOrEqual(total);
  });
});

test("what ran meanwhile is reported as far as it is kept, and marked as incomplete", async () => {
  const { worst, intervals } = await analyzed(validTrace("sync-go1.26"), 8);
  const row = worst.rows()[0];
  expect(row?.meanwhileComplete).toBe(false);
  const ran = intervals.ran(row?.since ?? 0, (row?.since ?? 0) + (row?.duration ?? 0));
  expect((row?.meanwhile ?? []).reduce((sum, { time }) => sum + time, 0)).toBeLessThan(ran);
});

test("known figures: all intervals count, also those before a goroutine first runs", async () => {
  const { states } = await analyzed(validTrace("sync-go1.26"));
  const { count, total } = states.of(SchedState.Runnable);
  expect([count, (total / 1e6).toFixed(1)]).toEqual([3344, "97.1"]);
});
