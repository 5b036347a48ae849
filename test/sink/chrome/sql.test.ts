// @module-tag long
// @module-tag slowest

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonOutput } from "../../support/chrome-json.js";
import { variedTraces } from "../../support/corpus.js";
import { AS_GO_TELLS, fullOutput } from "../../support/full-output.js";
import { listDifference } from "../../support/list-difference.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { END, IS_GOROUTINE } from "../../support/sql-figures.js";
import { WAIT_REASON } from "../../support/sql-names.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("JSON for Chrome by SQL");

/** Size of traces whose conversions load within seconds. */
const LARGEST = 400_000;
const traces = variedTraces(LARGEST);

/** Slices of goroutines' rows, and of the rows of Ps or threads by what their names begin with. */
const GOROUTINE_SLICES = `slice s join thread_track tt on s.track_id = tt.id join thread using (utid)
  left join process using (upid)`;
const IS_GROUP = "pid > 1 << 30";
const carrierSlices = (letter: string) => `${GOROUTINE_SLICES} where thread.name glob '${letter}[0-9]*'`;
const trackSlices = (glob: string) =>
  `slice s join track t on s.track_id = t.id where t.name glob '${glob}' and s.category is null`;
const goroutineOf = "cast(substr(s.name, 2) as int)";

const flows = (
  isGroup: string,
) => `select o.category as what, ot.tid as a, it.tid as b, o.ts as ts, i.ts as end
  from flow f join slice o on f.slice_out = o.id join slice i on f.slice_in = i.id
  join thread_track ott on o.track_id = ott.id join thread ot on ott.utid = ot.utid
  join process op on ot.upid = op.upid
  join thread_track itt on i.track_id = itt.id join thread it on itt.utid = it.utid
  where o.category in ('go.unblock', 'go.create') and i.name != 'still runnable' and i.name != 'runnable'
    and ot.tid < 1 << 30 ${isGroup}`;

/** Changes of a counter, which begins at 0. */
const changes = (counter: string) => `select a, ts from (
  select value as a, c.ts as ts, lag(value, 1, 0) over (order by c.ts) as before
  from counter c join counter_track t on c.track_id = t.id where t.name = '${counter}') where a != before`;

