import { describe, expect, test } from "vitest";
import { openTrace, sourceOf } from "../../src/index.js";
import { findSelection, type SelectionQuery, type TracePart } from "../../src/select/find-selection.js";
import { AnnotatedTrace } from "../support/annotated-trace.js";

// Its events are a microsecond apart.
const trace = new AnnotatedTrace()
  .begin(1, 1, 0, "around")
  .begin(1, 2, 1, "request")
  .enter(2, 2, "work")
  .exit(2, 2, "work")
  .log(3, 1, "note", "")
  .begin(3, 4, 0, "other")
  .end(1, 2)
  .end(3, 4)
  .end(1, 1);

async function find(query: Partial<SelectionQuery>): Promise<TracePart> {
  const open = () => openTrace(sourceOf([trace.bytes()]));
  return findSelection({ goroutines: [], ...query }, { open });
}

/** The times of all tasks' beginnings and ends. */
async function times(): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for await (const block of (await openTrace(sourceOf([trace.bytes()]))).blocks())
    for (let i = 0; i < block.length; i++) {
      const edge = { 35: "begin", 36: "end" }[block.kind[i] as number];
      if (edge !== undefined) found.set(`${edge} ${block.subject[i]}`, block.time[i] as number);
    }
  return found;
}

describe("the part of a trace that is selected", () => {
  test("is a task's time and goroutines, with the tasks that these work for, and those around", async () => {
    const at = await times();
    const { window, selection } = await find({ task: { type: "request" } });
    expect(window).toEqual({ from: at.get("begin 2"), to: (at.get("end 2") ?? 0) + 1 });
    expect(selection).toEqual({ goroutines: new Set([1, 2]), tasks: new Set([1, 2]) });
  });

  test("is within a window that is asked for, in the time of the whole trace", async () => {
    const at = await times();
    const from = (at.get("begin 1") ?? 0) + 500;
    const to = (at.get("end 2") ?? 0) - 500;
    const { window } = await find({ task: { id: 2 }, window: { from, to: from + 1e9 } });
    expect(window).toEqual({ from: at.get("begin 2"), to: (at.get("end 2") ?? 0) + 1 });
    expect((await find({ task: { id: 2 }, window: { from, to } })).window).toEqual({
      from: at.get("begin 2"),
      to,
    });
  });

  test("is of the goroutines that match both a task and a selector, and of the tasks of these", async () => {
    const { selection } = await find({ task: { type: "around" }, goroutines: [{ id: 2 }, { id: 3 }] });
    expect(selection).toEqual({ goroutines: new Set([2, 3]), tasks: new Set([1, 2, 4]) });
    const { selection: one } = await find({ task: { type: "around" }, goroutines: [{ id: 2 }] });
    expect(one).toEqual({ goroutines: new Set([2]), tasks: new Set([1, 2]) });
    await expect(find({ task: { type: "request" }, goroutines: [{ id: 3 }] })).rejects.toThrow(
      "none of the selected goroutines works for the task or trace",
    );
  });
});
