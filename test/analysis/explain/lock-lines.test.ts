import { expect, test } from "vitest";
import { sameLocks } from "../../../src/analysis/explain/lock-lines.js";
import type { StackFrame } from "../../../src/event/tables.js";

const frame = (func: string, pc: bigint): StackFrame => ({ pc, func, file: "x.go", line: 1 });

/** A line that locks, in a function, and the calls that ended its waits: their functions and addresses. */
function line(func: string, ...ended: readonly (readonly [func: string, pc: number])[]) {
  return {
    func,
    releases: ended.map(([by, pc]) => [frame("sync.(*Mutex).Unlock", 1n), frame(by, BigInt(pc))]),
  };
}

test("a call that unlocks makes lines of one lock those whose waits it ended, through others too", () => {
  const get = ["main.(*cache).get", 10] as const;
  const put = ["main.(*cache).put", 20] as const;
  const lines = [
    line("main.(*cache).get", get),
    line("main.f", ["main.f", 30]),
    line("main.(*cache).put", put),
  ];
  expect(sameLocks(lines)).toEqual([0, 1, 2]);
  expect(sameLocks([...lines, line("main.(*cache).drop", put, get)])).toEqual([0, 1, 0, 0]);
});

test("a function with two lines that lock may unlock two locks at one address", () => {
  const both = ["main.both", 10] as const;
  const lines = [line("main.both", both), line("main.both", both), line("main.one", both)];
  expect(sameLocks(lines)).toEqual([0, 1, 2]);
});

test("a function that unlocks what it is given tells nothing, unless it is a method of the same type", () => {
  const given = ["main.unlock", 10] as const;
  expect(sameLocks([line("main.f", given), line("main.g", given)])).toEqual([0, 1]);
  const method = ["a.com/b.(*T).unlock.func1", 10] as const;
  expect(sameLocks([line("a.com/b.(*T).f", method), line("a.com/b.(*T).g", method)])).toEqual([0, 0]);
  expect(sameLocks([line("a.com/b.(*T).f", method), line("a.com/b.(*U).g", method)])).toEqual([0, 1]);
});

test("calls that the runtime runs at a function's end tell nothing", () => {
  const deferred = [
    frame("sync.(*Mutex).Unlock", 1n),
    frame("runtime.deferreturn", 2n),
    frame("main.f", 10n),
  ];
  const lines = ["main.f", "main.g"].map((func) => ({ func, releases: [deferred] }));
  expect(sameLocks(lines)).toEqual([0, 1]);
});
