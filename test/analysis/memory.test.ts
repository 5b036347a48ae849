// @module-tag long
import { expect, test } from "vitest";
import { type Analysis, AnalysisPass } from "../../src/analysis/analysis.js";
import { Explanation } from "../../src/analysis/explain/explanation.js";
import { CriticalPaths } from "../../src/analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../src/analysis/explain/path/instance-times.js";
import { KIND_NAMES } from "../../src/analysis/profile/kinds.js";
import { Profiles, type ProfilesOptions } from "../../src/analysis/profile/profiles.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { EndlessProgram } from "../support/endless-program.js";
import { usedMemory } from "../support/used-memory.js";

/** Megabytes by which analyses grow while they see blocks of a thousand events, after half as many. */
function growthOf(analyses: readonly Analysis[], blocks: number): number {
  const pass = new AnalysisPass(analyses);
  const program = new EndlessProgram();
  const feed = (count: number) => {
    for (let i = 0; i < count; i++) {
      pass.events(program.block);
      program.next();
    }
  };
  program.start();
  pass.events(program.block);
  program.first();
  feed(blocks / 2);
  const before = usedMemory();
  feed(blocks);
  const growth = usedMemory() - before;
  pass.end();
  return growth;
}

test("memory of statistics does not grow with the number of events", () => {
  const stats = new TraceStats({ top: 10 });
  // After the kept runs and steps of utilization have reached their limits.
  expect(growthOf(stats.analyses, 8000)).toBeLessThan(4);
  const report = stats.report();
  expect(report.trace.events).toBeGreaterThan(11_000_000);
  expect(report.tasks.complete).toBe(report.goroutines.count - 1);
  expect(report.sched.count).toBeGreaterThan(1_900_000);
});

test("memory of findings and critical paths does not either", () => {
  const query = { taskType: "request" };
  const explanation = new Explanation();
  const times = new InstanceTimes(query);
  const analyses = [...explanation.analyses, times, new CriticalPaths(query, times, 1 << 12)];
  expect(growthOf(analyses, 2000)).toBeLessThan(4);
  expect(times.durations.count).toBeGreaterThan(100_000);
});

test.each<[string, Omit<ProfilesOptions, "kinds">]>([
  ["of whole traces", {}],
  ["of regions", { region: { name: "step", min: 1 } }],
  ["of goroutines", { goroutine: (id) => id % 2 === 0 }],
])("memory of profiles %s does not either", (_what, options) => {
  const profiles = new Profiles({ kinds: KIND_NAMES, ...options });
  expect(growthOf([profiles], 2000)).toBeLessThan(2);
  expect(profiles.profile("running").samples.length).toBeGreaterThan(0);
});
