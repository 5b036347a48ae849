import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ExplainReport } from "../../../../src/analysis/explain/finding.js";
import { formatDuration } from "../../../../src/base/duration.js";
import { optionalPart } from "../../../support/optional.js";
import { emptyFolder, filesIn, fixture, go2perfetto } from "../../command.js";

const TRACE = fixture("sync-go1.26.trace");
const check = (trace: string, ...args: string[]) => {
  const { code, stdout, stderr } = go2perfetto(["check", trace, ...args]);
  return { code, lines: stdout.toString().trimEnd().split("\n"), stderr };
};

/** The first 40,000 bytes of the trace. */
function cutTrace(): string {
  const path = join(emptyFolder(), "cut.trace");
  writeFileSync(path, readFileSync(TRACE).subarray(0, 40_000));
  return path;
}

describe("check", () => {
  test("prints each limit with the figure that stats --json has", () => {
    const report = JSON.parse(go2perfetto(["stats", "--json", TRACE]).stdout.toString());
    const limits = [
      "sched.p99 < 1s",
      "goroutines.count<1000",
      "gc.stw.max > 1ns",
      'block["sync"].total != 0',
    ];
    const { code, lines, stderr } = check(TRACE, "--assert", ...limits);
    const total = report.blocking.find(({ reason }: { reason: string }) => reason === "sync").total;
    expect([code, stderr]).toEqual([0, ""]);
    expect(lines.map((line) => line.split(/ {2,}/))).toEqual([
      ["ok", "sched.p99 < 1s", formatDuration(report.sched.p99)],
      ["ok", "goroutines.count<1000", String(report.goroutines.count)],
      ["ok", "gc.stw.max > 1ns", formatDuration(report.gc.stw.durations.max)],
      ["ok", 'block["sync"].total != 0', formatDuration(total)],
    ]);
  });

  test("knows figures of explain, and of critical paths", () => {
    const path = fixture("annotations-go1.26.trace");
    const json = (...args: string[]) =>
      JSON.parse(go2perfetto(["explain", "--json", ...args, path]).stdout.toString()) as ExplainReport;
    const task = json("--task", "makeCappuccino").path;
    const region = json("--region", "mixMilkCoffee").path;
    const { contention, stopDelays } = json().totals;
    const limits = [
      "contention.max >= 0",
      "stw.delay.max >= 0",
      "finding.leak.count == 0",
      'finding["lock-contention"].weight < 5%',
      "task.makeCappuccino.path.max.sleeping > 0",
      "task.makeCappuccino.path.p99.total > 0",
      "region.mixMilkCoffee.path.middle.running >= 0",
    ];
    const sleeping = task?.slowest.parts.find(({ doing }) => doing === "sleeping")?.time ?? 0;
    const running = region?.middle.parts.filter(({ doing }) => doing === "running") ?? [];
    const { code, lines, stderr } = check(path, "--assert", ...limits);
    expect([code, stderr]).toEqual([0, ""]);
    expect(lines.map((line) => line.split(/ {2,}/)[2])).toEqual([
      formatDuration(contention.max),
      formatDuration(stopDelays.max),
      "0",
      "0%",
      formatDuration(sleeping),
      formatDuration(task?.slow.duration ?? 0),
      formatDuration(running.reduce((sum, { time }) => sum + time, 0)),
    ]);
    const piped = go2perfetto(["check", "-", "--assert", limits[4] ?? ""], { input: readFileSync(path) });
    expect([piped.code, piped.stderr]).toEqual([2, expect.stringContaining("can be read only once")]);
  });

  test("exits with 4 if one is exceeded, and says so of no other", () => {
    const { code, lines } = check(TRACE, "--assert", "sched.p99 < 1s", "--assert", "sched.max < 1us");
    expect(code).toBe(4);
    expect(lines.map((line) => line.split(" ")[0])).toEqual(["ok", "exceeded"]);
  });

  test("what did not happen is 0, and is said to be of no name that occurs", { tags: ["long"] }, () => {
    const { code, lines } = check(TRACE, "--assert", "block.network.total < 1s", 'mmu["1h"] > 1%');
    expect(code).toBe(4);
    expect(lines[0]).toMatch(/^ok .* 0s \(nothing of that name in the trace\)$/);
    expect(lines[1]).toMatch(/^exceeded .* the trace has no such figure$/);
  });

  test.each([
    ['function["main.mutexWroker"].exec < 1h', 'no function "main.mutexWroker"', "main.mutexWorker"],
    ["block.snyc.total < 1h", 'no reason of waiting "snyc"', "sync"],
    ['gc.stw["stop trac"].max < 1h', 'no kind of stop-the-world "stop trac"', "start trace"],
    ["task.job.count < 1", 'no type of task "job"', "The trace has none"],
    ["region.job.count < 1", 'no region "job"', "The trace has none"],
  ])("a name that is mistyped fails: %s", { tags: ["long"] }, (limit, what, advice) => {
    const { code, lines, stderr } = check(TRACE, "--assert", limit, "sched.max < 1ns");
    expect([code, lines[0]]).toEqual([1, expect.stringMatching(/^missing /)]);
    expect(lines[0]?.split(/ {2,}/)).toEqual(["missing", limit, `${what} in the trace`]);
    expect(stderr).toMatch(`error: ${TRACE} has ${what}\n`);
    expect(stderr).toMatch(new RegExp(`^  .*${advice}.*--allow-missing`, "m"));
  });

  test("--allow-missing takes what is missing for 0", { tags: ["long"] }, () => {
    const { code, lines, stderr } = check(TRACE, "--allow-missing", "--assert", "task.job.count < 1");
    expect([code, stderr]).toEqual([0, ""]);
    expect(lines[0]).toMatch(/^ok .* 0 \(nothing of that name in the trace\)$/);
  });

  test.each([
    [["check", "--assert", "sched.max < 1s", TRACE], 1],
    [["check", "--assert", "sched.max < 1s", "sched.p99 < 1s", TRACE, "--from", "1ms"], 2],
    [["-q", "check", "--assert", "sched.max < 1s", "--", TRACE], 1],
    [["--from", "1ms", "-q", "check", TRACE, "--assert=sched.max < 1s"], 1],
  ])("takes the trace and the options in any order: %j", { tags: ["long"] }, (args, limits) => {
    const { code, stdout, stderr } = go2perfetto(args);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout.toString().match(/^ok /gm)).toHaveLength(limits);
  });

  test("of a part of the trace", { tags: ["long"] }, () => {
    const { lines } = check(TRACE, "--to", "10ms", "--assert", "trace.duration == 10ms");
    expect(lines[0]).toMatch(/^ok /);
  });

  test.each([
    ["an exceeded limit before what was lost", "sched.max < 1ns", [], 4],
    ["what was lost, if limits hold", "sched.max < 1s", [], 3],
    ["a failure before an exceeded limit", "sched.max < 1ns", ["--strict"], 1],
    ["wrong usage before a failure", "sched.max < 1", ["--strict"], 2],
  ])("the exit code tells %s", { tags: ["long"] }, (_what, limit, more, code) => {
    expect(check(cutTrace(), ...more, "--assert", limit).code).toBe(code);
  });

  test("a limit that does not parse shows where", () => {
    const { code, stderr } = check(TRACE, "--assert", "sched.p99 <\t5 ms");
    expect(code).toBe(2);
    expect(stderr).toMatch(/\n {2}sched\.p99 <\\u00095 ms\n {2} {17}\^\n/);
  });

  test("limits are needed, and what is no limit is said to be none", () => {
    expect([check(TRACE).code, check(TRACE).stderr]).toEqual([
      2,
      expect.stringContaining("--assert <EXPR...>"),
    ]);
    expect(go2perfetto(["check", "--assert", "sched.p99", TRACE]).code).toBe(2);
  });

  test("a trace that cannot be read writes no report", { tags: ["long"] }, () => {
    const folder = emptyFolder();
    const { code } = check(fixture("NOTICE"), "--assert", "sched.p99 < 1s", "--junit", join(folder, "r.xml"));
    expect([code, filesIn(folder)]).toEqual([1, []]);
  });
});

