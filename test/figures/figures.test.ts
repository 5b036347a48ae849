import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { Explanation } from "../../src/analysis/explain/explanation.js";
import { type ExplainReport, FINDING_KINDS } from "../../src/analysis/explain/finding.js";
import { CriticalPaths } from "../../src/analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../src/analysis/explain/path/instance-times.js";
import type { PathQuery } from "../../src/analysis/explain/path/instances.js";
import type { PathReport } from "../../src/analysis/explain/path/path-report.js";
import { Histogram } from "../../src/analysis/histogram.js";
import type { StatsReport } from "../../src/analysis/stats/stats-report.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import { figureNames, pathText, quantityOf } from "../../src/figures/catalogue.js";
import { PATH_PARTS, pathFigures } from "../../src/figures/explain-figures.js";
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
    for (const [func, { N, Exec, SchedWait, Syscall }] of Object.entries(byName)) {
      const figure = (field: string) => figureValue(figures, `function[${JSON.stringify(func)}].${field}`);
      expect([func, figure("count"), figure("exec")]).toEqual([func, N, Exec]);
      expect([func, figure("schedWait"), figure("syscall")]).toEqual([func, SchedWait, Syscall]);
    }
    const exec = Object.values(byName).reduce((sum, { Exec }) => sum + Exec, 0);
    expect(figureValue(figures, "goroutines.exec")).toBe(exec);
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
