import { describe, expect, test } from "vitest";
import { EventKind } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import type { Trace } from "../../../src/order/trace.js";
import { partOf } from "../../../src/select/find-selection.js";
import { fixture } from "../../cli/command.js";
import { type AbsoluteLine, absoluteLines } from "../../support/absolute-lines.js";
import { isFormat1, variedTraces } from "../../support/corpus.js";
import { parsedEvents } from "../../support/go-parsed.js";
import { goSourceWith, parsedByGo } from "../../support/go-tool.js";
import { listDifference } from "../../support/list-difference.js";
import { openBytes, readBlocks } from "../../support/reading.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";
import { type Trimmed, trimmed } from "../../support/trimmed.js";

const MS = 1e6;
const S = 1e9;
const WHOLE = Number.POSITIVE_INFINITY;

/** Writes a trace before Go 1.22 in generations of that many nanoseconds. */
const written = (trace: Trace, length: number): Promise<Trimmed> => trimmed(trace, 23, false, length);

/** What a later generation says again of a goroutine or P. */
const isRestated = ({ text }: AbsoluteLine) => / (?:Go|Proc)Status \w+=\d+ (\w+)->\1\b/.test(text);

/**
 * Events as formats before and since Go 1.22 tell them alike: without the context, in which they differ, and without
 * texts of more than 1,024 bytes, which the later ones cannot hold.
 */
const alike = ({ time, text }: AbsoluteLine) => {
  const event = text.replace(/^m=\S+ p=\S+ g=\S+ /, "").replace(/"[^"]{300,}"/g, "long");
  return `${time} ${event.replace(/^(ProcStatus .*) NotExist->/, "$1 Undetermined->")}`;
};

async function linesOf(path: string): Promise<AbsoluteLine[]> {
  return absoluteLines(await openTraceFile(path));
}

/** When the generations of a trace begin, in nanoseconds since it begins. */
async function beginsOf(path: string): Promise<number[]> {
  const syncs: number[] = [];
  await readBlocks(await openTraceFile(path), ({ kind, length, time }) => {
    for (let i = 0; i < length; i++) if (kind[i] === EventKind.Sync) syncs.push(time[i] as number);
  });
  return syncs.slice(0, -1);
}

/** A trace of Go 1.21 with an event each 100 ms, in which the world is stopped from 0.95 s on for a second and a half. */
function longStop(): Uint8Array {
  const trace = new V1TraceBuilder(21);
  trace.add(trace.batch(0, 0, 1000), trace.event("ProcStart", 0, 5));
  trace.add(trace.event("GoCreate", 10, 1, 1, 0), trace.event("GoStart", 10, 1, 1));
  for (let i = 1; i <= 34; i++) {
    if (i === 10) trace.add(trace.event("GCSTWStart", 50 * MS, 3));
    if (i === 25) trace.add(trace.event("GCSTWDone", 50 * MS));
    trace.add(trace.event("GoSched", i === 10 || i === 25 ? 50 * MS - 500 : 100 * MS - 500, 1));
    trace.add(trace.event("GoStart", 500, 1, i + 1));
  }
  trace.add(trace.string(1, "main.main"), trace.string(2, "main.go"));
  return trace.add(trace.stack(1, [[0x1000, 1, 2, 7]]), trace.frequency(1e9)).bytes();
}

describe("a trace before Go 1.22, written", () => {
  test("has a generation for each second", async () => {
    const out = await trimmed(await openBytes(longStop()));
    const begins = await beginsOf(out.path);
    expect(begins.map((time) => Math.round(time / 1e8) / 10)).toEqual([0, 1, 2, 3]);
    expect(out.omissions).toEqual([]);
  });

  test.each([
    ["annotations-go1.21", 0.1 * MS],
    ["annotations-go1.21", S],
    ["cpusamples-go1.19", MS],
    ["hello-go1.9", 0.01 * MS],
  ])("gives our reader the same events: %s, generations of %d ns", async (name, length) => {
    const path = fixture(`${name}.trace`);
    const out = await written(await openTraceFile(path), length);
    const lines = await linesOf(out.path);
    const expected = (await linesOf(path)).map(alike);
    expect(lines.filter((line) => !isRestated(line)).map(alike)).toEqual(expected);
    expect((await beginsOf(out.path)).length > 1).toBe(length < S);
  });
});

const go = goSourceWith(
  "src/internal/trace/tracev2/events.go",
  "Go's own reader of generations that we begin",
);

/** What Go's own reader tells, without what later generations say again and when they begin. */
function officialEvents(path: string): string[] {
  const told: string[] = [];
  for (const { kind, details, time, thread, stack, transitionStack } of parsedEvents(
    parsedByGo(path, go?.root ?? ""),
  )) {
    if (kind === "Sync" || / (\w+)->\1 Reason=""$/.test(details)) continue;
    told.push(
      [
        time,
        thread,
        kind,
        details.replace("NotExist->Running", "Undetermined->Running"),
        stack,
        transitionStack,
      ].join(" "),
    );
  }
  return told;
}

describe.skipIf(go === undefined)("Go's own reader", { tags: ["long"] }, () => {
  const OLD = variedTraces(80_000).filter(isFormat1);

  test.each(OLD)("reads many generations as it reads one: $name", async ({ path }) => {
    const [one, many] = [
      await written(await openTraceFile(path), WHOLE),
      await written(await openTraceFile(path), MS),
    ];
    expect(many.omissions).toEqual(one.omissions);
    const [expected, told] = [officialEvents(one.path), officialEvents(many.path)];
    // Between added state changes, which have a nanosecond each, a status may have one too.
    if (one.omissions.length === 0) expect(listDifference(told, expected)).toEqual([]);
    expect(told.map(withoutTime).toSorted()).toEqual(expected.map(withoutTime).toSorted());
  });

  test("is told the reason of a stop-the-world that ends in a later generation", async () => {
    const out = await trimmed(await openBytes(longStop()));
    const stops = [...parsedEvents(parsedByGo(out.path, go?.root ?? ""))].filter(({ kind }) =>
      kind.startsWith("Range"),
    );
    expect(stops.map(({ kind, details }) => [kind, /Name="([^"]*)"/.exec(details)?.[1]])).toEqual([
      ["RangeBegin", "stop-the-world (write heap dump)"],
      ["RangeEnd", "stop-the-world (write heap dump)"],
    ]);
  });

  test("takes parts with generations of their own, and our reader gives the events of the part", async () => {
    const path = fixture("annotations-go1.21.trace");
    for (const [from, to] of [
      [0, 5.7 * MS],
      [5 * MS, WHOLE],
    ] as const) {
      const open = async () => partOf(await openTraceFile(path), { window: { from, to } });
      const part = await open();
      const expected = (await absoluteLines(part)).map(alike);
      const out = await written(await open(), 0.02 * MS);
      const told = (await linesOf(out.path)).filter(
        (line) => line.time >= part.timeBase && !isRestated(line),
      );
      expect(told.map(alike)).toEqual(expected);
      expect((await beginsOf(out.path)).length).toBeGreaterThan(5);
      expect(() => parsedByGo(out.path, go?.root ?? "")).not.toThrow();
    }
  });
});

const withoutTime = (line: string) => line.slice(line.indexOf(" "));
