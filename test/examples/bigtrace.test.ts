// @module-tag long

import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { StatsReport } from "../../src/analysis/stats/stats-report.js";
import { COROUTINE } from "../../src/event/coroutine.js";
import { emptyFolder, fixture, go2perfetto } from "../cli/command.js";
import { batchTraceProcessor } from "../support/batch-trace-processor.js";
import { fixtureTraces } from "../support/corpus.js";
import { exampleFile } from "../support/examples.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { TraceProcessor } from "../support/trace-processor.js";

const COUNT = 50;

/** A row of the query. */
interface Row {
  readonly function: string;
  readonly waits: number;
  readonly total: number;
  readonly p99: number;
  readonly longest: number;
}

/** The start function of goroutines with a name: coroutines are named by who makes them. */
function startOf(name: string): string {
  return / \((iter\.Pull2?|coroutine)\)$/.test(name) ? COROUTINE : name;
}

const part = "Perfetto's BatchTraceProcessor with examples/bigtrace/query.py";
const tools = await batchTraceProcessor(part, emptyFolder());

// Its engine is the WebAssembly one behind the native shell's interface: a process for each trace.
test.runIf(tools !== undefined)("query.py asks all traces at once", () => {
  const [traces, converted] = [emptyFolder(), emptyFolder()];
  const names = ["sync-go1.26", "hello-go1.26", "gomaxprocs-go1.26", "annotations-go1.26"];
  for (const name of names) copyFileSync(fixture(`${name}.trace`), join(traces, `${name}.trace`));
  go2perfetto(["batch", traces, "--out-dir", converted, "--keep-yields", "--also", "stats", "-q"]);
  const script = fileURLToPath(new URL("../../examples/bigtrace/query.py", import.meta.url));
  const env = { ...process.env, PYTHONPATH: tools?.packages, TRACE_PROCESSOR_SHELL: tools?.shell };
  const pattern = join(converted, "**/*.pftrace");
  const { stdout, stderr, status } = spawnSync("python3", [script, pattern], { env, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^4 traces\n/);
  const reports = names.map(
    (name) => JSON.parse(readFileSync(join(converted, `${name}.stats.json`), "utf8")) as StatsReport,
  );
  const waited = (func: string) =>
    reports
      .flatMap(({ goroutines }) => goroutines.byFunction.filter((row) => row.function === func))
      .reduce((sum, { times }) => sum + times.schedWait, 0);
  // The second table: function, waits, total, longest, over all traces.
  const sums = [...stdout.matchAll(/^(\S+) +\d+ +(\d+) +\d+$/gm)];
  expect(sums.length).toBeGreaterThan(10);
  for (const [, func = "", total] of sums) expect([func, Number(total)]).toEqual([func, waited(func)]);
});

describe.runIf(await haveTraceProcessor("the query of examples/bigtrace"))("examples/bigtrace", () => {
  const small = fixtureTraces().filter(
    ({ name, cut }) => cut === undefined && !/http|gcheavy|manygens/.test(name),
  );

  test("asks 50 conversions of one batch the same, and the answers are the figures of stats", async () => {
    const [traces, converted] = [emptyFolder(), emptyFolder()];
    const names = Array.from({ length: COUNT }, (_each, i) => `${i}-${small[i % small.length]?.name}`);
    for (const [i, name] of names.entries())
      copyFileSync(small[i % small.length]?.path ?? "", join(traces, `${name}.trace`));
    const args = [
      "batch",
      traces,
      "--out-dir",
      converted,
      "--detail",
      "lean",
      "--keep-yields",
      "--also",
      "stats",
      "-q",
    ];
    expect(go2perfetto(args).code).toBe(0);
    const sql = exampleFile("bigtrace/scheduler-latency.sql");
    for (const name of names) {
      const processor = await TraceProcessor.load(join(converted, `${name}.pftrace`));
      const rows = processor.query<Row>(sql);
      processor.close();
      const stats = readFileSync(join(converted, `${name}.stats.json`), "utf8");
      const { goroutines } = JSON.parse(stats) as StatsReport;
      // A thread without a start function has a name of its own.
      const waited = goroutines.byFunction.filter((row) => row.function !== "" && row.times.schedWait > 0);
      const ours = (func: string) => rows.filter((row) => startOf(row.function) === func);
      const sum = (func: string) => ours(func).reduce((total, row) => total + row.total, 0);
      expect(waited.map((row) => [name, row.function, sum(row.function)])).toEqual(
        waited.map((row) => [name, row.function, row.times.schedWait]),
      );
    }
  });

  test("the percentile is that of the intervals", async () => {
    const path = join(emptyFolder(), "sync.pftrace");
    go2perfetto([fixture("sync-go1.26.trace"), "-o", path, "-q"]);
    const processor = await TraceProcessor.load(path);
    for (const row of processor.query<Row>(exampleFile("bigtrace/scheduler-latency.sql"))) {
      const durations = processor
        .query<{ dur: number }>(
          `select iif(dur < 0, trace_end() - ts, dur) as dur from thread_state join thread using (utid)
           where state = 'R' and thread.name = '${row.function}'`,
        )
        .map(({ dur }) => dur)
        .sort((a, b) => a - b);
      expect([row.waits, row.longest]).toEqual([durations.length, durations.at(-1)]);
      expect(row.p99).toBe(durations[Math.ceil(0.99 * durations.length) - 1]);
    }
    processor.close();
  });
});
