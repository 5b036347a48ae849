import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { Explanation } from "../../src/analysis/explain/explanation.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { checkLimits } from "../../src/figures/check.js";
import { OPERATORS, parseLimit } from "../../src/figures/limit.js";
import { needsOf } from "../../src/figures/reports.js";
import { openTraceFile } from "../../src/node.js";
import { fixture } from "../cli/command.js";

test("operators are those of arithmetic", () => {
  const held = (value: number, bound: number) =>
    Object.entries(OPERATORS).flatMap(([name, holds]) => (holds(value, bound) ? [name] : []));
  expect(held(1, 2)).toEqual(["<=", "!=", "<"]);
  expect(held(2, 2)).toEqual(["<=", ">=", "=="]);
  expect(held(3, 2)).toEqual([">=", "!=", ">"]);
});

test("a limit needs explain, or critical paths, only if its figure does", () => {
  const needs = (...limits: string[]) => needsOf(limits.map((limit) => parseLimit(limit).path));
  const none = { explained: false, task: new Set(), region: new Set() };
  expect(needs("sched.p99 < 1ms", "task.order.latency.p99 < 1ms", 'gc.stw["start trace"].max < 1ms')).toEqual(
    none,
  );
  for (const limit of [
    "contention.total < 1s",
    "finding.gc.count == 0",
    "findings.count == 0",
    "load.unused < 1s",
    "stw.delay.max < 1ms",
    "syscalls.max < 1s",
  ])
    expect([limit, needs(limit)]).toEqual([limit, { ...none, explained: true }]);
  const paths = needs("task.order.path.max.total < 1s", "region.brew.path.p99.lock < 1s");
  expect(paths).toEqual({ explained: false, task: new Set(["order"]), region: new Set(["brew"]) });
});

describe("of a trace with tasks, regions and waits", async () => {
  const stats = new TraceStats({ top: 0 });
  const explanation = new Explanation({ top: 100, program: stats.program });
  const trace = await openTraceFile(fixture("annotations-go1.26.trace"));
  await analyze(trace, [...stats.analyses, ...explanation.analyses]);
  const reports = { report: stats.report(), explained: explanation.report() };
  const check = (text: string, allowMissing = false) => {
    const [verdict] = checkLimits(reports, [parseLimit(text)], { allowMissing });
    const { value, isPresent, holds, missing } = verdict ?? {};
    return { value, isPresent, holds, missing };
  };

  test("a limit holds by the figure's value", () => {
    const { complete } = reports.report.tasks;
    const present = { value: complete, isPresent: true, missing: undefined };
    expect(check(`tasks.complete <= ${complete}`)).toEqual({ ...present, holds: true });
    expect(check(`tasks.complete < ${complete}`)).toEqual({ ...present, holds: false });
  });

  test("what did not happen is 0, but a share of nothing has no value", () => {
    const absent = { value: 0, isPresent: false, missing: undefined };
    expect(check('block["network"].total == 0s')).toEqual({ ...absent, holds: true });
    expect(check('mmu["500s"] > 0')).toEqual({ ...absent, value: undefined, holds: false });
  });

  test("a name that neither the trace nor Go has is missing, with those like it", () => {
    const verdict = check("task.makeCappucino.count > 0");
    expect(verdict).toMatchObject({ value: 0, isPresent: false, holds: false });
    expect(verdict.missing).toMatchObject({ what: "type of task", name: "makeCappucino" });
    expect(verdict.missing?.similar[0]).toBe("makeCappuccino");
    expect(verdict.missing?.similar).not.toContain("");
    // An empty limit would hold otherwise.
    expect(check("task.makeCappucino.count == 0").holds).toBe(false);
    expect(check("task.makeCappucino.count == 0", true)).toMatchObject({ holds: true, missing: undefined });
    expect(check('gc.stw["no such kind"].count == 0').missing?.what).toBe("kind of stop-the-world");
    expect(check("region.steamMilk.latency.p99 > 0").missing).toBeUndefined();
  });

  test("a type of task whose critical path is not known is no missing name", () => {
    expect(check("task.makeCappuccino.path.max.total == 0")).toEqual({
      ...{ value: 0, isPresent: false, holds: true, missing: undefined },
    });
    expect(check("task.makeCappucino.path.max.total == 0").missing?.similar[0]).toBe("makeCappuccino");
  });
});
