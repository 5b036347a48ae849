import { describe, expect, it } from "vitest";
import { groupOf } from "../../src/sink/goroutine-groups.js";

describe("the group of a start function", () => {
  // By the runtime's isSystemGoroutine, which decides on the goroutines in stack dumps.
  it.each(["runtime.gcBgMarkWorker", "runtime.bgsweep", "runtime.forcegchelper", "runtime.ensureSigM.func1"])(
    "is that of the runtime: %s",
    (func) => expect(groupOf(func)).toBe("runtime"),
  );

  it.each(["runtime/trace.Start.func1", "runtime/pprof.profileWriter"])(
    "is that of the runtime for what traces and profiles: %s",
    (func) => expect(groupOf(func)).toBe("runtime"),
  );

  it.each(["runtime.main", "runtime.corostart", "main.main", "runtimes.Run", "example.com/runtime.Run"])(
    "is one of its own where a program's code runs: %s",
    (func) => expect(groupOf(func)).toBe(func),
  );

  it("is one for all goroutines that serve unknown functions called from C", () =>
    expect(groupOf("cgo callback")).toBe("cgo callback"));
});
