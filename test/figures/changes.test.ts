import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import type { ExplainReport } from "../../src/analysis/explain/finding.js";
import type { ProfileStream } from "../../src/analysis/profile/profile.js";
import type { StatsReport } from "../../src/analysis/stats/stats-report.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { byChange, type Change, changeOf, figureChanges } from "../../src/figures/changes.js";
import { findingChanges } from "../../src/figures/finding-changes.js";
import { stackChanges } from "../../src/figures/stack-changes.js";
import { openTraceFile } from "../../src/node.js";
import { fixture } from "../cli/command.js";

describe("what changed between two traces", () => {
  test("is B − A, relative to A", () => {
    expect(changeOf(4, 6)).toEqual({ a: 4, b: 6, change: 2, relative: 0.5 });
    expect(changeOf(4, 0)).toMatchObject({ change: -4, relative: -1 });
    expect(changeOf(0, 6).relative).toBeUndefined();
  });

  test("is sorted by how much, by how much of A, and by name", () => {
    const rows: (Change & { name: string })[] = [
      { name: "a tenth", ...changeOf(100, 110) },
      { name: "b of the same", ...changeOf(10, 20) },
      { name: "a of the same", ...changeOf(10, 20) },
      { name: "new", ...changeOf(0, 10) },
      { name: "less by far", ...changeOf(90, 10) },
    ];
    expect(rows.sort(byChange(({ name }) => name)).map(({ name }) => name)).toEqual([
      "less by far",
      "new",
      "a of the same",
      "b of the same",
      "a tenth",
    ]);
  });

  test("has what happened in one of them only, but no share that one lacks", async () => {
    const stats = new TraceStats({ top: 0 });
    await analyze(await openTraceFile(fixture("hello-go1.26.trace")), stats.analyses);
    const some = stats.report();
    const mmu = (window: number) => [
      {
        flags: ["stw", "background", "assist", "sweep", "workersOnce"],
        curve: [{ window, utilization: 0.5 }],
      },
    ];
    const report = (changed: object): StatsReport => ({ ...some, ...changed }) as unknown as StatsReport;
    const trace = { ...some.trace, duration: 1e9 };
    const a = report({ trace, mmu: mmu(1e6) });
    const b = report({ trace, mmu: mmu(1e7), tasks: { ...some.tasks, count: 3 } });
    const changes = figureChanges({ report: a }, { report: b });
    const quantities = changes.map(({ quantity }) => quantity);
    expect([...new Set(quantities)]).toEqual(["duration", "count", "bytes", "share"]);
    expect(changes.find(({ name }) => name === "tasks.count")).toMatchObject({ a: 0, b: 3, change: 3 });
    expect(changes.find(({ quantity }) => quantity === "count")?.name).toBe("tasks.count");
    expect(changes.filter(({ name }) => name.startsWith("mmu"))).toEqual([]);
  });
});

describe("findings of two traces", () => {
  const finding = (kind: string, weight: number, place?: string, subject?: string, line = 1) => ({
    ...{ kind, weight, sentence: `${kind} ${place ?? subject}: ${weight}` },
    ...(place !== undefined && { place: { function: place, file: "main.go", line } }),
    ...(subject !== undefined && { subject }),
  });
  const report = (...findings: object[]) => ({ findings }) as unknown as ExplainReport;

  test("are new ones, those that went, and the others by how much they changed", () => {
    const a = report(
      finding("lock-contention", 0.5, "main.gone"),
      finding("lock-contention", 0.25, "main.less", undefined, 7),
      finding("stop-the-world", 0.125, undefined, "start trace"),
    );
    const b = report(
      finding("stop-the-world", 0.25, undefined, "GC mark termination"),
      finding("stop-the-world", 0.25, undefined, "start trace"),
      finding("lock-contention", 0.0625, "main.less", undefined, 9),
    );
    expect(findingChanges(a, b)).toEqual([
      {
        ...{ kind: "stop-the-world", subject: "GC mark termination", change: 0.25 },
        b: { weight: 0.25, sentence: "stop-the-world GC mark termination: 0.25" },
      },
      {
        ...{ kind: "lock-contention", change: -0.5 },
        place: { function: "main.gone", file: "main.go", line: 1 },
        a: { weight: 0.5, sentence: "lock-contention main.gone: 0.5" },
      },
      {
        ...{ kind: "lock-contention", change: -0.1875 },
        place: { function: "main.less", file: "main.go", line: 9 },
        a: { weight: 0.25, sentence: "lock-contention main.less: 0.25" },
        b: { weight: 0.0625, sentence: "lock-contention main.less: 0.0625" },
      },
      {
        ...{ kind: "stop-the-world", subject: "start trace", change: 0.125 },
        a: { weight: 0.125, sentence: "stop-the-world start trace: 0.125" },
        b: { weight: 0.25, sentence: "stop-the-world start trace: 0.25" },
      },
    ]);
  });
});

test("stacks of two traces are those of the same functions, whatever their lines; each kind and reason apart", () => {
  const sample = (func: string, reason: string, count: number, time: number, line: number) => ({
    ...{ stack: [{ func, line }], values: [count, time], labels: { reason } },
  });
  const profile = (kind: string, ...samples: object[]) => ({ kind, samples }) as unknown as ProfileStream;
  const a = [
    profile("wait", sample("main.f", "sleep", 2, 50, 1), sample("main.f", "sleep", 1, 10, 2)),
    profile("running", sample("main.f", "", 1, 5, 1)),
  ];
  const b = [profile("wait", sample("main.f", "sleep", 1, 20, 3), sample("main.f", "sync", 4, 90, 1))];
  const row = (kind: string, reason: string, one: [number, number], other: [number, number]) => ({
    ...{ kind, reason, stack: ["main.f"], ...changeOf(one[1], other[1]) },
    count: { a: one[0], b: other[0] },
  });
  expect(stackChanges(a, b)).toEqual([
    row("wait", "sync", [0, 0], [4, 90]),
    row("wait", "sleep", [3, 60], [1, 20]),
    row("running", "", [1, 5], [0, 0]),
  ]);
});
