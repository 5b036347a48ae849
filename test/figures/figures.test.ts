import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { Explanation } from "../../src/analysis/explain/explanation.js";
import {
  type ExplainReport,
  FINDING_KINDS,
  type Finding,
  type FindingKind,
} from "../../src/analysis/explain/finding.js";
import { CriticalPaths } from "../../src/analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../src/analysis/explain/path/instance-times.js";
import type { PathQuery } from "../../src/analysis/explain/path/instances.js";
import type { PathPart, PathReport } from "../../src/analysis/explain/path/path-report.js";
import { Histogram } from "../../src/analysis/histogram.js";
import type { ProcRow } from "../../src/analysis/proc-use.js";
import type { StatsReport } from "../../src/analysis/stats/stats-report.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import { figureNames, pathText, quantityOf } from "../../src/figures/catalogue.js";
import { explainFigures, PATH_PARTS, pathFigures } from "../../src/figures/explain-figures.js";
import { type Figure, figuresOf } from "../../src/figures/figures.js";
import { openTraceFile } from "../../src/node.js";
import { fixture } from "../cli/command.js";
import { validTrace, validTraces } from "../support/corpus.js";
import { oracleSummary } from "../support/oracle.js";
import { LIKE_GO } from "../support/reading.js";

async function read(path: string): Promise<{ report: StatsReport; explained: ExplainReport; all: Summary }> {
  const stats = new TraceStats({ top: 0 });
  const explanation = new Explanation({ top: 100, program: stats.program });
  const all = new Summary({ rows: true });
  await analyze(await openTraceFile(path, LIKE_GO), [...stats.analyses, ...explanation.analyses, all]);
  return { report: stats.report(), explained: explanation.report(), all };
}

/** The critical paths of a type of task or of a region's name. */
async function pathOf(path: string, query: PathQuery): Promise<PathReport | undefined> {
  const times = new InstanceTimes(query);
  await analyze(await openTraceFile(path), [times]);
  const critical = new CriticalPaths(query, times);
  await analyze(await openTraceFile(path), [critical]);
  return critical.report;
}

const figureValue = (figures: ReadonlyMap<string, Figure>, name: string) => figures.get(name)?.value ?? 0;

/** Traces with Go's own summary. */
const SUMMED = ["sync-go1.26", "annotations-go1.26", "http-1s-go1.26"].filter(
  (name) => oracleSummary(validTrace(name)) !== undefined,
);

/** The names in docs/figures.md with their quantities, its abbreviations written out. */
function documented(): Map<string, string> {
  const text = readFileSync(fileURLToPath(new URL("../../docs/figures.md", import.meta.url)), "utf8");
  const [figures = ""] = text.split("## What");
  const rows = [...figures.matchAll(/^\| `(\S+)` \| (\w*) ?\|/gm)].map(([, name = "", quantity = ""]) => [
    name,
    quantity,
  ]);
  const spread = ["total", "min", "p50", "p90", "p99", "p999", "max"].map((name) => [name, "duration"]);
  const abbreviations: [string, string[][]][] = [
    ["STATE", ["runnable", "running", "waiting", "syscall", "syscallBlocked"].map((name) => [name, ""])],
    ["RANGES", [["count", "count"], ["cut", "count"], ...spread]],
    ["SPREAD", [["count", "count"], ...spread]],
    [".KIND", FINDING_KINDS.map((kind) => [pathText(["x", kind]).slice(1), ""])],
    ["PATH", ["max", "p99", "middle"].flatMap((which) => PATH_PARTS.map((part) => [`${which}.${part}`, ""]))],
  ];
  return new Map(
    abbreviations.reduce(
      (names, [word, meanings]) =>
        names.flatMap(([name = "", quantity = ""]) =>
          name.includes(word)
            ? meanings.map(([meaning = "", its]) => [name.replace(word, meaning), its || quantity])
            : [[name, quantity]],
        ),
      rows,
    ) as [string, string][],
  );
}

