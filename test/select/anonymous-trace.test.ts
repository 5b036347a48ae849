import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EventKind, isUser } from "../../src/event/kind.js";
import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { AnonymousTrace } from "../../src/select/anonymous-trace.js";
import { partOf } from "../../src/select/find-selection.js";
import { fixture } from "../cli/command.js";
import { readBlocks } from "../support/reading.js";
import { dumpOfFile, trimmed } from "../support/trimmed.js";

const hashWith = (key: string) => (text: string) =>
  createHmac("sha256", key).update(text).digest("hex").slice(0, 12);
const TRACES = ["annotations-go1.26.trace", "annotations-go1.21.trace", "allocfree-sync-go1.26.trace"];
/** Shorter texts, such as `a`, are in any file by chance. */
const TELLING = 5;

/** What the program named: functions and files outside the standard library, tasks, regions, logs. */
async function namesOf(trace: Trace): Promise<Set<string>> {
  const names = new Set<string>();
  await readBlocks(trace, (block) => {
    const { generation, kind, length, name, text } = block;
    for (let i = 0; i < length; i++) {
      if (isUser(kind[i] as number)) names.add(generation?.strings.text(name[i] as number) ?? "");
      if (kind[i] === EventKind.Log) names.add(generation?.strings.text(text[i] as number) ?? "");
    }
    for (let stack = 0; stack < (generation?.stacks.length ?? 0); stack++) {
      for (const { func, file } of generation?.stacks.frames(stack) ?? []) {
        if (func.startsWith("main.")) names.add(func);
        if (file.includes("/")) names.add(file.slice(0, file.lastIndexOf("/")));
        if (file.endsWith("/main.go")) names.add(file);
      }
    }
  });
  return new Set([...names].filter((name) => name.length >= TELLING));
}

const shape = (line: string) =>
  line.replace(/(stack|type|category|message)=("(?:[^"\\]|\\.)*")/g, (_, field, value) =>
    field === "stack" ? `stack of ${value.split(" < ").length}` : field,
  );

describe("an anonymous trace", () => {
  test.each(TRACES)("holds no name of the program: %s", async (name) => {
    const names = await namesOf(await openTraceFile(fixture(name)));
    expect(names.size).toBeGreaterThan(3);
    for (const window of [undefined, { from: 1_000_000, to: Number.POSITIVE_INFINITY }]) {
      const trace = partOf(await openTraceFile(fixture(name)), { window });
      const out = await trimmed(new AnonymousTrace(trace, { hash: hashWith("one") }));
      const text = readFileSync(out.path).toString();
      expect([...names].filter((each) => text.includes(each))).toEqual([]);
    }
  });

  test("keeps the events, with their times, ids, values and depths of stacks", async () => {
    const path = fixture("annotations-go1.26.trace");
    const out = await trimmed(new AnonymousTrace(await openTraceFile(path), { hash: hashWith("one") }));
    expect((await dumpOfFile(out.path)).map(shape)).toEqual((await dumpOfFile(path)).map(shape));
  });

  test("keeps the names of the standard library, and those that match", async () => {
    const path = fixture("sync-go1.26.trace");
    const keep = /^main\.mutexWorker$/;
    const trace = new AnonymousTrace(await openTraceFile(path), { hash: hashWith("one"), keep });
    const text = (await dumpOfFile((await trimmed(trace)).path)).join("\n");
    for (const kept of [
      "sync.(*WaitGroup).Wait (sync/waitgroup.go:",
      "runtime.gopark (runtime/proc.go:",
      "time.Sleep (runtime/time.go:",
      "main.mutexWorker (",
    ])
      expect(text).toContain(kept);
    expect(text).not.toContain("main.producer");
  });

  test("has the same names with the same key only", async () => {
    const path = fixture("annotations-go1.26.trace");
    const written = async (key: string) => {
      const out = await trimmed(new AnonymousTrace(await openTraceFile(path), { hash: hashWith(key) }));
      return (await dumpOfFile(out.path)).filter((line) => line.includes("TaskBegin"));
    };
    expect(await written("one")).toEqual(await written("one"));
    expect(await written("one")).not.toEqual(await written("two"));
  });
});
