import { describe, expect, it } from "vitest";
import { EventKind } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import type { Trace } from "../../../src/order/trace.js";
import { Ranges } from "../../../src/sched/ranges.js";
import { Edge } from "../../../src/sched/state.js";
import { fixtureTraces, isFormat2, minorOf, validTraces } from "../../support/corpus.js";
import { LIKE_GO, openBytes, readBlocks } from "../../support/reading.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";

const K = EventKind;
const SOUND_1 = [
  ...new Map([...fixtureTraces(), ...validTraces()].map((t) => [t.oracle, t])).values(),
].filter(({ path }) => minorOf(path) > 0 && !isFormat2(path));
/** In it a goroutine assists when it begins. */
const ASSISTING = SOUND_1.filter(({ name }) => name === "stress_start_stop_1_9_good");

interface Range {
  readonly name: string;
  readonly subject: number;
  readonly since: number;
  readonly isOlder: boolean;
  readonly until: number;
}

/** The mark assists and GCs of a trace, those that are over; ends without a beginning are counted. */
async function rangesOf(trace: Trace) {
  const found: Range[] = [];
  const ranges = new Ranges({
    range: (name, subject, since, sinceEdge, until) =>
      found.push({
        name: ranges.names.names.text(name),
        subject,
        since,
        isOlder: sinceEdge === Edge.Cut,
        until,
      }),
  });
  let ends = 0;
  const error = await readBlocks(trace, (block) => {
    ranges.block(block);
    for (let i = 0; i < block.length; i++) {
      const kind = block.kind[i] as number;
      if (kind === K.AssistEnd || kind === K.GcEnd) ends++;
      if ((kind >= K.AssistActive && kind <= K.AssistEnd) || (kind >= K.GcActive && kind <= K.GcEnd))
        ranges.event(block, i);
    }
  });
  return { found, unmatched: ends - found.length, error };
}

describe.runIf(SOUND_1.length > 0)("mark assists and GCs that end", () => {
  it.each(SOUND_1)("have begun, if before the trace: $name", async ({ path }) => {
    const { found, unmatched } = await rangesOf(await openTraceFile(path));
    expect(unmatched).toBe(0);
    for (const { since, isOlder, until } of found) {
      expect(until).toBeGreaterThan(since);
      if (isOlder) expect(since).toBe(0);
    }
  });

  it.each(ASSISTING)("are told of where only their end is: $name", async ({ path }) => {
    const { found } = await rangesOf(await openTraceFile(path));
    expect(found.filter(({ isOlder }) => isOlder).map(({ name }) => name)).toEqual(["GC mark assist"]);
  });
});

/** A goroutine that is in a mark assist when the trace begins, and then in another one. */
function assistingTrace(): Uint8Array {
  const trace = new V1TraceBuilder(11);
  trace.add(trace.batch(0, 0, 1000), trace.event("GoCreate", 1, 1, 0, 0), trace.event("ProcStart", 1, 0));
  trace.add(trace.event("GoStartLocal", 1, 1), trace.event("Gomaxprocs", 1, 1, 0));
  trace.add(trace.event("GCMarkAssistDone", 50));
  trace.add(trace.event("GCDone", 50));
  trace.add(trace.event("GCStart", 50, 0, 0), trace.event("GCMarkAssistStart", 50, 0));
  trace.add(trace.event("GCMarkAssistDone", 50), trace.event("GCDone", 50));
  trace.add(trace.frequency(1e9));
  return trace.bytes();
}

describe("a trace that begins within a GC", () => {
  it("gives that, and who assists, from its beginning", async () => {
    const { found, error } = await rangesOf(await openBytes(assistingTrace()));
    expect(error).toBeUndefined();
    const assist = { name: "GC mark assist", subject: 1 };
    const gc = { name: "GC concurrent mark phase", subject: -1 };
    expect(found).toEqual([
      { ...assist, since: 0, isOlder: true, until: 54 },
      { ...gc, since: 0, isOlder: true, until: 104 },
      { ...assist, since: 204, isOlder: false, until: 254 },
      { ...gc, since: 154, isOlder: false, until: 304 },
    ]);
  });

  it("is refused where Go's verdict is asked for", async () => {
    const { error } = await rangesOf(await openBytes(assistingTrace(), LIKE_GO));
    expect(error?.code).toBe("range-mismatch");
  });
});
