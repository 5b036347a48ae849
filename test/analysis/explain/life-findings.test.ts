import { expect, test } from "vitest";
import type { Finding } from "../../../src/analysis/explain/finding.js";
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
  ...["main.list", "main.buy"].map((caller) => [
    { pc: 0n, func: "a.io/db.(*Conn).watch", file: "/home/me/go/pkg/mod/a.io/db@v1.0.0/conn.go", line: 5 },
    frame(caller, 11),
  ]),
  [
    { pc: 0n, func: "iter.Pull[...]", file: "/usr/local/go/src/iter/iter.go", line: 271 },
    frame("main.first", 12),
  ],
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

/** The figures of a finding that are no rates, by name. */
function figuresOf(finding: Finding | undefined): Record<string, number> {
  const figures = finding?.figures.filter(({ unit }) => unit !== "per second") ?? [];
  return Object.fromEntries(figures.map(({ name, value }) => [name, value]));
}

test("goroutines of one line are one churn, whatever calls that line", () => {
  const lives = livesOf();
  lives.runs = 20_000;
  for (const createdAt of [1, 2, 3])
    lives.shortLives.set(createdAt, { createdAt, func: -1, count: 5000, ran: createdAt * 5e6, runs: 5000 });
  const found = lifeFindings(lives, FUNCTIONS, MODEL, TRACE);
  expect(found.map(({ kind, weight }) => [kind, weight])).toEqual([["churn", 0.75]]);
  expect(figuresOf(found[0])).toMatchObject({ "short-lived goroutines": 15_000, "ran on average": 2000 });
});

test("goroutines of a library are those of the line of the program that creates most", () => {
  const lives = livesOf();
  lives.runs = 20_000;
  const add = (createdAt: number, count: number) =>
    lives.shortLives.set(createdAt, { createdAt, func: -1, count, ran: 5e6, runs: count });
  const told = () => lifeFindings(lives, FUNCTIONS, MODEL, TRACE)[0];
  add(5, 11_000);
  expect(told()?.sentence).toContain(
    "created at a.io/db.(*Conn).watch (conn.go:5), called from main.list (main.go:11), ran for",
  );
  add(6, 12_000);
  expect(told()?.sentence).toContain("(conn.go:5), most often from main.buy (main.go:11), ran for");
  expect(told()?.caller).toEqual({ function: "main.buy", file: "main.go", line: 11 });
});

test("coroutines that nobody stops are a leak of the function that pulls", () => {
  const lives = livesOf();
  lives.alive = 20;
  const func = MODEL.functions.intern("runtime.corostart");
  const group = { createdAt: 7, waitsAt: 0, func, reason: -1, count: 15, goroutine: 10, since: 1e8 };
  lives.lasting.set("0", { ...group, parts: 0b1111 });
  expect(lifeFindings(lives, FUNCTIONS, MODEL, TRACE).map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(
      /^15 coroutines of main\.first \(iter\.Pull\), created at iter\.Pull\[\.{3}\] \(iter\.go:271\), called from main\.first \(main\.go:12\), all through the trace, wait at its end for next or stop: /,
    ),
  ]);
});

test("yields of one line are one finding, whatever calls that line", () => {
  const lives = livesOf();
  for (const stack of [1, 2, 3]) lives.yields.set(stack, { stack, count: 5000, ran: stack * 1e7 });
  const found = lifeFindings(lives, FUNCTIONS, MODEL, TRACE);
  expect(found.map(({ kind, weight }) => [kind, weight])).toEqual([["yields", 0.06]]);
  expect(figuresOf(found[0])).toMatchObject({ yields: 15_000, "ran before": 6e7 });
});

test("loops at one line are one that polls, with the longest of them", () => {
  const lives = livesOf();
  lives.runs = 1200;
  [5e7, 9e7, 7e7].forEach((longest, i) => {
    const sums = { count: 200, ran: (i + 1) * 1e5, duration: (i + 1) * 1e8 };
    lives.loops.found.set(i + 1, {
      stack: i + 1,
      ...sums,
      longest,
      longestSince: i * 1e8,
      goroutine: 10 + i,
    });
  });
  const found = lifeFindings(lives, FUNCTIONS, MODEL, TRACE);
  expect(found.map(({ kind, weight, worst }) => [kind, weight, worst])).toEqual([
    ["polling", 0.5, { time: 1e8, duration: 9e7, goroutine: 11 }],
  ]);
  const means = { "ran on average": 1000, "from one to the next": 1e6 };
  expect(figuresOf(found[0])).toMatchObject({ sleeps: 600, "longest loop": 9e7, ...means });
});

test("goroutines of one line are one leak, whose worst is the oldest", () => {
  const lives = livesOf();
  lives.alive = 20;
  [2e8, 1e8, 3e8].forEach((since, i) => {
    const createdAt = i + 1;
    const rest = { waitsAt: 4, func: -1, reason: -1, count: 5, goroutine: 10 + i, since };
    const group: LastingGroup = { createdAt, ...rest, parts: 0b11 << (2 * i) };
    lives.lasting.set(String(i), group);
  });
  const found = lifeFindings(lives, FUNCTIONS, MODEL, TRACE);
  expect(found.map(({ kind, weight, worst }) => [kind, weight, worst?.goroutine, worst?.time])).toEqual([
    ["leak", 0.75, 11, 1e8],
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
