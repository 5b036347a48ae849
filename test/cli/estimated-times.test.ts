// @module-tag long
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { StatsReport } from "../../src/analysis/stats/stats-report.js";
import { emptyFolder, fixture, go2perfetto } from "./command.js";

const WHOLE = fixture("annotations-go1.21.trace");

/** The first 20,000 bytes of the trace, which tells the frequency of its clock at its end. */
function cutTrace(): string {
  const path = join(emptyFolder(), "cut.trace");
  writeFileSync(path, readFileSync(WHOLE).subarray(0, 20_000));
  return path;
}

describe("a trace that lacks its clock's frequency", () => {
  test("info says so, and on what its times rest", () => {
    const { code, stdout, stderr } = go2perfetto(["info", cutTrace()]);
    expect(code).toBe(3);
    expect(stdout.toString()).toMatch(/^duration .*\(estimated: the clock's frequency is missing\)$/m);
    expect(stderr).toMatch(/^warning: repaired: [\d,]+ .*times are estimated/m);
  });

  test("stats --json says so, as it does not of a whole one", () => {
    const estimated = (path: string) => {
      const report = JSON.parse(go2perfetto(["stats", "--json", path]).stdout.toString()) as StatsReport;
      return report.trace.timesEstimated;
    };
    expect([estimated(cutTrace()), estimated(WHOLE)]).toEqual([true, false]);
  });

  test("check and diff warn, and say which trace it is", () => {
    const path = cutTrace();
    const checked = go2perfetto(["check", path, "--assert", "sched.p99 < 1h"]);
    expect(checked.code).toBe(3);
    expect(checked.stderr).toMatch(
      /^warning: .*cut\.trace lacks its clock's frequency: limits of durations are checked/m,
    );
    const compared = go2perfetto(["diff", "--json", WHOLE, path]);
    expect(compared.code).toBe(3);
    expect(compared.stderr.match(/lacks its clock's frequency/g)).toHaveLength(1);
    const { a, b } = JSON.parse(compared.stdout.toString());
    expect([a.timesEstimated, b.timesEstimated]).toEqual([false, true]);
  });
});
