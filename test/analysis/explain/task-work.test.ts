import { expect, test } from "vitest";
import { type Analysis, analyze } from "../../../src/analysis/analysis.js";
import { Waits } from "../../../src/analysis/explain/waits.js";
import { openTrace, sourceOf } from "../../../src/index.js";
import type { SchedModel } from "../../../src/sched/model.js";
import { partOf } from "../../../src/select/find-selection.js";
import { AnnotatedTrace } from "../../support/annotated-trace.js";

/** By goroutine, the type of the task that it works for when the trace ends. */
class WorkAtEnd implements Analysis {
  readonly waits = new Waits();
  readonly types: Record<number, string> = {};
  #model!: SchedModel;

  start(model: SchedModel): void {
    this.#model = model;
  }

  cut(slot: number): void {
    const { tasks } = this.waits;
    const type = tasks.of(slot);
    this.types[this.#model.goroutines.id[slot] as number] = type < 0 ? "" : tasks.types.text(type);
  }
}

/** @param before number of the trace's events that a part of it leaves out: they are a microsecond apart */
async function workOf(trace: AnnotatedTrace, before: number): Promise<WorkAtEnd["types"]> {
  const work = new WorkAtEnd();
  const window = { from: before * 1000 + 500, to: Number.POSITIVE_INFINITY };
  const part = partOf(await openTrace(sourceOf([trace.bytes()])), { window });
  await analyze(part, [work.waits, work]);
  return work.types;
}

test("a goroutine works for the task of its innermost region, also if both are older than a part of the trace", async () => {
  const trace = new AnnotatedTrace()
    .begin(1, 1, 0, "request")
    .enter(1, 1, "handle")
    .enter(2, 1, "render")
    .begin(2, 2, 1, "query")
    .enter(2, 2, "scan")
    .enter(3, 1, "over")
    .exit(3, 1, "over")
    .log(1, 0, "end", "");
  const all = { 1: "request", 2: "query", 3: "" };
  expect(await workOf(trace, 0)).toEqual(all);
  for (const from of [2, 3, 5, 6]) expect([from, await workOf(trace, from)]).toEqual([from, all]);
});
