import { expect, test } from "vitest";
import type { ProgramLoad } from "../../../src/analysis/explain/program-load.js";
import { Load } from "../../../src/analysis/explain/program-load.js";
import type { RunFunctions } from "../../../src/analysis/explain/run-functions.js";
import { SaturatedRuns } from "../../../src/analysis/explain/saturated-runs.js";
import type { StackNumbers } from "../../../src/analysis/profile/stack-numbers.js";
import type { Changes } from "../../../src/sched/changes.js";

const MS = 1e6;
const SLOT = 3;
const PROC = 1;

/** A goroutine that runs again and again on one P. */
class Program {
  readonly times = [0];
  readonly runs = new SaturatedRuns(
    { times: this.times } as unknown as ProgramLoad,
    { of: (stack: number) => stack } as StackNumbers,
    { of: (func: number) => func } as unknown as RunFunctions,
  );
  time = 5 * MS;

  /** It runs for so many milliseconds, with others that wait for a P in so many. @param samples of it, at its beginning */
  run(func: number, ms: number, saturated: number, samples = 0): this {
    const since = this.time;
    this.runs.begin(SLOT);
    for (let i = 0; i < samples; i++) this.runs.sample(since, PROC, SLOT, since);
    this.time += ms * MS;
    this.times[Load.Saturated] = (this.times[Load.Saturated] as number) + saturated * MS;
    const row = { func: [func], goroutine: [7], proc: [PROC], since: [since], time: [this.time] };
    this.runs.end(SLOT, row as unknown as Changes, 0, func);
    return this;
  }
}

test("runs while others wait count by function, and the worst is told", () => {
  const { runs } = new Program().run(0, 10, 5).run(1, 60, 20).run(0, 40, 15).run(2, 90, 0);
  expect(runs.byFunction).toEqual([undefined, 20 * MS, 20 * MS]);
  const longest = { goroutine: 7, since: 15 * MS, duration: 60 * MS, saturated: 20 * MS, stack: 1 };
  expect(runs.longest).toEqual(longest);
  expect([runs.hogging, runs.hogs]).toEqual([0, []]);
});

test("runs of 50 ms while others wait are those that the scheduler failed to end", () => {
  const { runs } = new Program().run(0, 100, 49).run(0, 60, 50).run(1, 70, 70);
  expect([runs.hogging, runs.hogs]).toEqual([2, [undefined, 50 * MS, 70 * MS]]);
});

test("CPU samples tell of such a run if it began after the first and ended before the last", () => {
  const program = new Program().run(0, 80, 80);
  const { hogProfile } = program.runs;
  program.run(0, 1, 0, 1).run(0, 60, 60, 6).run(0, 70, 70);
  expect([hogProfile.time, hogProfile.samples]).toEqual([0, 0]);
  program.run(0, 1, 0, 1).run(0, 90, 90, 9);
  expect([hogProfile.time, hogProfile.samples]).toEqual([130 * MS, 6]);
});
