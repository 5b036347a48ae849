import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { TraceError } from "../../../src/base/errors.js";
import type { Trace } from "../../../src/order/trace.js";
import type { GoSpan } from "../../../src/sink/otlp/go-span.js";
import type { SpanOptions } from "../../../src/sink/otlp/options.js";
import { SpanSink } from "../../../src/sink/otlp/span-sink.js";
import { type OtlpSpan, type RawRequest, spansOfRequest } from "./otlp-spans.js";

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

/** The spans of a trace, by way of the exporter's own encoding. A break ends it. */
export async function spansOfTrace(
  trace: Trace,
  options: Partial<SpanOptions> = {},
  common = TEST_OPTIONS,
): Promise<SinkSpans> {
  let sink: SpanSink | undefined;
  const spans: OtlpSpan[] = [];
  const take = () => spans.push(...encoded(sink?.take() ?? []));
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

function encoded(spans: GoSpan[]): OtlpSpan[] {
  if (spans.length === 0) return [];
  const bytes = JsonTraceSerializer.serializeRequest(spans) as Uint8Array;
  return spansOfRequest(JSON.parse(new TextDecoder().decode(bytes)) as RawRequest);
}
