import { expect, test } from "vitest";
import { GoroutineLives, type LastingGroup } from "../../../src/analysis/explain/goroutine-lives.js";
import { lifeFindings } from "../../../src/analysis/explain/life-findings.js";
import { ProgramLoad } from "../../../src/analysis/explain/program-load.js";
import { RunFunctions } from "../../../src/analysis/explain/run-functions.js";
import { threadFindings } from "../../../src/analysis/explain/thread-findings.js";
import { StackNumbers } from "../../../src/analysis/profile/stack-numbers.js";
import type { StackFrame } from "../../../src/event/tables.js";
import { SchedModel } from "../../../src/sched/model.js";

const frame = (func: string, line: number): StackFrame => ({ pc: 0n, func, file: "main.go", line });
/** Three ways to one line, and its wait. */
const STACKS = [
  [],
  [frame("main.spawn", 7), frame("main.a", 1)],
  [frame("main.spawn", 7), frame("main.b", 2)],
  [frame("main.spawn", 7), frame("main.c", 3)],
  [frame("main.wait", 9)],
];
const ignore = () => {};
const MODEL = new SchedModel({ block: ignore, proc: ignore, other: ignore, finish: ignore });
const FUNCTIONS = new RunFunctions(new StackNumbers());
const TRACE = { duration: 1e9, start: 0 };

function livesOf(): GoroutineLives {
  const lives = new GoroutineLives(new ProgramLoad());
  lives.stacks.frames = (stack) => STACKS[stack] ?? [];
  return lives;
}

test("goroutines of one line are one churn, whatever calls that line", () => {
  const lives = livesOf();
  lives.runs = 20_000;
  for (const createdAt of [1, 2, 3])
    lives.shortLives.set(createdAt, { createdAt, func: -1, count: 5000, ran: 5e6, runs: 5000 });
  const found = lifeFindings(lives, FUNCTIONS, MODEL, TRACE);
  expect(found.map(({ kind, weight }) => [kind, weight])).toEqual([["churn", 0.75]]);
});

test("goroutines of one line are one leak, whose worst is the oldest", () => {
  const lives = livesOf();
  lives.alive = 20;
  [1, 2, 3].forEach((createdAt, i) => {
    const rest = { waitsAt: 4, func: -1, reason: -1, count: 5, goroutine: 10 + i, since: 3e8 - i * 1e8 };
    const group: LastingGroup = { createdAt, ...rest, parts: 0b11 << (2 * i) };
    lives.lasting.set(String(i), group);
  });
  const found = lifeFindings(lives, FUNCTIONS, MODEL, TRACE);
  expect(found.map(({ kind, weight, worst }) => [kind, weight, worst?.goroutine, worst?.time])).toEqual([
    ["leak", 0.75, 12, 1e8],
  ]);
});

test("a leak in a wrapper is one of what it runs, but is selected by the wrapper", () => {
  const lives = livesOf();
  lives.alive = 20;
  const func = MODEL.functions.intern("sync.(*WaitGroup).Go.func1");
  const group = { createdAt: 1, waitsAt: 4, func, reason: -1, count: 15, goroutine: 10, since: 1e8 };
  lives.lasting.set("0", { ...group, parts: 0b1111 });
  const [leak] = lifeFindings(lives, FUNCTIONS, MODEL, TRACE);
  expect(leak?.sentence).toMatch(/^15 goroutines of main\.wait, created at main\.spawn /);
  expect(leak?.next).toContain("go2perfetto stats --goroutine 'sync.(*WaitGroup).Go.func1' IN");
});

test("a goroutine in a wrapper that is locked to a thread is one of what it runs, and is selected itself", () => {
  const lives = livesOf();
  const func = MODEL.functions.intern("sync.(*WaitGroup).Go.func1");
  const sums = { starts: 200, handovers: 200, onTheWay: 2e8, most: 0 };
  const longest = { longest: 1e6, longestSince: 5e8, longestGoroutine: 10 };
  lives.locked.groups.set(func, { func, goroutines: 1, ...sums, ...longest, stack: 4 });
  const [locked] = threadFindings(lives, FUNCTIONS, MODEL, TRACE);
  expect(locked?.sentence).toMatch(/^A goroutine of main\.wait is locked to a thread: /);
  expect(locked?.next).toContain("go2perfetto stats --goroutine 10 IN");
});
