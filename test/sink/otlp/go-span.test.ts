import { expect, test } from "vitest";
import { openTrace, sourceOf } from "../../../src/index.js";
import { GoSpan, type TraceOfSpan } from "../../../src/sink/otlp/go-span.js";
import { SpanClock } from "../../../src/sink/otlp/span-clock.js";
import { SpanSink } from "../../../src/sink/otlp/span-sink.js";
import { SpanType } from "../../../src/sink/otlp/span-type.js";
import { AnnotatedTrace } from "../../support/annotated-trace.js";
import { CLOCKED_OPTIONS } from "../../support/otlp/sink-spans.js";

const A = "4bf92f3577b34da6a3ce929d0e0e4736";

/** A trace's spans as exporters get them, with what was dropped of each. */
async function exported(trace: AnnotatedTrace): Promise<{ spans: GoSpan[]; sink: SpanSink }> {
  const sink = new SpanSink(CLOCKED_OPTIONS, 0);
  const spans: GoSpan[] = [];
  for await (const block of (await openTrace(sourceOf([trace.bytes()]))).blocks()) sink.events(block);
  for (const _ of sink.end({ format: "go 1.26", lost: ["an event"] })) spans.push(...sink.take());
  return { spans: [...spans, ...sink.take()], sink };
}

const named = (spans: readonly GoSpan[], name: string) => spans.find((span) => span.name === name) as GoSpan;

test("a span has the first 10,000 of its logs, and counts the others", async () => {
  const trace = new AnnotatedTrace().begin(1, 1, 0, "request");
  for (let i = 0; i < 10_003; i++) trace.log(1, 1, "note", i === 9999 ? "last" : "");
  const { spans, sink } = await exported(trace.end(1, 1));
  const { events, droppedEventsCount } = named(spans, "request");
  expect([events.length, droppedEventsCount, sink.counts.events]).toEqual([10_000, 3, 3]);
  expect(events.at(-1)?.attributes?.["go.log.message"]).toBe("last");
});

test("a span has 128 links to other spans of the program's tracing, and counts the others", async () => {
  const trace = new AnnotatedTrace().begin(1, 1, 0, "request");
  for (let i = 1; i <= 131; i++) {
    const id = i.toString(16).padStart(16, "0");
    trace.log(1, 1, "traceparent", `00-${A}-${id}-01`);
  }
  const { spans } = await exported(trace.end(1, 1));
  const { links, droppedLinksCount, parentSpanContext } = named(spans, "request");
  expect([links.length, droppedLinksCount]).toEqual([128, 2]);
  expect(parentSpanContext?.spanId).toBe("0000000000000001");
  expect(links.map(({ context }) => Number.parseInt(context.spanId, 16))).toEqual(
    Array.from({ length: 128 }, (_, i) => i + 2),
  );
});

test("the root tells what the trace lost", async () => {
  const { spans } = await exported(new AnnotatedTrace().begin(1, 1, 0, "request"));
  expect(named(spans, "go trace").attributes).toMatchObject({ "go.trace.lost": ["an event"] });
});

test("the duration of a span is from its start to its end", () => {
  const clock = new SpanClock();
  clock.set(0, 1_700_000_000_999_999_999n);
  const span = new GoSpan(SpanType.Task, { clock } as TraceOfSpan, "1", undefined, "request", 300, {});
  span.endAt(2_500_000_301);
  expect(span.startTime).toEqual([1_700_000_001, 299]);
  expect(span.endTime).toEqual([1_700_000_003, 500_000_300]);
  expect(span.duration).toEqual([2, 500_000_001]);
});

test("a span lasts as long as it did, though the wall clock is set meanwhile; what follows has the new time", () => {
  const clock = new SpanClock();
  clock.set(0, 1_700_000_000_000_000_000n);
  clock.set(1000, 1_700_000_060_000_000_000n);
  clock.set(2000, 1_600_000_000_000_000_000n);
  const span = new GoSpan(SpanType.Task, { clock } as TraceOfSpan, "1", undefined, "request", 999, {});
  span.event("note", 1000, {});
  span.endAt(2500);
  expect([span.startTime, span.endTime]).toEqual([
    [1_700_000_000, 999],
    [1_700_000_000, 2500],
  ]);
  expect(span.events[0]?.time).toEqual([1_700_000_060, 1000]);
  expect([clock.at(1999), clock.at(2000)]).toEqual([
    [1_700_000_060, 1999],
    [1_600_000_000, 2000],
  ]);
});
