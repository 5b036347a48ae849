import { describe, expect, test } from "vitest";
import { openTrace, sourceOf } from "../../../src/index.js";
import { AnnotatedTrace } from "../../support/annotated-trace.js";
import type { OtlpSpan } from "../../support/otlp/otlp-spans.js";
import { spansOfTrace } from "../../support/otlp/sink-spans.js";

async function spansOf(trace: AnnotatedTrace): Promise<OtlpSpan[]> {
  const { spans } = await spansOfTrace(await openTrace(sourceOf([trace.bytes()])), { maxSpansPerTrace: 0 });
  return spans;
}

const named = (spans: readonly OtlpSpan[], name: string) =>
  spans.find((span) => span.name === name) as OtlpSpan;
const parentOf = (spans: readonly OtlpSpan[], name: string) => {
  const { parentSpanId, traceId } = named(spans, name);
  const parent = spans.find((span) => span.spanId === parentSpanId && span.traceId === traceId);
  return parent?.attributes["go.kind"] === "goroutine" ? "its goroutine" : parent?.name;
};

describe("a task", () => {
  // In these traces goroutines always run.
  test("has the times of the goroutine that began it, if that worked on it to its end", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "whole")
      .begin(1, 2, 1, "within")
      .end(1, 2)
      .end(1, 1)
      .begin(1, 3, 0, "handed on")
      .begin(1, 4, 0, "next")
      .end(1, 4)
      .end(1, 3)
      .begin(1, 5, 0, "ended by another")
      .end(2, 5);
    const spans = await spansOf(trace);
    const told = ["whole", "within", "handed on", "next", "ended by another"].map((name) => {
      const { attributes, start, end } = named(spans, name);
      const ran = attributes["go.time.running"];
      return [name, ran === undefined ? "unknown" : ran === Number(end - start)];
    });
    expect(told).toEqual([
      ["whole", true],
      ["within", true],
      ["handed on", "unknown"],
      ["next", true],
      ["ended by another", "unknown"],
    ]);
  });

  test("has regions, logs and tasks that come after its end", async () => {
    const trace = new AnnotatedTrace()
      .begin(1, 1, 0, "request")
      .end(1, 1)
      .enter(2, 1, "late")
      .exit(2, 1, "late")
      .begin(2, 2, 1, "part")
      .end(2, 2);
    const spans = await spansOf(trace);
    expect(["late", "part"].map((name) => parentOf(spans, name))).toEqual(["request", "request"]);
  });

  test("is forgotten after thousands of others, also one that is older than the trace", async () => {
    const trace = new AnnotatedTrace().end(1, 1).begin(1, 2, 0, "request").end(1, 2);
    for (let id = 3; id < 3 + 8192; id++) trace.begin(1, id, 0, "").end(1, id);
    for (const id of [1, 2]) trace.enter(2, id, `late ${id}`).exit(2, id, `late ${id}`);
    const spans = await spansOf(trace);
    expect(spans.filter(({ attributes }) => attributes["go.task.id"] === 1)).toHaveLength(2);
    expect(["late 1", "late 2"].map((name) => parentOf(spans, name))).toEqual([
      "its goroutine",
      "its goroutine",
    ]);
  });
});

test("a region has the time of a GC that is older than the trace, also if the trace tells of that later", async () => {
  const trace = new AnnotatedTrace()
    .enter(1, 0, "over before")
    .exit(1, 0, "over before")
    .enter(1, 0, "before")
    .gc(1, "Active", 1)
    .enter(1, 0, "during")
    .gc(1, "End", 2)
    .exit(1, 0, "during")
    .exit(1, 0, "before");
  const spans = await spansOf(trace);
  const active = ["over before", "before", "during"].map(
    (name) => named(spans, name).attributes["go.time.gc_active"],
  );
  // The trace's events are a microsecond apart. What is over cannot be told any more.
  expect(active).toEqual([undefined, 3000, 1000]);
});