/** Queries by name, for a .pftrace and a JSON file. They compare `what`, `a`, `b`, `ts` and `end`. */
const FIGURES: Readonly<Record<string, readonly [pftrace: string, json: string]>> = {
  "runs on Ps": [
    `select t.name as what, ${goroutineOf} as a, s.ts as ts, ${END} as end from ${trackSlices("P[0-9]*")}
       and s.name glob 'G[0-9]*'`,
    `select thread.name as what, ${goroutineOf} as a, s.ts as ts, ${END} as end from ${carrierSlices("P")}
       and s.category = 'go.run'`,
  ],
  "runs on threads": [
    `select t.name as what, ${goroutineOf} as a, s.ts as ts, ${END} as end from ${trackSlices("M[0-9]*")}
       and s.name glob 'G[0-9]*'`,
    `select thread.name as what, ${goroutineOf} as a, s.ts as ts, ${END} as end from ${carrierSlices("M")}
       and s.category = 'go.run'`,
  ],
  waits: [
    `select ${WAIT_REASON} as what, tid as a, s.ts as ts, ${END} as end from ${GOROUTINE_SLICES} where s.category = 'go.wait'`,
    `select s.name as what, tid as a, s.ts as ts, ${END} as end from ${GOROUTINE_SLICES} where s.category = 'go.wait'`,
  ],
  "time runnable": [
    `select tid as a, sum(${END} - s.ts) as ts from thread_state s join thread using (utid) where ${IS_GOROUTINE} and state = 'R' group by tid`,
    `select tid as a, sum(dur) as ts from ${GOROUTINE_SLICES} where s.name = 'runnable' and ${IS_GROUP} group by tid`,
  ],
  "time running": [
    `select tid as a, sum(${END} - s.ts) as ts from thread_state s join thread using (utid)
       where ${IS_GOROUTINE} and state = 'Running' group by tid`,
    `select tid as a, sum(iif(s.name = 'without a P', -dur, dur)) as ts from ${GOROUTINE_SLICES}
       where (s.name = 'running' or s.category = 'go.syscall' and s.name in ('syscall', 'without a P')) and ${IS_GROUP} group by tid`,
  ],
  "system calls": [
    `select tid as a, s.ts as ts, ${END} as end from ${GOROUTINE_SLICES} where s.category = 'go.syscall'`,
    `select tid as a, s.ts as ts, ${END} as end from ${GOROUTINE_SLICES}
       where s.category = 'go.syscall' and s.name = 'syscall' and ${IS_GROUP}`,
  ],
  "without a P": [
    `select tid as a, s.ts as ts, ${END} as end from thread_state s join thread using (utid)
       where ${IS_GOROUTINE} and state = 'D' and dur != 0`,
    `select tid as a, s.ts as ts, ${END} as end from ${GOROUTINE_SLICES} where s.name = 'without a P'`,
  ],
  arrows: [flows(""), flows(`and op.${IS_GROUP}`)],
  GC: [
    `select s.name as what, s.ts as ts, ${END} as end from slice s join track t on s.track_id = t.id
       where t.name in ('GC', 'Stop the world')`,
    `select s.name as what, s.ts as ts, ${END} as end from ${GOROUTINE_SLICES}
       where thread.name in ('GC', 'Stop the world')`,
  ],
  "tasks and regions": [
    `select s.name as what, s.ts as ts, ${END} as end from slice s
       where s.category = 'go.region' or s.category = 'task' and s.name != 'new task'`,
    `select s.name as what, s.ts as ts, ${END} as end from slice s where s.category in ('go.region', 'task')`,
  ],
  heap: [changes("Heap"), changes("Heap Allocated")],
  "CPU samples": [
    "select tid as a, ts from perf_sample join thread using (utid) where tid < 1 << 30 and thread.name != 'blocking profile'",
    `select tid as a, s.ts as ts from ${GOROUTINE_SLICES} where s.category = 'go.sample' and ${IS_GROUP}`,
  ],
};

interface FigureRow {
  readonly what?: string;
  readonly a?: number;
  readonly b?: number;
  readonly ts: number;
  readonly end?: number;
}

describe.skipIf(!haveEngine).each(traces)("JSON for Chrome of $name", ({ path }) => {
  let json: TraceProcessor | undefined;
  let pftrace: TraceProcessor | undefined;
  let base = 0;

  beforeAll(async () => {
    const { text } = await jsonOutput(path);
    json = await TraceProcessor.load(Buffer.from(text));
    const full = await fullOutput(path, AS_GO_TELLS);
    base = full.base;
    pftrace = await TraceProcessor.load(full.bytes);
  });
  afterAll(() => {
    json?.close();
    pftrace?.close();
  });

  it("opens in Perfetto's trace processor without errors and losses", () => {
    expect([json?.problems(), pftrace?.problems()]).toEqual([[], []]);
  });

  it("has the figures of the .pftrace, by SQL", () => {
    if (json === undefined || pftrace === undefined) return;
    for (const [name, [ofPftrace, ofJson]] of Object.entries(FIGURES)) {
      const isSum = name.startsWith("time");
      const rows = (tp: TraceProcessor, sql: string) =>
        tp.query<FigureRow>(sql).filter(({ ts }) => !isSum || ts > 0);
      const expected = rows(pftrace, ofPftrace).map((row) => text(row, isSum ? 0 : base));
      const actual = rows(json, ofJson).map((row) => text(row, 0));
      expect([name, listDifference(actual, expected).slice(0, 10)]).toEqual([name, []]);
    }
  });
});

/**
 * A row to compare. Regions that are older than the trace begin a little before it in a .pftrace. Perfetto names what
 * has no name in JSON, and ends texts at a NUL, for which a .pftrace has the symbol.
 */
function text({ what = "", a = 0, b = 0, ts, end }: FigureRow, base: number): string {
  const name = what.replace(/\u2400.*/, "").trimEnd() || "[No name]";
  return `${name} ${a} ${b} ${Math.max(ts - base, 0)}–${end === undefined ? "" : end - base}`;
}
