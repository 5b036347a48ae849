import { describe, expect, test } from "vitest";
import { openTrace, sourceOf } from "../../../src/index.js";
import type { SpanOptions } from "../../../src/sink/otlp/options.js";
import { AnnotatedTrace } from "../../support/annotated-trace.js";
import type { OtlpSpan } from "../../support/otlp/otlp-spans.js";
import { CLOCKED_OPTIONS, type SinkSpans, spansOfTrace } from "../../support/otlp/sink-spans.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";

const A = "4bf92f3577b34da6a3ce929d0e0e4736";
const B = "0af7651916cd43dd8448eb211c80319c";
const ONE = "00f067aa0ba902b7";
const TWO = "b7ad6b7169203331";
const parent = (traceId: string, spanId: string, flags = "01") => `00-${traceId}-${spanId}-${flags}`;

async function spansOf(trace: AnnotatedTrace, options: Partial<SpanOptions> = {}): Promise<SinkSpans> {
  return spansOfTrace(await openTrace(sourceOf([trace.bytes()])), options, CLOCKED_OPTIONS);
}

const named = (spans: readonly OtlpSpan[], name: string) =>
  spans.find((span) => span.name === name) as OtlpSpan;
/** Trace and parent of a span, by the name of the parent if that is one of ours. */
function place(spans: readonly OtlpSpan[], name: string): [trace: string, parent: string] {
  const { traceId, parentSpanId } = named(spans, name);
  const above = spans.find((span) => span.spanId === parentSpanId && span.traceId === traceId);
  return [traceId, above?.name ?? parentSpanId];
}

