// @module-tag long

import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { Wrappers } from "../../../src/sched/wrappers.js";
import type { PerfettoOptions } from "../../../src/sink/perfetto/options.js";
import {
  type CorpusTrace,
  exactTraces,
  isFormat2,
  someValidTraces,
  variedTraces,
} from "../../support/corpus.js";
import { AS_GO_TELLS } from "../../support/full-output.js";
import { pftraceProblems } from "../../support/integrity-pftrace.js";
import { leanBytes } from "../../support/lean-output.js";
import { type OracleSummary, oracleSummary } from "../../support/oracle.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { readPftrace } from "../../support/pftrace-reader.js";
import { ProcTimesListener } from "../../support/proc-times.js";
import { LIKE_GO, readFileBlocks } from "../../support/reading.js";
import { START_FUNCTION } from "../../support/sql-names.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("the lean conversion by SQL");

async function lean(trace: CorpusTrace, options: PerfettoOptions = {}): Promise<Uint8Array> {
  return leanBytes(await openTraceFile(trace.path, LIKE_GO), options);
}

async function procTimes(trace: CorpusTrace): Promise<ProcTimesListener> {
  const listener = new ProcTimesListener();
  await readFileBlocks(trace.path, LIKE_GO, (block) => listener.model.block(block));
  listener.model.finish();
  return listener;
}

type Times = Readonly<Record<string, number>>;

function byKey(tp: TraceProcessor, sql: string): Times {
  return Object.fromEntries(
    tp.query<{ key: string | number; value: number }>(sql).map(({ key, value }) => [key, value]),
  );
}

const positive = (times: ReadonlyMap<number, number>): Times =>
  Object.fromEntries([...times].filter(([, time]) => time > 0));

const RUNNING = `select tid as key, sum(dur) as value from thread_state join thread using (utid)
  where state = 'Running' and tid > 0 group by tid having value > 0`;
const BUSY = `select cpu as key, sum(dur) as value from sched join thread using (utid)
  where tid > 0 group by cpu having value > 0`;
const NAMES = `select tid as key, ${START_FUNCTION} as value from thread left join process using (upid)
  where tid > 0 and tid < 1 << 30`;
const COUNTERS = `select t.name as name, count(*) as n, min(value) as low, max(value) as high
  from counter c join counter_track t on c.track_id = t.id group by t.name`;
const SLICES = `select s.name as name, count(*) as n, sum(dur) as time
  from slice s join track t on s.track_id = t.id where t.name in ('GC', 'Stop the world') group by s.name`;
const BIGGEST_GROUP =
  "select max(n) as n from (select count(*) as n from thread where upid is not null group by upid)";

const METRICS: Readonly<Record<string, string>> = {
  Heap: "/memory/classes/heap/objects:bytes",
  "Heap goal": "/gc/heap/goal:bytes",
  GOMAXPROCS: "/sched/gomaxprocs:threads",
};

/** Whole GC cycles and stop-the-world, by name. */
function closedRanges(summary: OracleSummary): object {
  const ranges = Object.entries(summary.ranges).filter(
    ([name, { Active, Open }]) => /^(GC concurrent|stop-the-world)/.test(name) && Active === 0 && Open === 0,
  );
  return Object.fromEntries(
    ranges.map(([name, { End, ClosedNs }]) => [name.split(" | ")[0], [End, ClosedNs]]),
  );
}

const wrappers = new Wrappers();
const traces = [...variedTraces(), ...someValidTraces(["big5mb-go1.26"])];
const exact = new Set(exactTraces().map(({ path }) => path));

describe.skipIf(!haveEngine)("a lean conversion, by Perfetto's own trace processor", () => {
  test.each(traces)("$name", async (trace) => {
    const bytes = await lean(trace, AS_GO_TELLS);
    const tp = await TraceProcessor.load(bytes);
    try {
      expect(tp.problems()).toEqual([]);
      const times = await procTimes(trace);
      expect(byKey(tp, RUNNING)).toEqual(positive(times.byGoroutine));
      expect(byKey(tp, BUSY)).toEqual(positive(times.byProc));
      // Goroutines of wrappers have the names of what they call.
      const named = [...times.names].filter(([, name]) => !wrappers.has(name));
      expect(byKey(tp, NAMES)).toMatchObject(Object.fromEntries(named));
      expect(tp.query<{ n: number }>(BIGGEST_GROUP)[0]?.n ?? 0).toBeLessThanOrEqual(1000);
      const summary = exact.has(trace.path) ? oracleSummary(trace) : undefined;
      if (summary !== undefined) compareWithSummary(tp, summary, isFormat2(trace.path));
    } finally {
      tp.close();
    }
  });
});

/** @param knowsProcs whether Go knows the first GOMAXPROCS: see `firstProcs` */
function compareWithSummary(tp: TraceProcessor, summary: OracleSummary, knowsProcs: boolean): void {
  const slices = tp.query<{ name: string; n: number; time: number }>(SLICES);
  expect(Object.fromEntries(slices.map(({ name, n, time }) => [name, [n, time]]))).toMatchObject(
    closedRanges(summary),
  );
  const counters = tp.query<{ name: string; n: number; low: number; high: number }>(COUNTERS);
  for (const [name, metric] of Object.entries(METRICS)) {
    const counter = counters.find((each) => each.name === name);
    const official = summary.metrics[metric];
    if (name === "GOMAXPROCS" && !knowsProcs && official === undefined) {
      expect(counter?.low).toBe(counter?.high);
      continue;
    }
    expect([name, counter?.low, counter?.high]).toEqual([name, official?.Min, official?.Max]);
  }
  // For goroutines without peculiarities (see the model's test), Go's own figures are the same.
  const running = byKey(tp, RUNNING);
  const exact = summary.goroutineList.filter(
    ({ ID, Exec, Syscall }) => (running[ID] ?? 0) === Exec + Syscall,
  );
  const peculiar = summary.goroutineList.length - exact.length;
  expect(peculiar).toBeLessThanOrEqual(Math.ceil(summary.goroutineList.length / 4));
}

describe("a lean conversion", () => {
  test.each(variedTraces())(
    "of $name has no dangling reference, and is the same every time",
    async (trace) => {
      const bytes = await lean(trace);
      expect(pftraceProblems(readPftrace(bytes))).toEqual([]);
      expect(Buffer.compare(await lean(trace), bytes)).toBe(0);
    },
  );
});
