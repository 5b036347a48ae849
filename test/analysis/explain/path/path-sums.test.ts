import { expect, test } from "vitest";
import { Doing } from "../../../../src/analysis/explain/doing.js";
import type { PathPart } from "../../../../src/analysis/explain/path/path-report.js";
import { partOf } from "../../../../src/analysis/explain/path/path-sums.js";
import { StackNumbers } from "../../../../src/analysis/profile/stack-numbers.js";
import { Interner } from "../../../../src/base/interner.js";

/** Where a part of a path is told to be whose stack has these functions, the innermost first. */
function placeOf(doing: Doing, functions: readonly string[]): string | undefined {
  return part(doing, functions).place?.function;
}

function part(doing: Doing, functions: readonly string[]): Omit<PathPart, "time"> {
  const stacks = new StackNumbers();
  const file = (func: string) => {
    const [folder = ""] = /^[^.(]*/.exec(func) ?? [];
    return folder === "main" ? "/home/me/main.go" : `/usr/local/go/src/${folder}/x.go`;
  };
  stacks.frames = () => functions.map((func) => ({ pc: 0n, func, file: file(func), line: 7 }));
  return partOf(doing, -1, 1, { functions: new Interner(), stacks });
}

test("waits for the network, system calls and runs are told by the program's line, other waits by where they are", () => {
  const write = [
    "internal/poll.(*FD).Write",
    "net.(*conn).Write",
    "bufio.(*Writer).Flush",
    "main.serve",
    "main.main",
  ];
  expect(placeOf(Doing.Network, write)).toBe("main.serve");
  expect(placeOf(Doing.Syscall, ["syscall.write", ...write])).toBe("main.serve");
  expect(placeOf(Doing.Running, write)).toBe("main.serve");
  expect(placeOf(Doing.Lock, ["sync.(*Mutex).Lock", "log.(*Logger).output", "main.serve"])).toBe(
    "log.(*Logger).output",
  );
  expect(
    placeOf(Doing.Network, ["internal/poll.(*FD).Read", "net.(*conn).Read", "net/http.(*conn).serve"]),
  ).toBe("net.(*conn).Read");
});

test("a goroutine that is older than the trace is named by its stack", () => {
  expect(part(Doing.Running, ["time.Sleep", "main.work", "main.main"]).function).toBe("main.main");
  expect(part(Doing.Runnable, []).function).toBe("");
});