describe("a log with ids of the program's own tracing", () => {
  test("puts its task, and all within it, below that span", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .log(1, 1, "traceparent", parent(A, ONE))
      .begin(1, 2, 1, "step")
      .enter(2, 2, "parallel")
      .exit(2, 2, "parallel")
      .end(1, 2)
      .end(1, 1);
    for (const options of [{}, { live: true }, { maxSpansPerTrace: 0 }]) {
      const { spans, sink } = await spansOf(trace, options);
      expect(place(spans, "request")).toEqual([A, ONE]);
      expect(place(spans, "step")).toEqual([A, "request"]);
      expect(place(spans, "parallel")).toEqual([A, "step"]);
      expect(sink.counts).toMatchObject({ links: { spans: 1, late: 0, noTrace: 0, unread: 0 }, traces: 2 });
      expect(sink.counts.traceIds).toContain(A);
    }
  });

  test("puts a task within another one below its own span", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .log(1, 1, "traceparent", parent(A, ONE))
      .begin(1, 2, 1, "step")
      .log(1, 2, "traceparent", parent(A, TWO))
      .begin(1, 4, 2, "of the same trace")
      .log(1, 4, "trace_id", A)
      .end(1, 4)
      .begin(1, 3, 2, "of another trace")
      .log(1, 3, "traceparent", parent(B, ONE))
      .enter(1, 3, "within")
      .exit(1, 3, "within")
      .end(1, 3)
      .end(1, 2)
      .end(1, 1);
    const { spans } = await spansOf(trace);
    expect(place(spans, "step")).toEqual([A, TWO]);
    expect(place(spans, "of the same trace")).toEqual([A, "step"]);
    expect(place(spans, "of another trace")).toEqual([B, ONE]);
    expect(place(spans, "within")).toEqual([B, "of another trace"]);
  });

  test("counts after spans within the task have ended", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 9, 0, "around")
      .begin(1, 1, 9, "request")
      .enter(1, 1, "early")
      .enter(1, 1, "inner")
      .exit(1, 1, "inner")
      .exit(1, 1, "early")
      .enter(1, 1, "open")
      .enter(2, 1, "meanwhile")
      .log(2, 9, "other", "")
      .nextGeneration()
      .log(3, 1, "traceparent", parent(A, ONE))
      .exit(2, 1, "meanwhile")
      .exit(1, 1, "open")
      .end(1, 1)
      .end(1, 9);
    const { spans } = await spansOf(trace);
    expect(place(spans, "request")).toEqual([A, ONE]);
    expect(place(spans, "early")).toEqual([A, "request"]);
    expect(place(spans, "inner")).toEqual([A, "early"]);
    expect(place(spans, "open")).toEqual([A, "request"]);
    expect(place(spans, "around")).not.toContain(A);

    // Of a stream they are gone, which is counted.
    const live = await spansOf(trace, { live: true });
    expect(place(live.spans, "request")).toEqual([A, ONE]);
    expect(place(live.spans, "open")).toEqual([A, "request"]);
    expect(place(live.spans, "early")[0]).not.toBe(A);
    expect(live.sink.counts.links.late).toBe(1);
  });

  test("after other spans of a whole trace of ours, renames that trace", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .enter(1, 1, "early")
      .exit(1, 1, "early")
      .log(1, 1, "traceparent", parent(A, ONE))
      .end(1, 1);
    const { spans, sink } = await spansOf(trace);
    expect(place(spans, "early")).toEqual([A, "request"]);
    expect(place(spans, "request")).toEqual([A, ONE]);
    expect(sink.counts.traceIds).toContain(A);
  });

  test("names the task's span once: others are links", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .log(1, 1, "trace_id", A.toUpperCase())
      .log(1, 1, "span_id", ONE)
      .log(1, 1, "traceparent", parent(A, ONE))
      .log(1, 1, "span_id", TWO)
      .log(1, 1, "trace_id", B)
      .log(1, 1, "span_id", TWO)
      .end(1, 1);
    const { spans } = await spansOf(trace);
    expect(place(spans, "request")).toEqual([A, ONE]);
    expect(named(spans, "request").links.map(({ traceId, spanId }) => [traceId, spanId])).toEqual([
      [A, TWO],
      [B, TWO],
    ]);
  });

  test("puts regions and stretches of goroutines without a task below spans", async () => {
    const trace = new AnnotatedTrace()
      .enter(1, 0, "handler")
      .log(1, 0, "traceparent", parent(A, ONE))
      .exit(1, 0, "handler")
      .log(2, 0, "traceparent", parent(A, ONE))
      .enter(2, 0, "first")
      .exit(2, 0, "first")
      .log(2, 0, "traceparent", parent(B, TWO))
      .begin(2, 1, 0, "second")
      .end(2, 1)
      .log(2, 0, "traceparent", "")
      .enter(2, 0, "after")
      .exit(2, 0, "after")
      .log(3, 0, "traceparent", parent(A, TWO));
    const { spans, sink } = await spansOf(trace);
    expect(place(spans, "handler")).toEqual([A, ONE]);
    const stretches = spans.filter(({ attributes }) => attributes["go.kind"] === "stretch");
    expect(stretches.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([
      [A, ONE],
      [B, TWO],
      [A, TWO],
    ]);
    expect(stretches.map(({ attributes }) => attributes["go.cut"])).toEqual([undefined, undefined, "end"]);
    for (const { start, end, attributes } of stretches)
      expect(attributes["go.time.running"]).toBe(Number(end - start));
    expect(named(spans, "first").parentSpanId).toBe(stretches[0]?.spanId);
    expect(named(spans, "second").parentSpanId).toBe(stretches[1]?.spanId);
    const own = named(spans, "after");
    expect(spans.find(({ spanId }) => spanId === own.parentSpanId)?.attributes["go.kind"]).toBe("goroutine");
    expect(sink.counts.links.spans).toBe(4);
  });

  test("of a task ends no stretch, and moves nothing if the task has ended or is unknown", async () => {
    const trace = new AnnotatedTrace()
      .log(1, 0, "traceparent", parent(A, ONE))
      .begin(1, 1, 0, "request")
      .log(1, 1, "traceparent", "")
      .end(1, 1)
      .log(1, 1, "traceparent", parent(B, ONE))
      .enter(1, 0, "still")
      .exit(1, 0, "still")
      .log(2, 9, "traceparent", parent(B, ONE))
      .enter(2, 0, "elsewhere")
      .exit(2, 0, "elsewhere");
    const { spans, sink } = await spansOf(trace);
    expect(place(spans, "request")[0]).toBe(A);
    expect(named(spans, "still").traceId).toBe(A);
    expect(named(spans, "elsewhere").traceId).not.toBe(B);
    expect(sink.counts.links).toMatchObject({ spans: 1, late: 2 });
  });

  test("of another span begins another stretch, in the same trace unless it names one", async () => {
    const trace = new AnnotatedTrace()
      .log(1, 0, "trace_id", A)
      .log(1, 0, "span_id", ONE)
      .enter(1, 0, "first")
      .exit(1, 0, "first")
      .log(1, 0, "span_id", TWO)
      .enter(1, 0, "second")
      .exit(1, 0, "second");
    const { spans } = await spansOf(trace);
    const stretches = spans.filter(({ attributes }) => attributes["go.kind"] === "stretch");
    expect(stretches.map(({ traceId, parentSpanId }) => [traceId, parentSpanId])).toEqual([
      [A, ONE],
      [A, TWO],
    ]);
    expect(["first", "second"].map((name) => named(spans, name).parentSpanId)).toEqual(
      stretches.map(({ spanId }) => spanId),
    );
  });

  test("may come before its task begins, from a span processor", async () => {
    const trace = new AnnotatedTrace()
      .log(1, 0, "traceparent.next", parent(A, ONE))
      .begin(1, 1, 0, "request")
      .log(1, 1, "traceparent.next", parent(A, TWO))
      .begin(1, 2, 1, "step")
      .end(1, 2)
      .log(1, 1, "traceparent.next", parent(B, TWO))
      .begin(1, 3, 0, "of nobody")
      .begin(1, 4, 1, "later")
      .end(1, 1);
    const { spans } = await spansOf(trace);
    expect(place(spans, "request")).toEqual([A, ONE]);
    expect(place(spans, "step")).toEqual([A, TWO]);
    expect(place(spans, "later")).toEqual([A, "request"]);
    expect(place(spans, "of nobody")[0]).not.toBe(B);
  });

  test("without a trace's id belongs to the trace around, or is an attribute", async () => {
    const raw = (id: string) => Uint8Array.from(Buffer.from(id, "hex").reverse());
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .log(1, 1, "trace_id", A)
      .log(1, 1, "datadog.uint64_span_id", raw(ONE))
      .begin(1, 2, 1, "step")
      .log(1, 2, "datadog.uint64_span_id", raw(TWO))
      .end(1, 2)
      .end(1, 1)
      .begin(1, 3, 0, "alone")
      .log(1, 3, "span id", String(BigInt(`0x${TWO}`)))
      .end(1, 3);
    const { spans, sink } = await spansOf(trace);
    expect(place(spans, "request")).toEqual([A, ONE]);
    expect(place(spans, "step")).toEqual([A, TWO]);
    expect(named(spans, "alone")).toMatchObject({
      parentSpanId: "",
      attributes: { "go.linked.span_id": TWO },
    });
    expect(sink.counts.links).toMatchObject({ noTrace: 1, unread: 0 });
  });

  test("has the bytes of an id also before Go 1.22, and if they are text", async () => {
    for (const id of [ONE, "4142434445464748", "0d0a7f00c3a90980"]) {
      const trace = new V1TraceBuilder(21);
      trace.add(
        trace.batch(0, 0, 1),
        trace.event("ProcStart", 1, 1),
        trace.event("GoCreate", 1, 1, 0, 0),
        trace.event("GoStart", 1, 1, 1),
        trace.event("UserTaskCreate", 1, 1, 0, 1, 0),
        trace.log([1, 1, 2, 0], A),
        trace.log([1, 1, 3, 0], Buffer.from(id, "hex").reverse()),
        trace.event("UserTaskEnd", 1, 1, 0),
        trace.string(1, "request"),
        trace.string(2, "trace_id"),
        trace.string(3, "datadog.uint64_span_id"),
        trace.frequency(1e9),
      );
      const { spans } = await spansOfTrace(await openTrace(sourceOf([trace.bytes()])));
      expect(place(spans, "request")).toEqual([A, id]);
    }
  });

  test("has its form by a table that options extend", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .log(1, 1, "traceparent", parent(B, TWO))
      .log(1, 1, "my trace", Uint8Array.from(Buffer.from(A, "hex")))
      .log(1, 1, "my span", String(BigInt(`0x${ONE}`)))
      .end(1, 1);
    const { spans } = await spansOf(trace, {
      linkLogs: [
        { key: "traceparent", kind: "none" },
        { key: "my trace", kind: "trace_id", encoding: "raw-be" },
        { key: "my span", kind: "span_id", encoding: "dec" },
      ],
    });
    expect(place(spans, "request")).toEqual([A, ONE]);
  });

  test("counts for nothing if it holds no id, or that of a span which was not sampled", async () => {
    const trace = new AnnotatedTrace().begin(1, 1, 0, "request");
    const wrong = [
      parent("0".repeat(32), ONE),
      parent(A, ONE).slice(1),
      `${parent(A, ONE)}-x`,
      "\ufffd",
      "ff",
    ];
    for (const text of wrong) trace.log(1, 1, "traceparent", text);
    trace
      .log(1, 1, "trace_id", "1")
      .log(1, 1, "span_id", "0".repeat(16))
      .log(1, 1, "span id", "2".repeat(21));
    trace.log(1, 1, "datadog.uint64_span_id", "seven b").log(1, 1, "traceparent", parent(A, ONE, "00"));
    const { spans, sink } = await spansOf(trace.end(1, 1));
    expect(named(spans, "request").parentSpanId).toBe("");
    expect(sink.counts.links).toMatchObject({ spans: 0, unread: wrong.length + 4, unsampled: 1 });
  });
});

