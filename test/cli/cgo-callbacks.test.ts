import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { TraceProcessor } from "../support/trace-processor.js";
import { emptyFolder, fixture, go2perfetto } from "./command.js";

/** Goroutine 17 serves calls of `main.stores`, which block; 34 those of `main.counts`, of which the trace has no stack. */
const TRACE = fixture("field/cgo-callbacks.trace");
const NAMES = new Map([
  [17, "main.stores"],
  [34, "cgo callback"],
]);
const cwd = emptyFolder();
const haveEngine = await haveTraceProcessor("cgo callbacks by SQL");

function run(...args: string[]): string {
  const { code, stdout, stderr } = go2perfetto([...args, "-q"], { cwd });
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.toString();
}

describe("goroutines that serve calls from C are named by what they run", () => {
  test("in stats, and as selectors", () => {
    const { goroutines } = JSON.parse(run("stats", TRACE, "--json"));
    for (const [id, name] of NAMES) {
      const row = goroutines.top.find((each: { id: number }) => each.id === id);
      expect(row.function).toBe(name);
      const own = JSON.parse(run("stats", TRACE, "--json", "--goroutine", name)).goroutines.top;
      expect(own).toEqual([row]);
    }
  });

  test("in parts and windows", () => {
    const from = JSON.parse(run("stats", TRACE, "--json", "--from", "5ms")).goroutines.top;
    expect(from.find((each: { id: number }) => each.id === 17).function).toBe("main.stores");
  });

  test("in spans, with the place in the code", () => {
    run("otlp", TRACE, "-o", "spans.json", "--max-spans-per-trace", "0");
    const text = readFileSync(join(cwd, "spans.json"), "utf8");
    const spans = text
      .trim()
      .split("\n")
      .flatMap((line) =>
        JSON.parse(line).resourceSpans.flatMap((each: { scopeSpans: { spans: object[] }[] }) =>
          each.scopeSpans.flatMap(({ spans }) => spans),
        ),
      );
    const names = spans.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining([...NAMES.values()]));
    expect(text).toContain("callbacks/main.go");
    expect(text).not.toContain('"name":"runtime.cgocallback"');
  });

  test("in labels of profiles", () => {
    run("pprof", "sync", TRACE, "-o", "sync.pb.gz");
    const text = gunzipSync(readFileSync(join(cwd, "sync.pb.gz"))).toString("latin1");
    expect(text).toContain("main.stores");
  });

  test("in JSON, where groups are by function", () => {
    run("convert", TRACE, "-o", "out.json");
    const { traceEvents } = JSON.parse(readFileSync(join(cwd, "out.json"), "utf8"));
    const named = (what: string) =>
      traceEvents.filter(({ name, ph }: { name: string; ph: string }) => ph === "M" && name === what);
    const groups = new Map(
      named("process_name").map(({ pid, args }: never) => [pid, (args as { name: string }).name]),
    );
    for (const [id, name] of NAMES) {
      const thread = named("thread_name").find(({ tid }: { tid: number }) => tid === id);
      expect([groups.get(thread.pid as never), thread.args.name]).toEqual([name, `G${id} ${name}`]);
    }
  });

  test.runIf(haveEngine).each(["full", "lean"])(
    "in a .pftrace of %s detail",
    { tags: ["long"] },
    async (detail) => {
      run("convert", TRACE, "-o", "out.pftrace", "--detail", detail);
      const tp = await TraceProcessor.load(readFileSync(join(cwd, "out.pftrace")));
      try {
        const rows = tp.query(
          "select tid, thread.name as name, process.cmdline as title from thread join process using (upid) where tid in (17, 34) order by tid",
        );
        expect(rows).toEqual([
          { tid: 17, name: "main.stores", title: "main.stores" },
          { tid: 34, name: "cgo callback", title: "cgo\u00a0callback" },
        ]);
      } finally {
        tp.close();
      }
    },
  );
});
