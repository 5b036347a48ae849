import { copyFileSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { ExplainReport } from "../../../../src/analysis/explain/finding.js";
import type { StatsReport } from "../../../../src/analysis/stats/stats-report.js";
import { documentedTypes, violations } from "../../../support/documented-types.js";
import { emptyFolder, fixture, go2perfetto } from "../../command.js";

const golden = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../golden/${name}`, import.meta.url)), "utf8");

function json(...args: string[]): StatsReport {
  const { code, stdout, stderr } = go2perfetto(["stats", "--json", ...args]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout.toString()) as StatsReport;
}

describe("stats", () => {
  test.each([
    ["annotations-go1.26.stats.txt", ["--top", "3", fixture("annotations-go1.26.trace")]],
    ["sync-go1.26.stats.md", ["--top", "2", "--markdown", fixture("sync-go1.26.trace")]],
  ])("prints what was reviewed: %s", (name, args) => {
    const { code, stdout } = go2perfetto(["stats", ...args]);
    expect(code).toBe(0);
    expect(stdout.toString()).toBe(golden(name));
  });

  test("begins with a summary and the weightiest findings of explain", () => {
    const path = fixture("sync-go1.26.trace");
    const text = go2perfetto(["stats", path]).stdout.toString();
    const explained = JSON.parse(go2perfetto(["explain", "--json", path]).stdout.toString()) as ExplainReport;
    const [summary = "", findings = ""] = text.split(/^(?=What held|Goroutines by start)/m);
    expect(summary.split("\n")[3]?.trim().split(/ {2,}/).slice(0, 3)).toEqual(["56.0 ms", "86", "4"]);
    const told = findings.split("\n").filter((line) => /^ *[\d.]+% {2}/.test(line));
    expect(told.map((line) => line.trim().split(/ {2,}/).slice(1))).toEqual(
      explained.findings.slice(0, 3).map(({ kind, sentence }) => [kind, sentence]),
    );
  });

  test("a printed point in time, pasted after --from, keeps what happened then, and a microsecond later does not", () => {
    const path = fixture("sync-go1.26.trace");
    const rows = (...args: string[]) => {
      const text = go2perfetto(["stats", "--top", "1000", ...args, path]).stdout.toString();
      const [, table = ""] = text.split("Worst scheduler latencies");
      return [...table.matchAll(/^ *[\d.]+ .?s +(\d+\.\d{6}s) +(\d+) /gm)].map(
        ([, at = "", id]) => `${at} ${id}`,
      );
    };
    const last = rows().sort().at(-1) ?? "";
    const [at = ""] = last.split(" ");
    expect(rows("--from", at)).toContain(last);
    const later = `${Number.parseFloat(at) * 1e6 + 1}us`;
    expect(rows("--from", later)).not.toContain(last);
  });

  // The trace has switches between coroutines, for whose waits Go's events name no reason.
  test("does not take waits of coroutines for such that began before the trace", () => {
    const { stdout } = go2perfetto(["stats", fixture("gomaxprocs-go1.26.trace")]);
    const [, rows = ""] = stdout.toString().split("Blocking by reason");
    expect(rows).toMatch(/^\(unknown\) +1\.45 s +73 /m);
    expect(rows).not.toContain("(began before the trace)");
  });

  test("gives JSON of the described version, from standard input too, the same every time", () => {
    const path = fixture("sync-go1.26.trace");
    const report = json(path);
    expect([report.version, report.trace.incomplete]).toEqual([1, false]);
    expect(violations(documentedTypes("stats-schema.md"), "Report", report, "", new Set())).toEqual([]);
    expect(report.sched.count).toBe(3344);
    const piped = go2perfetto(["stats", "--json", "-"], { input: readFileSync(path) });
    expect(JSON.parse(piped.stdout.toString())).toEqual(report);
  });

  test("--top limits single rows, and nothing that is summed", { tags: ["long"] }, () => {
    const few = json("--top", "2", fixture("annotations-go1.26.trace"));
    const many = json("--top", "1000", fixture("annotations-go1.26.trace"));
    expect([few.goroutines.top.length, few.tasks.top.length, few.regions.top.length]).toEqual([2, 2, 2]);
    expect(many.goroutines.top.length).toBe(many.goroutines.count);
    expect(many.tasks.top.length).toBe(many.tasks.count);
    expect(few.goroutines.top).toEqual(many.goroutines.top.slice(0, 2));
    const sums = ({ goroutines, tasks, regions }: StatsReport) => [
      goroutines.byFunction,
      tasks.byType,
      regions.byPlace,
    ];
    expect(sums(few)).toEqual(sums(many));
  });

  test("figures of a part of the trace: a window, some goroutines", { tags: ["long"] }, () => {
    const path = fixture("sync-go1.26.trace");
    const whole = json(path);
    const halves = [json(path, "--to", "10ms"), json(path, "--from", "10ms")];
    const exec = (report: StatsReport, name: string) =>
      report.goroutines.byFunction.find((row) => row.function === name)?.times.exec ?? 0;
    for (const name of ["main.mutexWorker", "main.rwWriter", "main.main"])
      expect(halves.reduce((sum, report) => sum + exec(report, name), 0)).toBe(exec(whole, name));
    const some = json(path, "--goroutine", "main.consumer");
    expect(some.goroutines.byFunction.map((row) => row.function)).toEqual(["main.consumer"]);
    expect(exec(some, "main.consumer")).toBe(exec(whole, "main.consumer"));
  });

  test.each([
    ["sync-go1.26.trace", "10ms", 10e6],
    ["annotations-go1.26.trace", "300us", 300e3],
  ])("points in time of a part are those of the whole trace: %s", (name, option, from) => {
    const path = fixture(name);
    const dump = go2perfetto(["dump", path]).stdout.toString().split("\n");
    const happened = new Set(dump.map((line) => line.replace(/^(\d+) m=\S+ p=\S+ g=\S+ (\w+).*$/, "$1 $2")));
    const { start, goroutines, sched, tasks, regions, gc } = json("--top", "1000", "--from", option, path);
    const times = [
      ...sched.worst.map(({ since, duration }) => [since + duration, "GoStart"]),
      ...gc.top.map(({ since }) => [since, "GcBegin"]),
      ...goroutines.top.flatMap(({ started = 0 }) => (started > from ? [[started, "GoStart"]] : [])),
      ...tasks.top.flatMap(({ begin }) => (begin === undefined ? [] : [[begin, "TaskBegin"]])),
      ...regions.top.flatMap(({ until, end }) => (end === "ended" ? [[until, "RegionEnd"]] : [])),
    ];
    expect([start, goroutines.top.every(({ created }) => created >= from)]).toEqual([from, true]);
    expect(times.length).toBeGreaterThan(10);
    expect(times.filter(([time, kind]) => !happened.has(`${time} ${kind}`))).toEqual([]);
  });

  test("a trace that is cut gives the figures up to there, and exit code 3", () => {
    const path = join(emptyFolder(), "cut.trace");
    copyFileSync(fixture("sync-go1.26.trace"), path);
    truncateSync(path, 40_000);
    const { code, stdout, stderr } = go2perfetto(["stats", "--json", path]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/is incomplete: the input ends/);
    const report = JSON.parse(stdout.toString()) as StatsReport;
    expect(report.trace.incomplete).toBe(true);
    expect(report.goroutines.count).toBeGreaterThan(5);
    const strict = go2perfetto(["stats", "--json", "--strict", path]);
    expect([strict.code, strict.stdout.length]).toEqual([1, 0]);
  });

  test.each([
    [["--json", "--markdown"], /cannot be used with/],
    [["--top", "0"], /whole number from 1/],
    [["--top", "1.5"], /whole number from 1/],
    [["--from", "2s", "--to", "1s"], /--from is not before --to/],
  ])("wrong usage: %j", (args, message) => {
    const { code, stderr, stdout } = go2perfetto(["stats", ...args, fixture("hello-go1.26.trace")]);
    expect([code, stdout.length]).toEqual([2, 0]);
    expect(stderr).toMatch(message);
  });
});