describe("only spans below the program's", () => {
  const trace = new AnnotatedTrace()
    .begin(1, 1, 0, "request")
    .log(1, 1, "traceparent", parent(A, ONE))
    .enter(1, 1, "within")
    .exit(1, 1, "within")
    .end(1, 1)
    .begin(1, 2, 0, "other")
    .enter(1, 2, "outside")
    .exit(1, 2, "outside")
    .end(1, 2);

  test.each([[{}], [{ live: true }], [{ maxSpansPerTrace: 0 }]])("are exported with %j", async (options) => {
    const { spans, sink } = await spansOf(trace, { ...options, onlyLinked: true });
    expect(spans.map(({ name }) => name).sort()).toEqual(["request", "within"]);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([A]));
    const { made, given, notLinked, beyondLimit, traces, traceIds } = sink.counts;
    expect([given, beyondLimit, traces, traceIds]).toEqual([2, 0, 1, [A]]);
    expect(made).toBe(given + notLinked);
  });

  test("count to the limit of their trace", async () => {
    const many = new AnnotatedTrace().begin(1, 1, 0, "request").log(1, 1, "traceparent", parent(A, ONE));
    for (let i = 0; i < 10; i++) many.enter(1, 1, "short").exit(1, 1, "short");
    for (const live of [false, true]) {
      const { spans, sink } = await spansOf(many, { maxSpansPerTrace: 4, onlyLinked: true, live });
      expect(spans).toHaveLength(4);
      expect(sink.counts.beyondLimit).toBe(7);
    }
  });
});
