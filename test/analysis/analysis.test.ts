import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Analysis, AnalysisPass, analyze } from "../../src/analysis/analysis.js";
import { EventCounts } from "../../src/analysis/event-counts.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import type { Changes } from "../../src/sched/changes.js";
import type { SchedListener } from "../../src/sched/listener.js";
import { SchedModel } from "../../src/sched/model.js";
import { FIXTURES } from "../support/corpus.js";
import { openBytes, readBlocks } from "../support/reading.js";

const bytes = readFileSync(join(FIXTURES, "sync-go1.26.trace"));
const CALLS = ["block", "proc", "other", "cut", "cutProc", "finish"] as const;

/** Writes down every call. */
function recorder(log: string[]): SchedListener {
  const record =
    (call: string) =>
    (...args: readonly unknown[]): void => {
      log.push(`${call} ${call === "block" ? "" : args.join(" ")}`);
    };
  const changes = ({ event, length, slot, to }: Changes): void => {
    for (let i = 0; i < length; i++) log.push(`change ${event[i]} ${slot[i]} ${to[i]}`);
  };
  const calls = Object.fromEntries(CALLS.map((call) => [call, record(call)]));
  return { ...calls, changes } as unknown as SchedListener;
}

test("every analysis of a pass gets the same calls as a listener of the model, in the same order", async () => {
  const direct: string[] = [];
  const model = new SchedModel(recorder(direct));
  await readBlocks(await openBytes(bytes), (block) => model.block(block));
  model.finish();
  const logs: string[][] = [[], []];
  const models: SchedModel[] = [];
  const analyses = logs.map(
    (log): Analysis => ({ ...recorder(log), start: (shared) => models.push(shared) }),
  );
  expect(await analyze(await openBytes(bytes), [...analyses, { finish() {} }])).toBeUndefined();
  expect(direct.length).toBeGreaterThan(1000);
  expect(logs).toEqual([direct, direct]);
  expect(models[0]).toBe(models[1]);
});

test("a trace that is cut gives its error, and the figures up to there", async () => {
  const [summary, counts] = [new Summary({ rows: true }), new EventCounts()];
  let end = 0;
  const clock: Analysis = {
    finish(time) {
      end = time;
    },
  };
  const cut = bytes.subarray(0, bytes.length - 3000);
  const error = await analyze(await openBytes(cut), [summary, counts, clock]);
  expect(error?.code).toBe("truncated");
  expect(counts.events).toBeGreaterThan(100);
  expect(summary.goroutines.length).toBeGreaterThan(5);
  for (const { times } of summary.goroutines) {
    const waits = Object.values(times.block).reduce((sum, time) => sum + time, 0);
    const parts = times.exec + times.schedWait + times.syscall + times.syscallBlocked + waits + times.unknown;
    expect(parts).toBeGreaterThanOrEqual(times.total);
    expect(times.total).toBeLessThanOrEqual(end);
  }
});

test("without events there are no figures and no exception", () => {
  const summary = new Summary();
  const counts = new EventCounts();
  new AnalysisPass([summary, counts]).end();
  expect(summary.functions).toEqual([]);
  expect(summary.regionTypes).toEqual([]);
  expect([counts.events, counts.transitions, counts.ranges]).toEqual([0, [], []]);
});
