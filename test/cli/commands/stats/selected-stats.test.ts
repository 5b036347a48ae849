import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { AnalysisPass } from "../../../../src/analysis/analysis.js";
import type { StatsReport } from "../../../../src/analysis/stats/stats-report.js";
import { Summary } from "../../../../src/analysis/summary/summary.js";
import { readReport } from "../../../../src/cli/commands/stats/trace-report.js";
import type { SelectionOptions } from "../../../../src/cli/options/selection.js";
import { Messages } from "../../../../src/cli/process/messages.js";
import { openTraceFile } from "../../../../src/node.js";
import { type CorpusTrace, fixtureTraces } from "../../../support/corpus.js";
import { durationOf, Intervals } from "../../../support/intervals.js";
import { sharedDir } from "../../../support/optional.js";
import { readBlocks } from "../../../support/reading.js";

/** Rows that are kept: all of these traces. */
const ALL = 1e6;
/** Goroutines of each trace that are looked at, spread over all. */
const SOME = 8;
const TRACES = fixtureTraces().filter(({ name }) =>
  ["annotations-go1.21", "annotations-go1.26", "sync-go1.26", "syscalls-go1.22"].includes(name),
);

async function reportOf({ path }: CorpusTrace, options: SelectionOptions): Promise<StatsReport> {
  const silent = new Messages({ quiet: true }, () => undefined);
  return (await readReport(path, ALL, { quiet: true, ...options }, silent)).report;
}

/** What is known of the whole trace, as rows, and by an own walk. */
async function wholeOf({ path }: CorpusTrace) {
  const [summary, intervals] = [new Summary({ rows: true }), new Intervals()];
  const pass = new AnalysisPass([summary, intervals]);
  await readBlocks(await openTraceFile(path), (block) => pass.events(block));
  pass.end();
  return { summary, intervals };
}

function spread<T>(rows: readonly T[]): T[] {
  const step = Math.max(1, rows.length / SOME);
  return Array.from({ length: Math.min(SOME, rows.length) }, (_, i) => rows[Math.floor(i * step)] as T);
}

describe.each(TRACES)("stats of a goroutine of $name", (trace) => {
  test("has the rows that the goroutine has in the whole, and the program's figures", {
    tags: ["long"],
  }, async () => {
    const { summary, intervals } = await wholeOf(trace);
    const whole = await reportOf(trace, {});
    for (const { pc: _, ...row } of spread(summary.goroutines)) {
      const { id } = row;
      const report = await reportOf(trace, { goroutine: [{ id }] });
      const own = <T extends { readonly goroutine: number }>(rows: readonly T[]) =>
        rows.filter(({ goroutine }) => goroutine === id);

      expect(report.goroutines.top).toEqual([row]);
      expect(report.goroutines.byFunction.map((each) => [each.function, each.count, each.times])).toEqual([
        [row.function, 1, row.times],
      ]);
      expect(Object.fromEntries(report.blocking.map(({ reason, total }) => [reason, total]))).toEqual(
        row.times.block,
      );
      const waits = own(intervals.waits);
      const total = waits.reduce((sum, wait) => sum + durationOf(wait), 0);
      expect([report.sched.count, report.sched.total]).toEqual([waits.length, total]);
      for (const { goroutine, since, duration, waker, meanwhile } of report.sched.worst) {
        const until = since + duration;
        expect(waits).toContainEqual({ goroutine, since, until, waker });
        expect(meanwhile.reduce((sum, { time }) => sum + time, 0)).toBe(intervals.ran(since, until));
      }
      const regions = (rows: StatsReport["regions"]["top"]) =>
        new Set(rows.map((each) => JSON.stringify(each)));
      expect(regions(report.regions.top)).toEqual(regions(own(summary.regions)));
      const ids = report.tasks.top.map((task) => task.id).sort((a, b) => a - b);
      const tasks = whole.tasks.top.filter(({ goroutines }) => goroutines.includes(id));
      expect(ids).toEqual(tasks.map((task) => task.id).sort((a, b) => a - b));
      for (const task of report.tasks.top) expect(tasks).toContainEqual(task);

      expect(report.scope).toBe("selection");
      expect([report.trace, report.gc, report.procs, report.mmu]).toEqual([
        whole.trace,
        whole.gc,
        whole.procs,
        whole.mmu,
      ]);
    }
  });

  test("in a window knows who woke it before, and what ran", async () => {
    const { summary, intervals } = await wholeOf(trace);
    const { trace: all } = await reportOf(trace, {});
    const [from, to] = [Math.floor(all.duration / 4), Math.floor((all.duration * 3) / 4)];
    const within = intervals.waits.filter(({ since, until }) => since >= from && until < to);
    for (const { id } of spread(summary.goroutines.filter(({ times }) => times.exec > 0))) {
      // Which goroutines there are is another thing than what they did.
      const report = await reportOf(trace, { from, to, goroutine: [{ id }] }).catch(() => undefined);
      const waits = within.filter(({ goroutine }) => goroutine === id);
      if (report === undefined) {
        expect(waits).toEqual([]);
        continue;
      }
      expect(report.sched.count).toBe(waits.length);
      for (const { goroutine, since, duration, waker, meanwhile } of report.sched.worst) {
        const until = since + duration;
        expect(waits).toContainEqual({ goroutine, since, until, waker });
        expect(meanwhile.reduce((sum, { time }) => sum + time, 0)).toBe(intervals.ran(since, until));
      }
    }
  });

  test("tells no task or region complete that began before its window", { tags: ["long"] }, async () => {
    const { summary } = await wholeOf(trace);
    const { trace: all } = await reportOf(trace, {});
    const from = Math.floor(all.duration / 3);
    const { tasks, regions } = await reportOf(trace, { from });
    const complete = summary.tasks.filter(({ begin, end }) => (begin ?? 0) >= from && end !== undefined);
    expect(tasks.complete).toBe(complete.length);
    const seen = summary.regions.filter(
      ({ since, begin, end }) => since !== undefined && begin === "begun" && since >= from && end === "ended",
    );
    expect(regions.byPlace.reduce((sum, row) => sum + row.complete, 0)).toBe(seen.length);
  });
});

const shared = sharedDir();
test.skipIf(shared === undefined)("a latency of a web shop has its true cause", async () => {
  const path = join(shared ?? "", "traces", "field", "shop-live.trace");
  const trace = { name: "shop-live", oracle: "", path };
  const window = { from: 1e9, to: 1.103e9 };
  const { sched, procs } = await reportOf(trace, { ...window, goroutine: [{ id: 54 }] });
  const [worst] = sched.worst;
  expect([worst?.waker, worst?.meanwhile[0]?.function]).toEqual([68, "net/http.(*conn).serve"]);
  expect(((worst?.meanwhile[0]?.time ?? 0) / 1e6).toFixed(1)).toBe("49.5");
  expect(procs).toEqual((await reportOf(trace, window)).procs);
});
