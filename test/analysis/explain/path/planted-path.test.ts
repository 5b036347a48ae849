import { describe, expect, test } from "vitest";
import { analyze } from "../../../../src/analysis/analysis.js";
import { CriticalPaths } from "../../../../src/analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../../../src/analysis/explain/path/instance-times.js";
import type { PathPart, PathReport } from "../../../../src/analysis/explain/path/path-report.js";
import { openTraceFile } from "../../../../src/node.js";
import { FAULT_RELEASES, faultTrace, plantedLines } from "../../../support/planted-faults.js";

const LINE = plantedLines().get("path")?.line;

async function requestsOf(path: string): Promise<PathReport | undefined> {
  const query = { taskType: "request" };
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

  test("without that, nothing sleeps", async () => {
    const report = await requestsOf(faultTrace(release, "path", "mended"));
    expect(report?.slowest.parts.filter(({ doing }) => doing === "sleeping")).toEqual([]);
  });
});
