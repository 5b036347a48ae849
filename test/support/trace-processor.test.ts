// @module-tag long

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { haveTraceProcessor } from "./perfetto-tools.js";
import { TraceProcessor } from "./trace-processor.js";

const available = await haveTraceProcessor("the test support's own trace processor");

const Trace = protobuf
  .parse(
    `syntax = "proto2";
    message Trace { repeated TracePacket packet = 1; }
    message TracePacket {
      optional uint64 timestamp = 8;
      optional uint32 trusted_packet_sequence_id = 10;
      optional TrackEvent track_event = 11;
      optional uint32 timestamp_clock_id = 58;
      optional TrackDescriptor track_descriptor = 60;
    }
    message TrackEvent {
      optional int32 type = 9;
      optional uint64 track_uuid = 11;
      optional string name = 23;
    }
    message TrackDescriptor { optional uint64 uuid = 1; optional string name = 2; }`,
    { keepCase: true },
  )
  .root.lookupType("Trace");

function traceOf(...packets: object[]): Uint8Array {
  const onOneSequence = packets.map((packet) => ({ trusted_packet_sequence_id: 1, ...packet }));
  return Trace.encode(Trace.fromObject({ packet: onOneSequence })).finish();
}

function slice(begin: number, end: number, name: string): object[] {
  return [
    { timestamp: begin, track_event: { type: 1, track_uuid: 7, name } },
    { timestamp: end, track_event: { type: 2, track_uuid: 7 } },
  ];
}

const TRACK = { track_descriptor: { uuid: 7, name: "a track" } };
const SOUND = traceOf(TRACK, ...slice(100, 250, "façade"), ...slice(300, 301, ""));
const SLICES = "select ts, dur, name from slice order by ts";
const SLICE_ROWS = [
  { ts: 100, dur: 150, name: "façade" },
  { ts: 300, dur: 1, name: "" },
];

describe.skipIf(!available)("the trace processor", () => {
  it("gives the rows of a trace that has no problems", async () => {
    const processor = await TraceProcessor.load(SOUND);
    expect(processor.query(SLICES)).toEqual(SLICE_ROWS);
    expect(processor.problems()).toEqual([]);
    processor.close();
    expect(() => processor.query("select 1")).toThrow(/closed/);
  });

  it("loads files, gzipped or not, and many traces one after the other", async () => {
    const dir = await mkdtemp(join(tmpdir(), "go2perfetto-test-"));
    try {
      for (const bytes of [SOUND, gzipSync(SOUND)]) {
        await writeFile(join(dir, "a.pftrace"), bytes);
        const processor = await TraceProcessor.load(join(dir, "a.pftrace"));
        expect(processor.query(SLICES)).toEqual(SLICE_ROWS);
      }
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it("keeps two loaded traces apart", async () => {
    const one = await TraceProcessor.load(SOUND);
    const other = await TraceProcessor.load(traceOf(TRACK, ...slice(1, 3, "other")));
    expect(one.query(SLICES)).toEqual(SLICE_ROWS);
    expect(other.query(SLICES)).toEqual([{ ts: 1, dur: 2, name: "other" }]);
  });

  it("decodes every kind of cell, and integers exactly", async () => {
    const processor = await TraceProcessor.load(SOUND);
    const edges = ["-1", "127", "128", "9007199254740991", "-9007199254740992", "9223372036854775807"];
    const select = edges.map((edge, i) => `${edge} as e${i}`).join(", ");
    expect(processor.query(`select ${select}, (-9223372036854775807 - 1) as least`)).toEqual([
      {
        e0: -1,
        e1: 127,
        e2: 128,
        e3: 9007199254740991,
        e4: -9007199254740992n,
        e5: 9223372036854775807n,
        least: -9223372036854775808n,
      },
    ]);
    const row = { none: null, half: 0.5, text: "ä", empty: "" };
    expect(processor.query("select null as none, 0.5 as half, 'ä' as text, '' as empty")).toEqual([row]);
    expect(() => processor.query("select x'00ff' as b")).toThrow(/hex\(x\)/);
  });

  it("gives many rows, no rows, and the rows of the last statement", async () => {
    const processor = await TraceProcessor.load(SOUND);
    const count = 200_000;
    const rows = processor.query<{ n: number; text: string }>(
      `with recursive c(n) as (select 1 union all select n + 1 from c where n < ${count})
       select n, 'row ' || n as text from c`,
    );
    expect(rows).toHaveLength(count);
    expect(rows.at(-1)).toEqual({ n: count, text: `row ${count}` });
    expect(processor.query("select 1 as x where 0")).toEqual([]);
    expect(processor.query("create table t(x); insert into t values (4); select x from t")).toEqual([
      { x: 4 },
    ]);
    expect(processor.query("include perfetto module slices.with_context")).toEqual([]);
  });

  it("throws what Perfetto says of wrong SQL, and goes on", async () => {
    const processor = await TraceProcessor.load(SOUND);
    expect(() => processor.query("select x from nowhere")).toThrow(/no such table: nowhere/);
    expect(processor.query("select 2 as two")).toEqual([{ two: 2 }]);
  });

  it("reports the problems of a broken trace", async () => {
    const unknownClock = { timestamp: 5, timestamp_clock_id: 65, track_event: { type: 3, track_uuid: 7 } };
    const processor = await TraceProcessor.load(traceOf(TRACK, unknownClock, ...slice(10, 20, "fine")));
    const problems = processor.problems();
    expect(problems).toContainEqual({
      name: "clock_sync_failure_unknown_source_clock",
      idx: null,
      severity: "error",
      value: 1,
      description: expect.stringContaining("ClockSnapshot"),
    });
    expect(problems.map((problem) => problem.severity).sort()).toEqual(["data_loss", "error"]);
  });

  it("throws when Perfetto refuses the file", async () => {
    await expect(TraceProcessor.load(new TextEncoder().encode("this is no trace"))).rejects.toThrow(/trace/);
    await expect(TraceProcessor.load("/nonexistent.pftrace")).rejects.toThrow(/ENOENT/);
  });
});
