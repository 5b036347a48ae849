import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { openTrace } from "../../src/order/open.js";
import type { Trace } from "../../src/order/trace.js";
import { type TimeWindow, WindowedTrace } from "../../src/select/windowed-trace.js";
import { fixtureTraces, goTests, variedTraces } from "../support/corpus.js";
import { readingDifference, readRows } from "../support/event-rows.js";
import { chunkedFile, readBlocks } from "../support/reading.js";
import { StateSums } from "../support/state-sums.js";
import { Validator } from "../support/validator.js";

const open = async (path: string, window: TimeWindow) => new WindowedTrace(await openTraceFile(path), window);

/** Time of a trace's last event. */
async function durationOf(path: string): Promise<number> {
  let end = 0;
  await readBlocks(await openTraceFile(path), (block) => {
    end = block.time[block.length - 1] as number;
  });
  return end;
}

async function sums(path: string, window?: TimeWindow): Promise<Map<string, number>> {
  const trace = window ? await open(path, window) : await openTraceFile(path);
  const listener = new StateSums();
  await readBlocks(trace, (block) => listener.model.block(block));
  listener.model.finish();
  return listener.sums;
}

function added(parts: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const total = new Map<string, number>();
  for (const part of parts) for (const [key, value] of part) total.set(key, (total.get(key) ?? 0) + value);
  return total;
}

const sorted = (map: ReadonlyMap<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

/** Windows beside one another over a whole trace. */
function adjacent(end: number, cuts: readonly number[]): TimeWindow[] {
  const edges = [0, ...cuts.map((share) => Math.floor(end * share)), Number.POSITIVE_INFINITY];
  return edges.slice(1).map((to, i) => ({ from: edges[i] as number, to }));
}

const CUTS = [0.02, 0.4, 0.93];
const small = variedTraces();

describe("windows of a trace beside one another", () => {
  it.each([...small, ...goTests()])(
    "add up to the whole, by goroutine, state and reason: $name",
    async ({ path }) => {
      const end = await durationOf(path);
      const windows = adjacent(end, CUTS).filter(({ from, to }) => from < to && from < end);
      const parts = await Promise.all(windows.map((window) => sums(path, window)));
      expect(sorted(added(parts))).toEqual(sorted(await sums(path)));
    },
  );
});

describe("the window from beginning to end", () => {
  it.each([...fixtureTraces(), ...goTests()])("is the trace itself: $name", async ({ path }) => {
    const whole = await readRows(await openTraceFile(path));
    const end = whole.rows.at(whole.rows.length - 1, "time");
    // A break has no time, so that only a trace without one ends at the time of its last event.
    const ends = whole.error === undefined ? [end, end + 1] : [];
    for (const to of [...ends, Number.POSITIVE_INFINITY])
      expect(readingDifference(await readRows(await open(path, { from: 0, to })), whole)).toBeUndefined();
  });
});

describe("a window in the middle", () => {
  const windowed = async (source: Trace, end: number) =>
    new WindowedTrace(source, { from: Math.floor(end * 0.4), to: Number.POSITIVE_INFINITY });

  it.each([...small, ...goTests()])("makes sense: $name", async ({ path, cut }) => {
    const end = await durationOf(path);
    if (Math.floor(end * 0.4) === 0) return;
    const source = await openTraceFile(path);
    const isFormat1 = source.format.generation === 1;
    const validator = new Validator({ restates: true, isFormat1, repairs: cut !== undefined });
    const error = await readBlocks(await windowed(source, end), (block) => validator.block(block));
    expect(validator.problems).toEqual([]);
    expect(validator.events).toBeGreaterThan(1);
    if (cut !== undefined) expect(error?.code).toBe(cut);
  });

  it.each(fixtureTraces())(
    "is the same in chunks of any size, and by the slow loop: $name",
    async ({ path }) => {
      const window = {
        from: Math.floor((await durationOf(path)) * 0.3),
        to: Math.floor((await durationOf(path)) * 0.7),
      };
      const expected = await readRows(await open(path, window));
      for (const chunk of [7, 100, 1 << 16]) {
        const trace = new WindowedTrace(await openTrace(chunkedFile(path, chunk)), window);
        expect(readingDifference(await readRows(trace), expected)).toBeUndefined();
      }
      const slow = new WindowedTrace(await openTraceFile(path, { slow: true }), window);
      expect(readingDifference(await readRows(slow), expected)).toBeUndefined();
    },
  );

  it.each(fixtureTraces())("cannot begin behind the end: $name", async ({ path }) => {
    const end = await durationOf(path);
    const reading = readRows(await open(path, { from: end + 1, to: end + 10 }));
    await expect(reading).rejects.toThrow(/^nothing is left from .*: the trace ends at /);
  });
});
