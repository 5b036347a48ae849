import { expect, test } from "vitest";
import { coroutineName } from "../../src/event/coroutine.js";

const frame = (func: string, file: string) => ({ pc: 0n, func, file, line: 1 });
const PULL = frame("iter.Pull[...]", "/usr/local/go/src/iter/iter.go");
const FIRST = frame("main.first", "/home/me/shop/main.go");

test("a coroutine has the name of the function that pulls", () => {
  const zip = frame("slices.Zip", "/usr/local/go/src/slices/iter.go");
  const pull2 = frame("iter.Pull2[...]", "/usr/local/go/src/iter/iter.go");
  expect(coroutineName([PULL, FIRST, frame("main.main", FIRST.file)])).toBe("main.first (iter.Pull)");
  expect(coroutineName([pull2, zip, FIRST])).toBe("main.first (iter.Pull2)");
  expect(coroutineName([FIRST])).toBe("main.first (coroutine)");
  expect([coroutineName([PULL]), coroutineName([])]).toEqual(["", ""]);
});
