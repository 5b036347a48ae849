// @module-tag long

import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { partOf, type TracePart } from "../../src/select/find-selection.js";
import { convert } from "../../src/sink/convert.js";
import { FullSink } from "../../src/sink/perfetto/full-sink.js";
import { someValidTraces } from "../support/corpus.js";
import { AS_GO_TELLS } from "../support/full-output.js";
import { pftraceProblems } from "../support/integrity-pftrace.js";
import { leanBytes } from "../support/lean-output.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { readPftrace } from "../support/pftrace-reader.js";
import { added, positive, type TimedFile, type Times, times } from "../support/sql-times.js";
import { TraceProcessor } from "../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("windows by SQL");

async function converted(path: string, part: TracePart): Promise<TimedFile> {
  const chunks: Uint8Array[] = [];
  const trace = partOf(await openTraceFile(path), part);
  const { duration } = await convert(trace, new FullSink("test", AS_GO_TELLS), {
    write: (bytes) => void chunks.push(bytes.slice()),
  });
  return { bytes: new Uint8Array(Buffer.concat(chunks)), duration, base: trace.timeBase };
}

const TRACES = [
  "sync-go1.26",
  "http-1s-go1.26",
  "gcheavy-go1.26",
  "syscalls-go1.22",
  "manygens-sync-go1.26",
  "annotations-go1.26",
];

describe.skipIf(!haveEngine)("three windows beside one another", () => {
  it.each(someValidTraces(TRACES))("add up to the whole in SQL: $name", async ({ path }) => {
    const whole = await converted(path, {});
    const t = Math.floor(whole.duration * 0.37);
    const u = Math.floor(whole.duration * 0.62);
    const parts: Times[] = [];
    for (const [from, to] of [
      [0, t],
      [t, u],
      [u, whole.duration],
    ] as const) {
      const part = await converted(path, { window: { from, to } });
      expect(part.duration).toBe(to - from);
      expect(part.base).toBe(whole.base + from);
      expect(pftraceProblems(readPftrace(part.bytes))).toEqual([]);
      parts.push(await times(part));
    }
    const all = await times(whole);
    expect(Object.keys(all).length).toBeGreaterThan(20);
    expect(positive(added(parts))).toEqual(positive(all));
  });
});

describe("a window's lean conversion", () => {
  it.each(someValidTraces(TRACES))("refers to nothing that is not there: $name", async ({ path }) => {
    const { duration } = await converted(path, {});
    const window = { from: Math.floor(duration * 0.4), to: Math.floor(duration * 0.6) };
    const bytes = await leanBytes(partOf(await openTraceFile(path), { window }), AS_GO_TELLS);
    expect(pftraceProblems(readPftrace(bytes))).toEqual([]);
  });
});

describe.skipIf(!haveEngine)("a window", () => {
  it("has regions around the waits in them", async () => {
    const [trace] = someValidTraces(["annotations-go1.26"]);
    if (trace === undefined) throw new Error("no trace with annotations");
    // Goroutine 1 sleeps in two regions from 485696 to 691456 ns.
    const { bytes } = await converted(trace.path, {
      window: { from: 500_000, to: Number.POSITIVE_INFINITY },
    });
    const tp = await TraceProcessor.load(bytes);
    const rows = tp.query<{ name: string; depth: number; dur: number }>(`select s.name, s.depth, s.dur
      from slice s join thread_track t on s.track_id = t.id join thread using (utid)
      where tid = 1 order by s.ts, s.depth limit 3`);
    tp.close();
    expect(rows.map(({ name, depth }) => [name, depth])).toEqual([
      ["region started in an earlier trace", 0],
      ["region without a task", 1],
      ["sleep", 2],
    ]);
    expect(rows[2]?.dur).toBeLessThan(rows[1]?.dur ?? 0);
    expect(rows[1]?.dur).toBeLessThan(rows[0]?.dur ?? 0);
  });

  it("says of a stop-the-world, a task and regions that they began before it", async () => {
    const cut = async (name: string, from: number) => {
      const [trace] = someValidTraces([name]);
      if (trace === undefined) throw new Error(`no trace ${name}`);
      const { bytes } = await converted(trace.path, { window: { from, to: Number.POSITIVE_INFINITY } });
      const tp = await TraceProcessor.load(bytes);
      const rows = tp.query<{ name: string }>(`select name from slice where
        extract_arg(arg_set_id, 'debug.cut') = 'began before the trace'
        and (category in ('task', 'go.region') or name glob 'stop-the-world*') order by name`);
      tp.close();
      return rows.map(({ name }) => name);
    };
    // Two tasks began before the trace, which has not their types.
    expect(await cut("annotations-go1.26", 500_000)).toEqual([
      "",
      "",
      "child of unseen task",
      "region started in an earlier trace",
      "region without a task",
    ]);
    // Go's text has it from 78187712 to 78230400 ns.
    expect(await cut("gomaxprocs-go1.26", 78_200_000)).toEqual(["stop-the-world (GOMAXPROCS)"]);
  });
});
