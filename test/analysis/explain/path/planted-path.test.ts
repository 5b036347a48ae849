import { describe, expect, test } from "vitest";
import { ALL, analyze } from "../../../../src/analysis/analysis.js";
import { CriticalPaths } from "../../../../src/analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../../../src/analysis/explain/path/instance-times.js";
import type { PathQuery } from "../../../../src/analysis/explain/path/instances.js";
import type { PathPart, PathReport } from "../../../../src/analysis/explain/path/path-report.js";
import { openTraceFile } from "../../../../src/node.js";
import { FAULT_RELEASES, faultTrace, plantedLines } from "../../../support/planted-faults.js";

const LINE = plantedLines().get("path")?.line;
const ANSWER = plantedLines().get("path-answer")?.line;

async function requestsOf(path: string): Promise<PathReport | undefined> {
  return reportOf(path, { taskType: "request" });
}

async function reportOf(path: string, query: PathQuery): Promise<PathReport | undefined> {
  const times = new InstanceTimes(query);
  await analyze(await openTraceFile(path), [times]);
  const paths = new CriticalPaths(query, times);
  await analyze(await openTraceFile(path), [paths]);
  return paths.report;
}

const isPlanted = (part: PathPart | undefined) =>
  part?.doing === "sleeping" && part.function === "main.hold" && part.place?.line === LINE;

describe.each(FAULT_RELEASES)("tasks of a program of %s", (release) => {
  test("the slowest waits for who holds the lock that its worker wants", async () => {
    const report = await requestsOf(faultTrace(release, "path", "planted"));
    expect(report?.latency.count).toBe(60);
    const [first, ...rest] = report?.slowest.parts ?? [];
    expect([first?.doing, first?.function, first?.place?.line]).toEqual(["sleeping", "main.hold", LINE]);
    // The worker's own part is the same as in any other task.
    expect(rest).toContainEqual(expect.objectContaining({ doing: "running", function: "main.serve" }));
    expect(rest.filter(({ doing }) => doing === "lock" || doing === "blocked")).toEqual([]);
    expect(isPlanted(report?.differences[0])).toBe(true);
    expect(report?.differences[0]?.middle).toBe(0);
    expect(report?.middle.parts[0]).toMatchObject({ doing: "running", function: "main.serve" });
  });

  // The run goes on beyond, to a wait at another line, which has nothing to do with the task.
  test("its worker ran up to the line where it answers", async () => {
    const report = await requestsOf(faultTrace(release, "path", "planted"));
    expect(report?.middle.parts[0]).toMatchObject({
      doing: "running",
      function: "main.serve",
      place: { function: "main.serve", line: ANSWER },
    });
  });

  test("a system call has its place also when it has lost its P, and a run that of the program's line", async () => {
    const report = await reportOf(faultTrace(release, "syscalls", "planted"), { goroutines: ALL });
    const calls = report?.slow.parts.filter(({ doing }) => doing === "system call") ?? [];
    expect(calls.map(({ place }) => place?.function)).toEqual(calls.map(() => "main.syscalls.func1"));
    const runs = report?.slow.parts.filter(({ doing, place }) => doing === "running" && place) ?? [];
    expect(runs.filter(({ place }) => place?.function.startsWith("syscall."))).toEqual([]);
  });

  test("without that, nothing sleeps", async () => {
    const report = await requestsOf(faultTrace(release, "path", "mended"));
    expect(report?.slowest.parts.filter(({ doing }) => doing === "sleeping")).toEqual([]);
  });
});
