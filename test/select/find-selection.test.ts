import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stackOf } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { openTrace, sourceOf } from "../../src/index.js";
import { openTraceFile } from "../../src/node.js";
import { findSelection, type SelectionQuery, type TracePart } from "../../src/select/find-selection.js";
import type { GoroutineSelector } from "../../src/select/goroutine-selector.js";
import { SelectionError } from "../../src/select/selection-error.js";
import { AnnotatedTrace } from "../support/annotated-trace.js";
import { FIXTURES, validTrace } from "../support/corpus.js";
import { oracleSummary } from "../support/oracle.js";

// Its events are a microsecond apart.
const trace = new AnnotatedTrace()
  .begin(1, 1, 0, "around")
  .begin(1, 2, 1, "request")
  .enter(2, 2, "work")
  .exit(2, 2, "work")
  .log(3, 1, "note", "")
  .begin(3, 4, 0, "other")
  .create(3, 5)
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

  test("has those that made its goroutines runnable, with the tasks that these work for", async () => {
    const { selection } = await find({ goroutines: [{ id: 5 }], related: true });
    expect(selection).toEqual({ goroutines: new Set([5, 3]), tasks: new Set([1, 4]) });
    const { selection: alone } = await find({ goroutines: [{ id: 5 }] });
    expect(alone).toEqual({ goroutines: new Set([5]), tasks: new Set() });
  });
});

describe("goroutines of a trace", () => {
  const trace = validTrace("sync-go1.26");
  const goroutines = (...selectors: GoroutineSelector[]) =>
    findSelection({ goroutines: selectors }, { open: () => openTraceFile(trace.path) });

  test("may match several selectors, none of which is then said to match nothing", async () => {
    const { selection } = await goroutines({ func: "main.main" }, { pattern: /^main\.main$/ }, { id: 1 });
    expect(selection?.goroutines).toEqual(new Set([1]));
  });

  test("that do not exist are no selection: the error names the most frequent start functions", async () => {
    const { byName = {} } = oracleSummary(trace) ?? {};
    const most = Math.max(...Object.values(byName).map(({ N }) => N));
    const error = await goroutines({ id: 987_654 }).catch((thrown: SelectionError) => thrown);
    expect(error).toBeInstanceOf(SelectionError);
    const { advice = "", message } = error as SelectionError;
    expect(message).toMatch(/^no goroutine 987654 among \d+$/);
    const [, first = ""] = /^Start functions: ([^,]*),/.exec(advice) ?? [];
    expect(byName[first]?.N).toBe(most);
    await expect(goroutines({ id: 1 }, { func: "main.nothing" })).rejects.toThrow(SelectionError);
  });
});

describe("goroutines by the names that pictures show", () => {
  const named = async (file: string, selector: GoroutineSelector) => {
    const open = () => openTraceFile(join(FIXTURES, file));
    return (await findSelection({ goroutines: [selector] }, { open })).selection?.goroutines;
  };

  test("are those whose stacks have the function that a wrapper runs", async () => {
    const inStacks = new Set<number>();
    const ofConnections = new Set<number>();
    for await (const block of (await openTraceFile(join(FIXTURES, "http.trace"))).blocks())
      for (let i = 0; i < block.length; i++) {
        const frames = block.generation?.stacks.frames(stackOf(block, i)) ?? [];
        if (block.kind[i] === EventKind.GoStatus || (block.goroutine[i] as number) < 0) continue;
        const names = frames.map(({ func }) => func);
        if (names.includes("main.serve.handler.func1")) inStacks.add(block.goroutine[i] as number);
        if (names.at(-1) === "net/http.(*conn).serve") ofConnections.add(block.goroutine[i] as number);
      }
    expect(inStacks.size).toBe(50);
    expect(await named("http.trace", { func: "main.serve.handler.func1" })).toEqual(inStacks);
    expect(await named("http.trace", { pattern: /handler\.func1$/ })).toEqual(inStacks);
    const connections = await named("http.trace", { func: "http.(*conn).serve" });
    expect(connections).toEqual(await named("http.trace", { func: "net/http.(*conn).serve" }));
    for (const goroutine of ofConnections) expect(connections).toContain(goroutine);
    await expect(named("http.trace", { func: "main.serve.handler" })).rejects.toThrow(
      'no goroutine starts in "main.serve.handler"',
    );
  });

  test("are coroutines by who pulls them", async () => {
    const pulled = await named("gomaxprocs-go1.26.trace", { pattern: /^main\.pull.* \(iter\.Pull/ });
    expect(pulled).toEqual(await named("gomaxprocs-go1.26.trace", { func: "runtime.corostart" }));
    expect(await named("gomaxprocs-go1.26.trace", { func: "main.pull (iter.Pull2)" })).toHaveProperty(
      "size",
      1,
    );
  });
});