const PARSE = `
import sys, json, xml.etree.ElementTree as tree
root = tree.parse(sys.stdin.buffer).getroot()
print(json.dumps([root.tag, root.attrib, [[s.attrib, [[c.attrib, [[e.tag, e.attrib, e.text] for e in c]] for c in s]] for s in root]]))`;
const havePython = optionalPart("JUnit reports read by Python's parser of XML", () =>
  spawnSync("python3", ["--version"]).status === 0 ? undefined : "there is no python3",
);

test.runIf(havePython)("--junit writes well-formed XML, a test for each limit", () => {
  const folder = emptyFolder();
  const path = join(folder, '<a> & "b"\u0001.trace');
  writeFileSync(path, readFileSync(TRACE));
  const odd = 'function["<&\'\\u0000\\u001b\u{10ffff}"].count < 1';
  const none = "block.network.count < 1";
  const file = join(folder, "report.xml");
  const { code, lines } = check(path, "--assert", "sched.max < 1ns", odd, none, "--junit", file);
  expect(code).toBe(1);
  const { stdout, stderr } = spawnSync("python3", ["-c", PARSE], { input: readFileSync(file) });
  expect(stderr.toString()).toBe("");
  const [tag, counts, suites] = JSON.parse(stdout.toString());
  expect([tag, counts.tests, counts.failures]).toEqual(["testsuites", "3", "2"]);
  const [[{ name }, cases]] = suites;
  expect(name).toBe(join(folder, '<a> & "b"\\u0001.trace'));
  expect(cases).toEqual([
    [
      { classname: name, name: "sched.max < 1ns" },
      [["failure", { message: lines[0]?.split(/ {2,}/)[2], type: "limit" }, null]],
    ],
    [
      { classname: name, name: odd },
      [
        [
          "failure",
          { message: expect.stringMatching(/^no function "<&'.*" in the trace$/), type: "missing" },
          null,
        ],
      ],
    ],
    [{ classname: name, name: none }, [["system-out", {}, "0 (nothing of that name in the trace)"]]],
  ]);
});

test("--junit - writes the report alone to standard output", { tags: ["long"] }, () => {
  const { code, lines } = check(TRACE, "--assert", "sched.max < 1s", "--junit", "-");
  expect([code, lines[0], lines.at(-1)]).toEqual([
    0,
    '<?xml version="1.0" encoding="UTF-8"?>',
    "</testsuites>",
  ]);
});
