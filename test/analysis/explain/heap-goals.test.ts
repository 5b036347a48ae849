import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { HeapGoals } from "../../../src/analysis/explain/heap-goals.js";
import { openTraceFile } from "../../../src/node.js";
import { emptyFolder } from "../../cli/command.js";
import { numberField, parsedEvents, quotedField } from "../../support/go-parsed.js";
import { goSourceWith, parsedByGo } from "../../support/go-tool.js";
import { FAULT_RELEASES, faultTrace } from "../../support/planted-faults.js";

const go = goSourceWith("src/internal/trace/reader.go", "heap goals beside Go's own text");

/** The sums by the text of Go's own reader. */
function asGoTells(path: string): Partial<HeapGoals> {
  const sums = { cycles: 0, withoutGoal: 0, withLowGoal: 0, live: 0, goals: 0 };
  let [allocated, goal, left] = [Number.NaN, Number.NaN, Number.NaN];
  for (const event of parsedEvents(parsedByGo(path, go?.root ?? ""))) {
    const isMetric = event.kind === "Metric";
    const name = isMetric || event.kind.startsWith("Range") ? quotedField(event, "Name") : "";
    if (isMetric && name === "/memory/classes/heap/objects:bytes") allocated = numberField(event, "Value");
    if (isMetric && name === "/gc/heap/goal:bytes") goal = numberField(event, "Value");
    if (name !== "GC concurrent mark phase") continue;
    if (event.kind === "RangeEnd") left = allocated;
    if (event.kind !== "RangeBegin" || Number.isNaN(left + goal)) continue;
    sums.cycles++;
    sums.live += left;
    sums.goals += goal;
    if (goal === 0) sums.withoutGoal++;
    else if (goal / left < 1.8) sums.withLowGoal++;
  }
  return sums;
}

test
  .runIf(go)
  .each(
    FAULT_RELEASES.flatMap((release) =>
      ["gc-assist", "memory-limit"].map((fault) => [release, fault] as const),
    ),
  )("the live heap and the goal when cycles begin are those of Go's text: %s, %s", async (release, fault) => {
  const path = join(emptyFolder(), "go.trace");
  writeFileSync(path, gunzipSync(readFileSync(faultTrace(release, fault, "planted"))));
  const heap = new HeapGoals();
  expect(await analyze(await openTraceFile(path), [heap])).toBe(undefined);
  expect(heap.cycles).toBeGreaterThan(3);
  expect(heap).toMatchObject(asGoTells(path));
});
