import { describe, expect, test } from "vitest";
import { ALL, analyze } from "../../../../src/analysis/analysis.js";
import { CriticalPaths } from "../../../../src/analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../../../src/analysis/explain/path/instance-times.js";
import type { Instance, PathQuery } from "../../../../src/analysis/explain/path/instances.js";
import type { PathReport } from "../../../../src/analysis/explain/path/path-report.js";
import { Summary } from "../../../../src/analysis/summary/summary.js";
import { openTrace, sourceOf } from "../../../../src/index.js";
import { openTraceFile } from "../../../../src/node.js";
import { partOf } from "../../../../src/select/find-selection.js";
import type { TimeWindow } from "../../../../src/select/windowed-trace.js";
import { otherTraces, someValidTraces, validTrace, variedTraces } from "../../../support/corpus.js";
import { goroutinesWithRegions } from "../../../support/many-of-each.js";

interface Piece {
  readonly since: number;
  readonly until: number;
}

interface Paths {
  readonly times: InstanceTimes;
  readonly report: PathReport | undefined;
  /** Every instance with the pieces of its path, from the last to the first. */
  readonly pieces: ReadonlyMap<Instance, Piece[]>;
}

const WHOLE: TimeWindow = { from: 0, to: Number.POSITIVE_INFINITY };
const open = async (path: string, window: TimeWindow) => partOf(await openTraceFile(path), { window });

async function pathsOf(path: string, query: PathQuery, kept?: number, window = WHOLE): Promise<Paths> {
  const times = new InstanceTimes(query);
  await analyze(await open(path, window), [times]);
  const pieces = new Map<Instance, Piece[]>();
  const paths = new CriticalPaths(query, times, kept, (instance, { since, until }) => {
    const known = pieces.get(instance) ?? [];
    pieces.set(instance, known);
    known.push({ since, until });
  });
  await analyze(await open(path, window), [paths]);
  return { times, report: paths.report, pieces };
}

/** What is wrong with the pieces of a path: they go from the end to the beginning, and each adjoins the one before. */
function gaps({ pieces }: Paths): string[] {
  return [...pieces].flatMap(([{ id, since, until }, path]) => {
    let time = until;
    for (const piece of path) {
      if (piece.until !== time || piece.since >= piece.until)
        return [`${id}: ${time} ${JSON.stringify(piece)}`];
      time = piece.since;
    }
    return time === since ? [] : [`${id}: ends at ${time} instead of ${since}`];
  });
}

/** Expects the critical paths of as many tasks and regions, with the same latencies, as the summary has whole ones. */
async function expectThoseOfStats(path: string, window = WHOLE): Promise<void> {
  const summary = new Summary();
  await analyze(await open(path, window), [summary]);
  for (const { type, latency } of summary.taskTypes.filter(({ type: name }) => name !== "").slice(0, 3)) {
    const paths = await pathsOf(path, { taskType: type }, undefined, window);
    expect([type, paths.times.durations.distribution()]).toEqual([type, latency]);
    expect(gaps(paths)).toEqual([]);
  }
  for (const { latency, name } of summary.regionNames.slice(0, 3)) {
    const paths = await pathsOf(path, { region: name }, undefined, window);
    expect([name, paths.times.durations.distribution()]).toEqual([name, latency]);
    expect(gaps(paths)).toEqual([]);
  }
}

const total = (parts: readonly { readonly time: number }[]) => parts.reduce((sum, { time }) => sum + time, 0);

describe.each([...variedTraces(), ...otherTraces()])("critical paths of $name", ({ path }) => {
  // Two intervals are fewer than any path needs: the rest is unknown.
  test.each([undefined, 100, 2])(
    "cover whole lives of goroutines without gap or overlap, with %s intervals kept",
    async (kept) => {
      const paths = await pathsOf(path, { goroutines: ALL }, kept);
      expect(gaps(paths)).toEqual([]);
      const { report, times } = paths;
      expect(report === undefined).toBe(times.durations.count === 0);
      if (report === undefined) return;
      expect(total(report.slowest.parts)).toBe(report.slowest.duration);
      expect(report.slowest.duration).toBe(times.durations.max);
      // Also if all take about as long.
      expect(report.middle.count).toBeGreaterThanOrEqual(report.latency.count / 2);
      expect(total(report.slow.parts)).toBeCloseTo(report.slow.duration, 3);
    },
  );

  test("are those of the tasks and regions that stats counts", () => expectThoseOfStats(path));
});

test.each(someValidTraces(["annotations-go1.21", "annotations-go1.26"]))(
  "so are those of a part, in the middle of whose tasks it begins: $name",
  async ({ path }) => {
    const summary = new Summary({ rows: true });
    await analyze(await openTraceFile(path), [summary]);
    for (const { begin = 0, end } of summary.tasks.filter(({ type }) => type === "makeCappuccino"))
      if (end !== undefined)
        await expectThoseOfStats(path, { ...WHOLE, from: Math.floor((begin + end) / 2) });
  },
);

test("a wait is followed to the one that ended it, and its wait to the next", async () => {
  const { report } = await pathsOf(validTrace("annotations-go1.26").path, { taskType: "makeCappuccino" });
  const doing = report?.slowest.parts.map(({ doing: what, function: func }) => `${what} ${func}`);
  expect(doing?.slice(0, 3)).toEqual([
    "sleeping main.order.func1",
    "runnable main.order.func1",
    "running main.main.func4",
  ]);
});

test("a region counts on any of very many live goroutines", async () => {
  const times = new InstanceTimes({ region: "work" });
  await analyze(await openTrace(sourceOf([goroutinesWithRegions(1000)])), [times]);
  expect(times.durations.count).toBe(1000);
});
