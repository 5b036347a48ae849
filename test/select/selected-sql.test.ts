// @module-tag long

import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { Wrappers } from "../../src/sched/wrappers.js";
import { findSelection, partOf, type TracePart } from "../../src/select/find-selection.js";
import type { GoroutineSelector } from "../../src/select/goroutine-selector.js";
import { convert } from "../../src/sink/convert.js";
import { FullSink } from "../../src/sink/perfetto/full-sink.js";
import { someValidTraces } from "../support/corpus.js";
import { AS_GO_TELLS } from "../support/full-output.js";
import { oracleSummary } from "../support/oracle.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { START_FUNCTION } from "../support/sql-names.js";
import { TraceProcessor } from "../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("selected goroutines by SQL");

async function load(path: string, part: TracePart): Promise<TraceProcessor> {
  const chunks: Uint8Array[] = [];
  await convert(partOf(await openTraceFile(path), part), new FullSink("test", AS_GO_TELLS), {
    write: (bytes) => void chunks.push(bytes.slice()),
  });
  return TraceProcessor.load(new Uint8Array(Buffer.concat(chunks)));
}

/** One row per state or wait of a goroutine. */
const STATES = `select tid || ' ' || s.state as what, s.ts as ts, s.dur as dur
  from thread_state s join thread using (utid) where tid between 1 and (1 << 30) - 1 and not s.state = 'S'`;
const SLICES = `select tid || ' ' || ifnull(s.category, '') || ' ' || s.name as what, s.ts as ts, s.dur as dur
  from slice s join thread_track t on s.track_id = t.id join thread using (utid)
  where s.category in ('go.wait', 'go.syscall', 'go.region', 'go.log')`;
const WAKERS = `select t.tid as tid, s.ts as ts, w.tid as waker, w.name as name from thread_state s
  join thread t using (utid) join thread w on s.waker_utid = w.utid where t.tid between 1 and (1 << 30) - 1`;
const THREADS = `select tid, ${START_FUNCTION} as name from thread left join process using (upid)
  where tid between 1 and (1 << 30) - 1`;
const PROGRAM = `select s.name as name, s.ts as ts, s.dur as dur from slice s join track t on s.track_id = t.id
  where t.name in ('GC', 'Stop the world')`;

interface Timed {
  readonly what: string;
  readonly ts: number;
  readonly dur: number;
}

interface Wake {
  readonly tid: number;
  readonly ts: number;
  readonly waker: number;
  readonly name: string;
}

const wrappers = new Wrappers();
const inOrder = <T>(rows: readonly T[]) => rows.map((row) => JSON.stringify(row)).sort();

const CASES: readonly (readonly [string, GoroutineSelector])[] = [
  ["http-1s-go1.26", { func: "net/http.(*conn).serve" }],
  ["gcheavy-go1.26", { pattern: /^main\./ }],
  ["sync-go1.26", { pattern: /Worker$|producer/ }],
  ["annotations-go1.26", { id: 1 }],
];
const names = someValidTraces(CASES.map(([name]) => name)).map(({ oracle }) => oracle);
const cases = CASES.filter(([name]) => names.includes(name));

describe.skipIf(!haveEngine)("selected goroutines in SQL", () => {
  it.each(cases)("do what they do in the whole: %s", async (name, selector) => {
    const [trace] = someValidTraces([name]);
    if (trace === undefined) throw new Error(`no trace ${name}`);
    const query = { goroutines: [selector] };
    const part = await findSelection(query, { open: () => openTraceFile(trace.path) });
    const selected = part.selection?.goroutines ?? new Set();
    const whole = await load(trace.path, {});
    const some = await load(trace.path, part);
    try {
      expect(some.problems()).toEqual([]);
      const isOf = ({ what }: Timed) => selected.has(Number.parseInt(what, 10));
      for (const sql of [STATES, SLICES]) {
        const rows = some.query<Timed>(sql);
        expect(inOrder(rows)).toEqual(inOrder(whole.query<Timed>(sql).filter(isOf)));
      }
      expect(inOrder(some.query(PROGRAM))).toEqual(inOrder(whole.query(PROGRAM)));
      const threads = some.query<{ tid: number; name: string }>(THREADS);
      const named = inOrder(threads.map(({ tid, name }) => [tid, name]));
      const all = whole.query<{ tid: number; name: string }>(THREADS).filter(({ tid }) => selected.has(tid));
      expect(named).toEqual(inOrder(all.map(({ tid, name }) => [tid, name])));
      // Not every fixture has the official summary beside it.
      const goroutines = oracleSummary(trace)?.goroutineList.filter(({ ID }) => selected.has(ID));
      if (goroutines !== undefined) {
        expect(inOrder(threads.map(({ tid }) => tid))).toEqual(inOrder(goroutines.map(({ ID }) => ID)));
        // Goroutines of wrappers have the names of what they call.
        const direct = goroutines.filter(({ Name }) => !wrappers.has(Name));
        expect(named).toEqual(expect.arrayContaining(inOrder(direct.map(({ ID, Name }) => [ID, Name]))));
      }
      // Of the wakers, those that are left out are told as such, and the runtime stays the runtime.
      const isGoroutine = (tid: number) => tid < 2 ** 30;
      const wakes = (tp: TraceProcessor) =>
        tp
          .query<Wake>(WAKERS)
          .filter(({ tid }) => selected.has(tid))
          .map(({ tid, ts, waker, name }) => {
            const isOther = isGoroutine(waker) && !selected.has(waker);
            return [tid, ts, isOther ? "another goroutine" : name];
          });
      const woken = wakes(some);
      expect(inOrder(woken)).toEqual(inOrder(wakes(whole)));
      expect(woken.length).toBeGreaterThan(0);
      expect(woken.filter(([, , by]) => by === "another goroutine").length).toBeGreaterThan(0);
    } finally {
      whole.close();
      some.close();
    }
  });
});
