import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ExplainReport } from "../../../../src/analysis/explain/finding.js";
import type { PathReport } from "../../../../src/analysis/explain/path/path-report.js";
import { goPprof, hasGoPprof } from "../../../support/go-pprof.js";
import { pprofProblems } from "../../../support/integrity-pprof.js";
import { type PprofMessage, readPprof } from "../../../support/pprof-reader.js";
import { emptyFolder, fixture, go2perfetto } from "../../command.js";

const TRACE = fixture("annotations-go1.26.trace");
const SYNC = fixture("sync-go1.26.trace");

function profileBy(...args: readonly string[]): PprofMessage {
  const { code, stderr, stdout } = go2perfetto(["pprof", "path", ...args, "-o", "-"]);
  expect([code, stderr]).toEqual([0, ""]);
  const message = readPprof(stdout);
  expect(pprofProblems(message)).toEqual([]);
  return message;
}

function pathBy(...args: readonly string[]): PathReport {
  const { path } = JSON.parse(go2perfetto(["explain", "--json", ...args]).stdout.toString()) as ExplainReport;
  return path as PathReport;
}

/** Nanoseconds by what was done, and goroutine. */
function sums(rows: readonly (readonly [doing: string, goroutine: string, time: number])[]) {
  const all: Record<string, number> = {};
  for (const [doing, goroutine, time] of rows)
    all[`${doing} ${goroutine}`] = (all[`${doing} ${goroutine}`] ?? 0) + time;
  return all;
}

function sumsOf({ sample, string_table: strings }: PprofMessage) {
  const label = ({ label: labels }: PprofMessage["sample"][number], key: string) =>
    strings[Number(labels.find((each) => strings[Number(each.key)] === key)?.str ?? 0)] ?? "";
  return sums(sample.map((each) => [label(each, "reason"), label(each, "goroutine"), Number(each.value[1])]));
}

describe("pprof path", () => {
  test.each([
    [TRACE, "--task", "makeCappuccino"],
    [TRACE, "--region", "mixMilkCoffee"],
    [SYNC, "--goroutine", "main.consumer"],
  ])("of %s %s %s: the times of all instances, and of one what explain says of it", (trace, option, of) => {
    const { latency, slowest } = pathBy(trace, option, of);
    const total = Object.values(sumsOf(profileBy(trace, option, of))).reduce((sum, time) => sum + time, 0);
    expect(total).toBe(latency.total);
    if (option === "--region") return;
    const one = sumsOf(profileBy(trace, option, String(slowest.id)));
    expect(one).toEqual(sums(slowest.parts.map(({ doing, function: func, time }) => [doing, func, time])));
  });

  test.runIf(hasGoPprof("profiles of critical paths, read by go tool pprof"))(
    "go tool pprof shows who was waited for upon the place of the task",
    () => {
      const file = join(emptyFolder(), "path.pb.gz");
      const args = ["pprof", "path", TRACE, "--task", "makeCappuccino", "-o", file];
      expect(go2perfetto(args).stderr).toContain("60 pieces, 1.645 ms");
      const text = goPprof("-traces", "-unit=ns", file);
      expect(text).toMatch(
        /\[sleeping\]\s+time\.Sleep\s+main\.order\.func1\.step\.2\s[\s\S]*?main\.order\.func1\s+sync\.\(\*WaitGroup\)\.Wait\s+main\.order\n/,
      );
    },
  );

  test("says what is wrong", () => {
    const fails = (args: string[], input?: Buffer) => {
      const { code, stderr, stdout } = go2perfetto(["pprof", "path", ...args], input && { input });
      expect(stdout.length).toBe(0);
      return [code, stderr];
    };
    expect(fails([TRACE])).toEqual([2, expect.stringContaining("needs --task, --region or --goroutine")]);
    expect(fails(["--region", "nothing", TRACE])).toEqual([
      1,
      expect.stringContaining('no region "nothing" begins and ends'),
    ]);
    expect(fails(["--task", "makeCappuccino", "--base", SYNC, TRACE])).toEqual([
      2,
      expect.stringContaining("--base cannot be used with path"),
    ]);
    expect(fails(["--task", "makeCappuccino", "-", "-o", "-"], readFileSync(TRACE))).toEqual([
      2,
      expect.stringContaining("can be read only once"),
    ]);
  });
});
