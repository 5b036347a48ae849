import { expect, test } from "vitest";
import { startFunction } from "../../src/event/start-frame.js";

const startOf = (...functions: string[]) =>
  startFunction(functions.map((func) => ({ pc: 1n, func, file: "", line: 0 })));

// From the innermost to the outermost, as traces of these releases have them.
test.each([
  ["a goroutine", ["runtime.chansend1", "main.worker"], "main.worker"],
  ["no stack", [], ""],
  [
    "a call from C since Go 1.16",
    [
      "sync.(*Mutex).Lock",
      "main.inner",
      "main.stores",
      "_cgoexp_ac5fbb92a184_stores",
      "runtime.cgocallbackg1",
      "runtime.cgocallbackg",
      "runtime.cgocallback",
    ],
    "main.stores",
  ],
  [
    "a call from C before",
    [
      "main.stores",
      "main._cgoexpwrap_ac5fbb92a184_stores",
      "runtime.call32",
      "runtime.cgocallbackg1",
      "runtime.cgocallbackg",
      "runtime.cgocallback_gofunc",
    ],
    "main.stores",
  ],
  [
    "the runtime in such a call",
    ["runtime.mallocgc", "_cgoexp_ac5fbb92a184_stores", "runtime.cgocallbackg1", "runtime.cgocallback"],
    "cgo callback",
  ],
  [
    "a call from C within one from Go",
    [
      "main.stores",
      "_cgoexp_ac5fbb92a184_stores",
      "runtime.cgocallbackg1",
      "runtime.cgocallback",
      "runtime.cgocall",
      "main._Cfunc_sort",
      "main.main",
    ],
    "main.main",
  ],
])("the start function of %s", (_name, functions, start) => {
  expect(startOf(...functions)).toBe(start);
});
