import type { Attributes, HrTime } from "@opentelemetry/api";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { TraceError } from "../../../src/base/errors.js";
import type { Trace } from "../../../src/order/trace.js";
import type { SpanOptions } from "../../../src/sink/otlp/options.js";
import { SpanSink } from "../../../src/sink/otlp/span-sink.js";
import { type OtlpAttributes, type OtlpSpan, type RawRequest, spansOfRequest } from "./otlp-spans.js";

export const TEST_WALL_START = 1_700_000_000_123_456_789n;

/** What tests of the sink say of the program, where the trace itself tells the wall clock. */
export const CLOCKED_OPTIONS: SpanOptions = {
  digest: new Uint8Array(32).fill(7),
  resource: resourceFromAttributes({ "service.name": "test" }),
  runtimeResource: resourceFromAttributes({ "service.name": "test/runtime" }),
  scope: { name: "test" },
};

/** The same with a wall clock, as they must where the trace has none. */
export const TEST_OPTIONS: SpanOptions = { ...CLOCKED_OPTIONS, wallStart: TEST_WALL_START };

export interface SinkSpans {
  readonly sink: SpanSink;
  /** As they were given out. */
  readonly spans: OtlpSpan[];
}

/** The spans of a trace. A break ends it. @param receive how spans become those of a server */
export async function spansOfTrace(
  trace: Trace,
  options: Partial<SpanOptions> = {},
  common = TEST_OPTIONS,
  receive = asReceived,
): Promise<SinkSpans> {
  let sink: SpanSink | undefined;
  const spans: OtlpSpan[] = [];
  const take = () => {
    for (const span of receive(sink?.take() ?? [])) spans.push(span);
  };
  try {
    for await (const block of trace.blocks()) {
      if (block.generation !== undefined) sink ??= new SpanSink({ ...common, ...options }, trace.timeBase);
      sink?.events(block);
      take();
    }
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
  sink ??= new SpanSink({ ...common, ...options }, 0);
  for (const _ of sink.end({ format: "go 1.26", lost: [] })) take();
  take();
  return { sink, spans };
}

/** By way of the exporter's own encoding. */
export function throughExporter(spans: readonly ReadableSpan[]): OtlpSpan[] {
  if (spans.length === 0) return [];
  const bytes = JsonTraceSerializer.serializeRequest([...spans]) as Uint8Array;
  return spansOfRequest(JSON.parse(new TextDecoder().decode(bytes)) as RawRequest);
}

/** The same as {@link throughExporter} in a fifth of the time. */
export function asReceived(spans: readonly ReadableSpan[]): OtlpSpan[] {
  return spans.map(received);
}

function received(span: ReadableSpan): OtlpSpan {
  const { traceId, spanId } = span.spanContext();
  return {
    resource: plain(span.resource.attributes),
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? "",
    name: span.name,
    start: nanoseconds(span.startTime),
    end: nanoseconds(span.endTime),
    attributes: plain(span.attributes),
    events: span.events.map(({ name, time, attributes }) => {
      return { name, time: nanoseconds(time), attributes: plain(attributes) };
    }),
    links: span.links.map(({ context, attributes }) => {
      return { traceId: context.traceId, spanId: context.spanId, attributes: plain(attributes) };
    }),
  };
}

function nanoseconds([seconds, rest]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}

function plain(attributes: Attributes = {}): OtlpAttributes {
  return attributes as OtlpAttributes;
}
