import { describe, expect, test } from "vitest";
import { RegionMatch } from "../../../src/event/kind.js";
import { leanOutput } from "../../../src/sink/perfetto/event-output.js";
import { OpenRegions } from "../../../src/sink/perfetto/open-regions.js";
import { choicesOf } from "../../../src/sink/perfetto/options.js";
import { PacketWriter } from "../../../src/sink/perfetto/packets.js";
import { timelineNames } from "../../../src/sink/perfetto/timeline-names.js";
import { describeTrack, writeClocks } from "../../../src/sink/perfetto/tracks.js";
import { pftraceProblems } from "../../support/integrity-pftrace.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { readPftrace } from "../../support/pftrace-reader.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("regions that overlap, by SQL");
const BASE = 1_000_000;
const TRACK = 77;
const SLICES = `select s.ts - ${BASE} as ts, s.dur as dur, s.name as name, s.depth as depth from slice s order by s.ts, depth`;

type Step = readonly [what: "begin" | "end" | "finish", type: string, time: number];

/** The slices of one goroutine, by Perfetto. */
async function slicesOf(steps: readonly Step[]): Promise<object[]> {
  const packets = new PacketWriter();
  writeClocks(packets, BASE, undefined);
  describeTrack(packets, { uuid: TRACK, name: "G1" });
  const { events, interning } = leanOutput(packets, BASE, choicesOf({}), "test");
  const regions = new OpenRegions(events, timelineNames(interning));
  const open: string[] = [];
  for (const [what, type, time] of steps) {
    const region = { type, name: interning.text("name", type), task: 0 };
    if (what === "finish") regions.finish(0, 1, time, TRACK, 0);
    else if (what === "begin") {
      open.push(type);
      regions.begin(0, 1, time, TRACK, region, 0);
    } else {
      const at = open.lastIndexOf(type);
      const within = at < 0 ? RegionMatch.Older : open.length - 1 - at;
      if (at >= 0) open.splice(at, 1);
      regions.end(0, 1, time, TRACK, region, within, 0);
    }
  }
  const bytes = packets.out.view().slice();
  expect(pftraceProblems(readPftrace(bytes))).toEqual([]);
  const tp = await TraceProcessor.load(bytes);
  try {
    expect(tp.problems()).toEqual([]);
    return tp.query(SLICES);
  } finally {
    tp.close();
  }
}

describe.skipIf(!haveEngine)("regions", () => {
  test("that overlap are cut and continue", async () => {
    const slices = await slicesOf([
      ["begin", "a", 10],
      ["begin", "b", 20],
      ["end", "a", 30],
      ["end", "b", 40],
    ]);
    expect(slices).toEqual([
      { ts: 10, dur: 20, name: "a", depth: 0 },
      { ts: 20, dur: 10, name: "b", depth: 1 },
      { ts: 30, dur: 10, name: "b", depth: 0 },
    ]);
  });

  test("that began before the trace enclose slices that end before them", async () => {
    const slices = await slicesOf([
      ["begin", "told at the start", 0],
      ["end", "told at the start", 5],
      ["end", "inner", 10],
      ["end", "outer", 20],
    ]);
    expect(slices).toEqual([
      { ts: -3, dur: 23, name: "outer", depth: 0 },
      { ts: -2, dur: 12, name: "inner", depth: 1 },
      { ts: 0, dur: 5, name: "told at the start", depth: 2 },
    ]);
  });

  test("that never end are closed with the trace", async () => {
    const slices = await slicesOf([
      ["begin", "a", 10],
      ["begin", "a", 20],
      ["finish", "", 30],
    ]);
    expect(slices).toEqual([
      { ts: 10, dur: 20, name: "a", depth: 0 },
      { ts: 20, dur: 10, name: "a", depth: 1 },
    ]);
  });
});
