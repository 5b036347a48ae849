import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import type { SpanOptions } from "../../../src/sink/otlp/options.js";
import { FIXTURES } from "../../support/corpus.js";
import { otlpProblems } from "../../support/otlp/integrity-otlp.js";
import type { OtlpSpan } from "../../support/otlp/otlp-spans.js";
import { CLOCKED_OPTIONS, spansOfTrace } from "../../support/otlp/sink-spans.js";

/** A span as the SDK itself told it: ids are hexadecimal, `parent` is "" for a root. */
interface SdkSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent: string;
}

const file = (name: string) => join(FIXTURES, "program-spans", name);

async function recorded(sdk: string, options: Partial<SpanOptions>) {
  const own = readFileSync(file(`${sdk}.jsonl`), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as SdkSpan);
  const trace = await openTraceFile(file(`${sdk}.trace`));
  const { spans, sink } = await spansOfTrace(trace, { minBlock: 0, ...options }, CLOCKED_OPTIONS);
  const tasks = spans.filter(({ attributes }) => attributes["go.kind"] === "task");
  return { own, spans, tasks, links: sink.counts.links };
}

const line = (name: string, traceId: string, above: string) => `${name} ${traceId} ${above}`;
const places = (tasks: readonly OtlpSpan[]) =>
  tasks.map(({ name, traceId, parentSpanId }) => line(name, traceId, parentSpanId)).sort();

describe.each(["otel", "datadog"])("the tasks of a program with the SDK of %s", (sdk) => {
  test.each([false, true])("are below the SDK's own spans (in a stream: %s)", async (live) => {
    const { own, spans, tasks, links } = await recorded(sdk, { live });
    const known = own.filter(({ name }) => name !== "alone");
    expect(places(tasks.filter(({ name }) => name !== "alone"))).toEqual(
      known.map(({ name, traceId, spanId }) => line(name, traceId, spanId)).sort(),
    );
    // Three requests with two spans within each.
    expect(links).toMatchObject({ spans: 9, late: 0, unread: 0, unsampled: 0 });
    expect(otlpProblems(spans, true, own)).toEqual([]);

    // A region in another goroutine, and waits, are within.
    const requests = tasks.filter(({ name }) => name === "request");
    for (const { traceId, spanId } of requests) {
      const within = spans.filter((span) => span.traceId === traceId && span.parentSpanId === spanId);
      expect(within.map(({ name }) => name)).toContain("render");
    }
  });
});

test.each([
  { onlyLinked: true },
  { onlyLinked: true, live: true },
  { maxSpansPerTrace: 3 },
  { maxSpansPerTrace: 2, live: true },
  { maxSpansPerTrace: 3, onlyLinked: true },
])("with %j, parents and links of spans are there", async (options) => {
  const { own, spans } = await recorded("otel", { ...options, states: "all" });
  expect(spans.length).toBeGreaterThan(5);
  expect(otlpProblems(spans, true, own)).toEqual([]);
});

test("a span of dd-trace-go whose trace no log tells keeps its id", async () => {
  const { own, tasks, links } = await recorded("datadog", {});
  const alone = tasks.find(({ name }) => name === "alone");
  expect(alone?.parentSpanId).toBe("");
  expect(alone?.attributes["go.linked.span_id"]).toBe(own.find(({ name }) => name === "alone")?.spanId);
  expect(links.noTrace).toBe(1);
});
