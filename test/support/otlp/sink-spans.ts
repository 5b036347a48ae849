import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { TraceError } from "../../../src/base/errors.js";
import type { Trace } from "../../../src/order/trace.js";
import type { GoSpan } from "../../../src/sink/otlp/go-span.js";
import type { SpanOptions } from "../../../src/sink/otlp/options.js";
import { SpanSink } from "../../../src/sink/otlp/span-sink.js";
import { type OtlpSpan, type RawRequest, spansOfRequest } from "./otlp-spans.js";

/** What tests of the sink say of the program. */
export const TEST_OPTIONS: SpanOptions = {
  digest: new Uint8Array(32).fill(7),
  wallStart: 1_700_000_000_123_456_789n,
  resource: resourceFromAttributes({ "service.name": "test" }),
  runtimeResource: resourceFromAttributes({ "service.name": "test/runtime" }),
  scope: { name: "test" },
};

export interface SinkSpans {
  readonly sink: SpanSink;
  /** As they were given out. */
  readonly spans: OtlpSpan[];
}

/** The spans of a trace, by way of the exporter's own encoding. A break ends it. */
export async function spansOfTrace(trace: Trace, options: Partial<SpanOptions> = {}): Promise<SinkSpans> {
  let sink: SpanSink | undefined;
  const spans: OtlpSpan[] = [];
  const take = () => spans.push(...encoded(sink?.take() ?? []));
  try {
    for await (const block of trace.blocks()) {
      if (block.generation !== undefined)
        sink ??= new SpanSink({ ...TEST_OPTIONS, ...options }, trace.timeBase);
      sink?.events(block);
      take();
    }
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
  sink ??= new SpanSink({ ...TEST_OPTIONS, ...options }, 0);
  sink.end({ format: "go 1.26", lost: [] });
  take();
  return { sink, spans };
}

function encoded(spans: GoSpan[]): OtlpSpan[] {
  if (spans.length === 0) return [];
  const bytes = JsonTraceSerializer.serializeRequest(spans) as Uint8Array;
  return spansOfRequest(JSON.parse(new TextDecoder().decode(bytes)) as RawRequest);
}
