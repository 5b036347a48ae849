import { expect, test } from "vitest";
import { RunFunctions } from "../../../src/analysis/explain/run-functions.js";
import { StackNumbers } from "../../../src/analysis/profile/stack-numbers.js";
import type { StackFrame } from "../../../src/event/tables.js";
import { SchedModel } from "../../../src/sched/model.js";

const ignore = () => {};
const GO = "sync.(*WaitGroup).Go.func1";
/** By stack, the innermost frame first. */
const STACKS = [
  [],
  ["runtime.chanrecv1", "main.serve.func2", GO],
  ["runtime.gopark", GO],
  ["main.spin", "main.main"],
];

function textOf({ names }: RunFunctions, number: number): string | undefined {
  return number < 0 ? undefined : names.text(number);
}

/** What goroutines of a start function, or of one that is not known yet, run by each of the stacks. */
function namesOf(start: string | undefined): (string | undefined)[] {
  const stacks = new StackNumbers();
  stacks.of = (index) => index;
  stacks.frames = (stack) =>
    (STACKS[stack] ?? []).map((func): StackFrame => ({ pc: 0n, func, file: "x.go", line: 7 }));
  const model = new SchedModel({ block: ignore, proc: ignore, other: ignore, finish: ignore });
  const functions = new RunFunctions(stacks);
  functions.start(model);
  const func = start === undefined ? -1 : model.functions.intern(start);
  // Twice: the second time from memory.
  const told = [...STACKS.keys(), ...STACKS.keys()].map((stack) =>
    textOf(functions, functions.of(func, stack)),
  );
  expect(told.slice(STACKS.length)).toEqual(told.slice(0, STACKS.length));
  return told.slice(0, STACKS.length);
}

test("a wrapper runs the first function of the program within it, if the stack tells", () => {
  expect(namesOf(GO)).toEqual([GO, "main.serve.func2", GO, "main.main"]);
});

test("any other start function is what runs", () => {
  expect(namesOf("main.main")).toEqual(["main.main", "main.main", "main.main", "main.main"]);
});

test("a goroutine that is older than the trace runs what its stack tells", () => {
  expect(namesOf(undefined)).toEqual([undefined, "main.serve.func2", GO, "main.main"]);
});

test("an unknown function stays unknown without a stack", () => {
  expect(new RunFunctions(new StackNumbers()).of(-1, 0)).toBe(-1);
});
