import { describe, expect, test } from "vitest";
import { Overview } from "../../src/analysis/overview.js";
import { BucketClock, CoveredTime, HighestValue, MOST_BUCKETS } from "../../src/analysis/timeline/buckets.js";
import { analyze } from "../../src/index.js";
import { openTraceFile } from "../../src/node.js";
import { validTraces } from "../support/corpus.js";

/** Numbers that only look random. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state % below;
  };
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("buckets", () => {
  test("have the time that intervals cover of each, whatever their order and however time grows", () => {
    const clock = new BucketClock();
    const covered = new CoveredTime(clock);
    const next = numbers(7);
    const intervals = Array.from({ length: 400 }, (_, i) => {
      const until = next(10 * (i + 1) ** 2 + 1);
      return { since: Math.max(0, until - next(3000)), until };
    });
    for (const { since, until } of intervals) covered.add(since, until);
    const { width } = clock;
    expect(width).toBeGreaterThan(1000);
    const expected = Array.from({ length: MOST_BUCKETS }, (_, i) =>
      sum(
        intervals.map(({ since, until }) =>
          Math.max(0, Math.min(until, (i + 1) * width) - Math.max(since, i * width)),
        ),
      ),
    );
    expect(covered.times(MOST_BUCKETS)).toEqual(expected);
  });

  test("have the highest value of each", () => {
    const clock = new BucketClock();
    const highest = new HighestValue(clock);
    const next = numbers(3);
    const values = Array.from({ length: 300 }, (_, i) => ({ time: 11 * i, value: next(1000) }));
    for (const { time, value } of values) highest.add(time, value);
    const expected = Array.from({ length: MOST_BUCKETS }, (_, i) => {
      const within = values.filter(({ time }) => Math.floor(time / clock.width) === i);
      return within.length === 0 ? null : Math.max(...within.map(({ value }) => value));
    });
    expect(highest.values(MOST_BUCKETS)).toEqual(expected);
  });
});

describe("over all buckets, the times are those of the statistics", () => {
  test.each(
    validTraces().filter(({ name }) =>
      /^(annotations-go1.26|annotations-go1.21|sync-go1.26|gcheavy-go1.24)$/.test(name),
    ),
  )("$name", async ({ path }) => {
    const overview = new Overview();
    expect(await analyze(await openTraceFile(path), overview.analyses)).toBeUndefined();
    const { stats, timeline } = overview.figures();
    expect(timeline.length).toBe(Math.ceil(stats.trace.duration / timeline.width));
    expect(timeline.length).toBeLessThanOrEqual(MOST_BUCKETS);
    expect(timeline.procs.map(({ proc, busy }) => [proc, sum(busy)])).toEqual(
      stats.procs.filter(({ busy }) => busy > 0).map(({ proc, busy }) => [proc, busy]),
    );
    const { cycles, stw, assists } = stats.gc;
    expect([timeline.gc, timeline.stw, timeline.assists].map(sum)).toEqual(
      [cycles, stw, assists].map(({ total }) => total),
    );
    const exec = sum(stats.goroutines.byFunction.map(({ times }) => times.exec));
    expect(sum(timeline.states.running)).toBe(exec);
  });
});
