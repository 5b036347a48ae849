import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Explanation } from "../../../src/analysis/explain/explanation.js";
import type { Finding } from "../../../src/analysis/explain/finding.js";
import { openTrace, sourceOf } from "../../../src/index.js";
import { BatchWriter, runningThread } from "../../support/batch-writer.js";
import { wireString } from "../../support/trace-builder.js";

const MS = 1e6;
const TASK = 5;

/** A thread that runs goroutine 1 on P 0, which begins a task of type "request" and a region in it. */
function threadInTask(): BatchWriter {
  const thread = runningThread();
  thread.trace.strings(wireString(1, "request"), wireString(2, "step"), wireString(3, "preempted"));
  return thread.event("UserTaskBegin", 10, TASK, 0, 1, 0).event("UserRegionBegin", 10, TASK, 2, 0);
}

async function findingOf(thread: BatchWriter, kind: Finding["kind"]): Promise<Finding | undefined> {
  const explanation = new Explanation();
  await analyze(await openTrace(sourceOf([thread.end().bytes()])), explanation.analyses);
  return explanation.report().findings.find((each) => each.kind === kind);
}

const figure = (finding: Finding | undefined, name: string) =>
  finding?.figures.find((each) => each.name === name)?.value;

test("mark assists take the time of the task whose region is open, also that of its creator", async () => {
  const thread = threadInTask();
  thread.event("GCMarkAssistBegin", 10, 0).event("GCMarkAssistEnd", 30 * MS);
  thread.event("GoCreate", 10, 2, 0, 0).event("UserRegionEnd", 10, TASK, 2, 0);
  thread.event("GCMarkAssistBegin", 10, 0).event("GCMarkAssistEnd", 10 * MS);
  thread.event("GoStop", 10, 3, 0).event("GoStart", 10, 2, 1);
  thread
    .event("GCMarkAssistBegin", 10, 0)
    .event("GCMarkAssistEnd", 20 * MS)
    .event("GoDestroy", 10);
  const found = await findingOf(thread, "gc-assist");
  expect(figure(found, "assists")).toBe(60 * MS);
  expect(figure(found, 'taken from tasks "request"')).toBe(50 * MS);
  expect(found?.sentence).toMatch(/, 83\.3% from tasks "request"\.$/);
});

test("a stop-the-world takes the time of the tasks that it stops", async () => {
  const thread = threadInTask();
  const other = new BatchWriter(thread.trace, 8).event("ProcStatus", 1, 1, 1).event("GoStatus", 1, 3, 8, 2);
  const region = 100;
  other.event("UserRegionBegin", region - 2, TASK, 2, 0);
  thread.event("UserRegionEnd", 20, TASK, 2, 0);
  const begin = 2 * MS;
  thread.event("STWBegin", begin - (thread.time - 10), 3, 0);
  other.event("GoStop", begin + 5 * MS - region, 3, 0).event("ProcStop", 10);
  thread.event("STWEnd", 20 * MS);
  other.end();
  const found = await findingOf(thread, "stop-the-world");
  expect(figure(found, "stop-the-world")).toBe(20 * MS);
  expect(figure(found, 'taken from tasks "request"')).toBe(15 * MS);
});

test("without tasks none is named", async () => {
  const thread = runningThread()
    .event("GCMarkAssistBegin", 10, 0)
    .event("GCMarkAssistEnd", 30 * MS);
  const found = await findingOf(thread, "gc-assist");
  expect(found?.figures.filter(({ name }) => name.includes("task"))).toEqual([]);
  expect(found?.sentence).toMatch(/was taken from goroutines of [^,]+\.$/);
});

/** A goroutine assists the GC for 30 ms, all the time that it runs; then the program is idle. */
function idleFor(time: number): BatchWriter {
  const thread = runningThread()
    .event("GCMarkAssistBegin", 10, 0)
    .event("GCMarkAssistEnd", 30 * MS);
  return thread.event("GoDestroy", 10).event("ProcStop", 10).event("ProcStart", time, 0, 1);
}

test.each([
  [0, 1],
  [470, 0.06],
  [1400, 0.021],
])(
  "mark assists of a program that is idle for %i ms weigh their share of the trace",
  async (idle, weight) => {
    expect((await findingOf(idleFor(idle * MS), "gc-assist"))?.weight).toBeCloseTo(weight, 3);
  },
);

test("mark assists are no finding if they take less than 2 % of the trace, though nothing else ran", async () => {
  expect(await findingOf(idleFor(1600 * MS), "gc-assist")).toBeUndefined();
});

test("a stop-the-world for which no P had to be waited says so, and names no goroutine", async () => {
  const thread = threadInTask();
  const idle = new BatchWriter(thread.trace, 8).event("ProcStatus", 1, 1, 2);
  thread.event("STWBegin", 10, 3, 0).event("STWEnd", 20 * MS);
  idle.end();
  const found = await findingOf(thread, "stop-the-world");
  expect(found?.sentence).toMatch(
    /^The world was stopped once for "preempted", 20\.0 ms in all\. No P kept it waiting\./,
  );
  expect(figure(found, "until all Ps had stopped")).toBe(0);
  expect(found?.stack).toEqual([]);
  expect(found?.worst?.duration).toBe(20 * MS);
  expect(found?.worst).not.toHaveProperty("goroutine");
});
