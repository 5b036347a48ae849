import { expect, test } from "vitest";
import { waitFindings } from "../../../src/analysis/explain/wait-findings.js";
import { Waits } from "../../../src/analysis/explain/waits.js";
import type { SchedModel } from "../../../src/sched/model.js";

const MS = 1e6;
/** A function has the number of its name here. */
const MODEL = { functions: { text: (func: number) => `main.f${func}` } } as unknown as SchedModel;

/**
 * What is found in a second of trace if waits count in full.
 * @param waits milliseconds of each, and the function of the goroutine that ended it
 */
function found(waits: readonly (readonly [ms: number, waker: number])[], reason = "chan receive"): string[] {
  const analysis = new Waits();
  const { sites, stacks } = analysis;
  stacks.frames = () => [{ pc: 0n, func: "main.work", file: "x.go", line: 7 }];
  const site = sites.of(1, 0, () => reason);
  let time = 0;
  for (const [ms, waker] of waits) {
    const length = ms * MS;
    sites.table.enter(site, time);
    sites.table.leave(site, time, time + length, 1, 1);
    sites.cost[site] = (sites.cost[site] as number) + length;
    sites.squares[site] = (sites.squares[site] as number) + length * length;
    sites.releases[site]?.add(1, length);
    sites.wakers[site]?.add(waker, length);
    time += length;
  }
  sites.table.finish(1000 * MS);
  return waitFindings(analysis, MODEL, { duration: 1000 * MS, start: 0 }).map(({ sentence }) => sentence);
}

const times = (count: number, ms: number, waker = 1) => new Array<[number, number]>(count).fill([ms, waker]);

test("a producer is slow if goroutines wait for it ten times, or more often and not as long each time", () => {
  expect(found(times(10, 20))).toHaveLength(1);
  expect(found(times(9, 20))).toEqual([]);
  expect(found([...times(20, 10), ...times(20, 1)])).toHaveLength(1);
});

test("a single wait is said to be ended, not most of them", () => {
  expect(found(times(1, 300), "sync")).toEqual([
    expect.stringContaining(" once, for 300 ms. It was ended by main.f1 "),
  ]);
});

test("a few long waits among many short ones are those of a goroutine with nothing to do", () => {
  expect(found([...times(500, 0.1), ...times(2, 300)])).toEqual([]);
});

test("most waits are said to be ended by one function only if half of the time was", () => {
  expect(found([...times(12, 20, 1), ...times(12, 19, 2)])).toEqual([
    expect.stringContaining("Most were ended by main.f1 "),
  ]);
  expect(found([1, 2, 3].flatMap((waker) => times(10, 20 - waker, waker)))).toEqual([
    expect.stringContaining("Many were ended by main.f1 "),
  ]);
});
