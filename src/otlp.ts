export type { IdEncoding, LinkKind, LinkLog } from "./event/link-log.js";
export { GoSpan } from "./sink/otlp/go-span.js";
export type { SpanOptions, StateChoice } from "./sink/otlp/options.js";
export type { LinkCounts, SpanCounts } from "./sink/otlp/span-output.js";
export { SpanSink } from "./sink/otlp/span-sink.js";
export { SPAN_TYPE_NAMES, SpanType } from "./sink/otlp/span-type.js";
