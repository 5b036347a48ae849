import { describe, expect, it } from "vitest";
import { groupOf, groupTitle } from "../../src/sink/goroutine-groups.js";

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

describe("the title of a group", () => {
  it.each([
    ["main.worker", "main.worker"],
    ["net/http.(*conn).serve", "http.(*conn).serve"],
    ["github.com/dgraph-io/badger/v4.(*DB).doWrites.gowrap1", "badger.(*DB).doWrites.gowrap1"],
    ["github.com/dgraph-io/badger/v4/skl.grow", "skl.grow"],
    ["gopkg.in/yaml%2ev3.Unmarshal", "yaml.v3.Unmarshal"],
    ["example.com/v2.Run", "example.com.Run"],
    [
      "main.each[go.shape.struct { example.com/a/v2.X int }]",
      "main.each[go.shape.struct { example.com/a/v2.X int }]",
    ],
  ])("of %s is %s", (func, title) => expect(groupTitle(func)).toBe(title));
});
