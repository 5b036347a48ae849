import { expect, test } from "vitest";
import { groupOf, RUNTIME } from "../../src/sink/goroutine-groups.js";

test.each([
  ["runtime.gcBgMarkWorker", RUNTIME],
  ["runtime/trace.Start.func1", RUNTIME],
  ["runtime.main", "runtime.main"],
  ["runtime.corostart", "runtime.corostart"],
  ["runtime.cgocallback", "cgo callback"],
  ["main.worker", "main.worker"],
])("goroutines that start in %s are in the group %s", (func, group) => {
  expect(groupOf(func)).toBe(group);
});