describe("the figures", () => {
  test("are those that docs/figures.md names, with their quantities", () => {
    const names = documented();
    expect([...names.keys()].sort()).toEqual(
      figureNames()
        .map((name) => name.replaceAll('"*"', '"…"'))
        .sort(),
    );
    expect(names.size).toBeGreaterThan(100);
    for (const [name, quantity] of names) {
      const path = name.split(/\.|(?=\[)/).map((part) => part.replace(/^\["(.*)"\]$/, "$1"));
      expect([name, quantityOf(path)]).toEqual([name, quantity]);
    }
  });

  test("all occur in some trace, and no others", { tags: ["long"] }, async () => {
    const seen = new Set<string>();
    for (const { path } of validTraces().filter(({ name }) =>
      /annotations|gcheavy|sync|gomaxprocs|http-1s|http$/.test(name),
    )) {
      const { report, explained } = await read(path);
      for (const { path: names } of figuresOf({ report, explained }).values()) {
        const generic = names.map((name, i) => (isGiven(names, i) ? "…" : name)).join(".");
        seen.add(generic);
      }
    }
    const drink = await pathOf(fixture("annotations-go1.26.trace"), { taskType: "makeCappuccino" });
    expect(drink).toBeDefined();
    for (const name of Object.keys(flat(pathFigures(drink as PathReport))))
      for (const group of ["task", "region"]) seen.add(`${group}.….path.${name}`);
    const expected = [...documented().keys()].map((name) => name.replace(/\["(.*?)"\]/g, ".$1"));
    expect([...seen].filter((name) => !expected.includes(name))).toEqual([]);
    expect(expected.filter((name) => !seen.has(name))).toEqual([]);
  });

  // Sums of the rows of Go's own summarizer equal ours.
  test.each(SUMMED)("are those of Go's own summary: %s", async (name) => {
    const trace = validTrace(name);
    const figures = figuresOf(await read(trace.path));
    const { byName = {} } = oracleSummary(trace) ?? {};
    expect(Object.keys(byName).length).toBeGreaterThan(3);
    const fields = ["count", "total", "exec", "schedWait", "block", "syscall", "syscallBlocked"];
    const sums = fields.map(() => 0);
    for (const [func, { N, Total, Exec, SchedWait, Block = {}, Syscall, SyscallBlk }] of Object.entries(
      byName,
    )) {
      const blocked = Object.values(Block).reduce((sum, time) => sum + time, 0);
      const official = [N, Total, Exec, SchedWait, blocked, Syscall, SyscallBlk];
      const ours = fields.map((field) => figureValue(figures, `function[${JSON.stringify(func)}].${field}`));
      expect([func, ...ours]).toEqual([func, ...official]);
      for (const [i, value] of official.entries()) sums[i] = (sums[i] as number) + value;
    }
    expect(fields.map((field) => figureValue(figures, `goroutines.${field}`))).toEqual(sums);
    const waits = new Map<string, number>();
    for (const { Block = {} } of Object.values(byName))
      for (const [reason, time] of Object.entries(Block)) waits.set(reason, (waits.get(reason) ?? 0) + time);
    for (const [reason, time] of waits)
      expect([reason, figureValue(figures, pathText(["block", reason, "total"]))]).toEqual([reason, time]);
    const { rangeAttributeTotals: swept = {}, tasks, tasksComplete, threads } = oracleSummary(trace) ?? {};
    expect(
      ["gc.sweeps.bytesSwept", "gc.sweeps.bytesReclaimed", "tasks.complete", "trace.threads"].map((figure) =>
        figureValue(figures, figure),
      ),
    ).toEqual([
      swept["GC incremental sweep: bytes swept"] ?? 0,
      swept["GC incremental sweep: bytes reclaimed"] ?? 0,
      tasksComplete,
      threads,
    ]);
    expect(figureValue(figures, "tasks.count")).toBe((tasks ?? []).filter(({ ID }) => ID > 0).length);
  });

  test("of durations are of whole ones, but the totals of all", async () => {
    const figures = figuresOf(await read(validTrace("annotations-go1.26").path));
    const names = ["count", "cut", "max", "total"].map((name) => `gc.cycles.${name}`);
    // By Go's text: it began before the trace, and ended 517.248 µs after its beginning.
    expect(names.map((name) => figureValue(figures, name))).toEqual([0, 1, 0, 517_248]);
    const waits = ["count", "total"].map((name) => figureValue(figures, `block["forever"].${name}`));
    expect(waits).toEqual([0, 0]);
  });

  test("of Ps are sums, with the shares of their time; of no time there are none", async () => {
    const { report } = await read(validTrace("sync-go1.26").path);
    const figures = figuresOf({ report });
    const sum = (of: (row: (typeof report.procs)[number]) => number) =>
      report.procs.reduce((all, row) => all + of(row), 0);
    const value = (name: string) => figureValue(figures, `procs.${name}`);
    expect([value("count"), value("total"), value("busy"), value("idle")]).toEqual([
      report.procs.length,
      sum(({ total }) => total),
      sum(({ busy }) => busy),
      sum(({ idle }) => idle),
    ]);
    const shares = ["busyShare", "syscallShare", "schedulingShare", "idleShare"].map(value);
    expect(shares.reduce((all, share) => all + share, 0)).toBeCloseTo(1, 12);
    expect(value("busyShare")).toBe(value("busy") / value("total"));
    const [row] = report.procs;
    const none = { ...row, total: 0, busy: 0, gc: 0, syscall: 0, scheduling: 0, idle: 0 } as ProcRow;
    const idle = figuresOf({ report: { ...report, procs: [none] } });
    expect([...idle.keys()].filter((name) => /^procs\..*Share$/.test(name))).toEqual([]);
    expect(idle.get("procs.idle")?.value).toBe(0);
  });

  test("of mutator utilization are those of windows shorter than the trace", async () => {
    const { report } = await read(validTrace("sync-go1.26").path);
    const windows = (duration: number) =>
      [...figuresOf({ report: { ...report, trace: { ...report.trace, duration } } }).values()]
        .filter(({ path }) => path[0] === "mmu")
        .map(({ path }) => path[1]);
    expect(windows(1_000_001)).toContain("1ms");
    expect(windows(1_000_000)).not.toContain("1ms");
    expect(windows(1_000_000)).toContain("500µs");
  });

  test("of critical paths are the sums of their parts", () => {
    const part = (doing: string, time: number) => ({ doing, time, function: "main.main" });
    const path = (duration: number, ...parts: PathPart[]) => ({ duration, parts });
    const paths = {
      slowest: path(
        100,
        part("GC assist", 1),
        part("stop-the-world", 2),
        part("network", 4),
        part("network", 8),
      ),
      slow: path(50, part("lock", 16)),
      middle: path(25, part("sleeping", 32)),
    } as unknown as PathReport;
    const none = Object.fromEntries(PATH_PARTS.map((name) => [name, 0]));
    expect(pathFigures(paths)).toEqual({
      max: { ...none, total: 100, assist: 1, stw: 2, gc: 3, network: 12 },
      p99: { ...none, total: 50, lock: 16 },
      middle: { ...none, total: 25, sleeping: 32 },
    });
  });

  test("of critical paths are below the type of task or the region", async () => {
    const { report } = await read(validTrace("annotations-go1.26").path);
    const drink = (await pathOf(fixture("annotations-go1.26.trace"), {
      taskType: "makeCappuccino",
    })) as PathReport;
    const paths = { task: new Map([["makeCappuccino", drink]]), region: new Map() };
    const figures = figuresOf({ report, paths });
    expect(figures.get("task.makeCappuccino.path.max.total")).toMatchObject({
      ...{ value: drink.slowest.duration, path: ["task", "makeCappuccino", "path", "max", "total"] },
    });
  });

  test("of explain count findings, also those that are not listed, and have the weightiest of each kind", () => {
    const finding = (kind: FindingKind, weight: number) => ({ kind, weight }) as Finding;
    const figures = explainFigures({
      findings: [finding("gc", 0.5), finding("lock-contention", 0.25), finding("gc", 0.125)],
      more: 7,
      trace: { duration: 1000 },
      totals: {
        contention: { count: 1, total: 2, max: 3, most: 4 },
        load: { saturated: 250, queued: 6, unused: 7 },
        stopDelays: { count: 8, total: 9, max: 10 },
        syscalls: { count: 11, total: 12, max: 13, long: 14, lostProc: 15 },
      },
    } as unknown as ExplainReport);
    expect(figures).toMatchObject({
      findings: { count: 10 },
      finding: {
        gc: { count: 2, weight: 0.5 },
        "lock-contention": { count: 1, weight: 0.25 },
        "too-few-ps": { count: 0, weight: 0 },
      },
      contention: { count: 1, total: 2, max: 3, most: 4 },
      load: { saturated: 250, queued: 6, unused: 7, saturatedShare: 0.25 },
      stw: { delay: { count: 8, total: 9, max: 10 } },
      syscalls: { count: 11, total: 12, max: 13, long: 14, lostProc: 15 },
    });
  });

  test("of stop-the-world together are those of its kinds, of regions those of their rows", async () => {
    const { report, all } = await read(validTrace("annotations-go1.26").path);
    const { stw, stopTheWorld } = report.gc;
    const sum = (of: (row: (typeof stopTheWorld)[number]) => number) =>
      stopTheWorld.reduce((total, row) => total + of(row), 0);
    expect(stopTheWorld.length).toBeGreaterThan(1);
    expect([stw.total, stw.cut, stw.durations.count]).toEqual([
      sum((row) => row.total),
      sum((row) => row.cut),
      sum((row) => row.durations.count),
    ]);
    expect(stw.durations.max).toBe(Math.max(...stopTheWorld.map((row) => row.durations.max)));
    for (const { name, complete, latency } of report.regions.byName) {
      const spans = all.regions.filter(
        (row) =>
          row.name === name &&
          row.since !== undefined &&
          row.until !== undefined &&
          row.begin === "begun" &&
          row.end === "ended",
      );
      const histogram = new Histogram();
      for (const { since = 0, until = 0 } of spans) histogram.add(until - since);
      expect([name, complete, latency]).toEqual([name, spans.length, histogram.distribution()]);
    }
    expect(report.regions.byName.length).toBeGreaterThan(2);
  });
});

/** The names of figures in groups. */
function flat(groups: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(groups).flatMap(([group, below]) =>
      Object.entries(below as object).map(([name, value]) => [`${group}.${name}`, value]),
    ),
  );
}

/** Whether a name in a path comes from the trace, by the names before it. */
function isGiven(path: readonly string[], at: number): boolean {
  if (at === 2) return path[0] === "gc" && path[1] === "stw" && path.length === 4;
  return at === 1 && ["function", "block", "task", "region", "mmu"].includes(path[0] ?? "");
}
