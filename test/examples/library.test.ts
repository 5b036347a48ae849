import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readPprof } from "../support/pprof-reader.js";

const run = (script: string, ...args: string[]) =>
  execFileSync(process.execPath, [script, ...args], { encoding: "utf8" })
    .trimEnd()
    .split("\n");

// The figures are those of Go's own summary of this trace (its `byName` there), which holds waits still open at the
// end too: the functions named here have none.
test("the library example gives Go's own figures", () => {
  const lines = run("examples/library/top-waits.mjs", "test/fixtures/sync-go1.26.trace");
  expect(lines).toHaveLength(10);
  expect(lines[0]).toBe("     415.886 ms  main.mutexWorker: sync");
  expect(lines).toContain("     116.143 ms  main.rwWriter: sleep");
  expect(lines).toContain("      24.967 ms  main.consumer: chan receive");
});

test("the summary example gives Go's own figures", () => {
  const lines = run("examples/library/summary.mjs", "test/fixtures/sync-go1.26.trace");
  expect(lines).toContain("    16      2.185     43.623      0.000    443.475  main.mutexWorker");
  expect(lines).toContain("    10      0.006      4.808      0.000     51.723  main.condWaiter");
});

// The minimum is the one that Go's trace viewer gives for this trace; the count is that of all its runnable intervals.
test("the example of analyses gives the figures of a trace", () => {
  const lines = run("examples/library/scheduler-latency.mjs", "test/fixtures/sync-go1.26.trace");
  expect(lines[0]).toMatch(/^3344 times runnable: median 0\.000 ms, p99 0\.46\d ms, longest 1\.54\d ms$/);
  expect(lines.slice(1)).toHaveLength(3);
  expect(lines[1]).toBe("in any 1.000 ms, at least 100.0% is left for the program");
});

// By `go tool trace -pprof=sync` of this trace.
test("the example of a profile gives Go's own figures", () => {
  const out = join(mkdtempSync(join(tmpdir(), "go2perfetto-test-")), "sync.pb.gz");
  const lines = run("examples/library/profile.mjs", "test/fixtures/sync-go1.26.trace", out);
  expect(lines[0]).toBe("   415.886 ms, 187 × sync in main.mutexWorker");
  expect(lines[1]).toMatch(/^ +sync\.\(\*Mutex\)\.Lock:\d+$/);
  expect(readPprof(readFileSync(out)).sample_type.map(({ unit }) => unit)).toHaveLength(2);
});

// As `go tool trace -d=parsed` lists them.
test("the example of a sink gives the goroutines that were created", () => {
  const lines = run("examples/library/custom-sink.mjs", "test/fixtures/sync-go1.26.trace");
  const text = gunzipSync(readFileSync("test/fixtures/oracle/sync-go1.26/parsed.txt.gz")).toString();
  const created = [...text.matchAll(/ G=(-?\d+) StateTransition .*GoID=(\d+) NotExist->Runnable/g)];
  expect(lines[0]).toBe("ns,creator,goroutine,function");
  const pairs = lines.slice(1).map((line) => line.split(",").slice(1, 3).join());
  expect(pairs).toEqual(created.map(([, creator, id]) => `${creator === "-1" ? "" : creator},${id}`));
  expect(created.length).toBeGreaterThan(50);
  expect(lines.filter((line) => line.endsWith(',"main.mutexWorker"'))).toHaveLength(16);
});
