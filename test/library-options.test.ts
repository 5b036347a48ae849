import { resourceFromAttributes } from "@opentelemetry/resources";
import { expect, test } from "vitest";
import { ChromeSink } from "../src/chrome.js";
import {
  GcCycles,
  Profiles,
  partOf,
  Summary,
  splitTrace,
  TraceStats,
  WindowedTrace,
  WorstLatencies,
} from "../src/index.js";
import { openTraceFile } from "../src/node.js";
import { SpanSink } from "../src/otlp.js";
import { FullSink, LeanSink } from "../src/perfetto.js";

const resource = resourceFromAttributes({});
const spans = {
  digest: new Uint8Array(32),
  wallStart: 0n,
  resource,
  runtimeResource: resource,
  scope: { name: "" },
};

/** What is made with what options, as who writes JavaScript may get them wrong, and the message. */
const wrong: readonly [new (...args: never[]) => unknown, readonly unknown[], string][] = [
  [LeanSink, ["", { tracks: ["goroutine"] }], 'each of tracks is "procs" or "threads" or'],
  [LeanSink, ["", { tracks: "procs" }], 'not "p"'],
  [FullSink, ["", { stacks: "text" }], 'stacks is "callstack" or "annotation" or "none", not "text"'],
  [FullSink, ["", { group: "task" }], "group is"],
  [FullSink, ["", { minDuration: "10us" }], 'minDuration is a number from 0 on, not "10us"'],
  [ChromeSink, ["", { minDuration: -1 }], "minDuration is a number from 0 on, not -1"],
  [ChromeSink, ["", { limit: { events: 5 } }], "limit.goroutines is a number from 0 on, not undefined"],
  [SpanSink, [{ ...spans, states: "waiting" }, 0], "states is"],
  [SpanSink, [{ ...spans, minBlock: Number.NaN }, 0], "minBlock is a number from 0 on, not NaN"],
  [SpanSink, [{ ...spans, maxSpansPerTrace: -1 }, 0], "maxSpansPerTrace is"],
  [SpanSink, [{ ...spans, linkLogs: [{ key: "id", kind: "id" }] }, 0], "kind is"],
  [SpanSink, [{ ...spans, linkLogs: [{ key: "id", kind: "span_id", encoding: "le" }] }, 0], "encoding is"],
  [Profiles, [{ kinds: ["block"] }], 'each of kinds is "net" or "sync" or'],
  [Profiles, [{ kinds: ["sync"], from: Number.NaN }], "from is a number from 0 on, not NaN"],
  [Summary, [{ rows: -1 }], "the number of rows is a number from 0 on, not -1"],
  [TraceStats, [{ top: Number.NaN }], "the number of rows is"],
  [WorstLatencies, ["3"], 'the number of rows is a number from 0 on, not "3"'],
  [GcCycles, [-1], "the number of rows is"],
];

test.each(wrong.map(([Made, args, message]) => [message, Made, args] as const))(
  "%s",
  (message, Made, args) => {
    const make = () => new Made(...(args as never[]));
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  },
);

test("a profile of a kind that was not asked for is refused, rather than empty", () => {
  expect(() => new Profiles({ kinds: ["sync"] }).profile("net")).toThrow(RangeError);
});

test("windows and steps that are none are refused", async () => {
  const trace = await openTraceFile("test/fixtures/hello-go1.26.trace");
  try {
    const windowed = (from: number, to: number) => () => new WindowedTrace(trace, { from, to });
    expect(windowed(Number.NaN, 1)).toThrow("from is a number from 0 on, not NaN");
    expect(windowed(2, 1)).toThrow("to is not before from: 1 is before 2");
    expect(() => partOf(trace, { window: { from: -1, to: 1 } })).toThrow(
      "from is a number from 0 on, not -1",
    );
    for (const step of [0, -1, Number.NaN])
      await expect(splitTrace(trace, { step }).next()).rejects.toThrow(
        `step is a number above 0, not ${step}`,
      );
  } finally {
    await trace.close();
  }
});
