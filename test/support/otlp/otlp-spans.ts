/** An attribute's value; 64-bit integers are numbers, as ours are all exact. */
export type OtlpValue = string | number | boolean | readonly OtlpValue[];
export type OtlpAttributes = Readonly<Record<string, OtlpValue>>;

export interface OtlpEvent {
  readonly name: string;
  readonly time: bigint;
  readonly attributes: OtlpAttributes;
}

export interface OtlpLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: OtlpAttributes;
}

/** A span as a server has it, with its resource. Times are nanoseconds since 1970. */
export interface OtlpSpan {
  readonly resource: OtlpAttributes;
  readonly traceId: string;
  readonly spanId: string;
  /** "" for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly attributes: OtlpAttributes;
  readonly events: readonly OtlpEvent[];
  readonly links: readonly OtlpLink[];
}

interface RawValue {
  readonly stringValue?: string;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly boolValue?: boolean;
  readonly arrayValue?: { readonly values?: readonly RawValue[] };
}
type RawAttributes = readonly { readonly key: string; readonly value: RawValue }[];

interface RawSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: RawAttributes;
  readonly events?: readonly {
    readonly name: string;
    readonly timeUnixNano: string;
    readonly attributes?: RawAttributes;
  }[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes?: RawAttributes;
  }[];
}

/** A request of OTLP/JSON, as exporters send it and servers write it down. */
export interface RawRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: RawAttributes };
    readonly scopeSpans?: readonly { readonly spans?: readonly RawSpan[] }[];
  }[];
}

/** The spans in lines of OTLP/JSON. */
export function spansOfLines(text: string): OtlpSpan[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => spansOfRequest(JSON.parse(line) as RawRequest));
}

export function spansOfRequest({ resourceSpans = [] }: RawRequest): OtlpSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const shared = attributesOf(resource?.attributes);
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => spanOf(span, shared)));
  });
}

/** Spans in an order that does not depend on how they came. */
export function sortedSpans(spans: readonly OtlpSpan[]): OtlpSpan[] {
  return [...spans].sort((a, b) => (a.traceId + a.spanId < b.traceId + b.spanId ? -1 : 1));
}

/** The spans of each trace, by its id. */
export function spansByTrace(spans: readonly OtlpSpan[]): Map<string, OtlpSpan[]> {
  const traces = new Map<string, OtlpSpan[]>();
  for (const span of spans) {
    const known = traces.get(span.traceId);
    if (known === undefined) traces.set(span.traceId, [span]);
    else known.push(span);
  }
  return traces;
}

function spanOf(span: RawSpan, resource: OtlpAttributes): OtlpSpan {
  return {
    resource,
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? "",
    name: span.name,
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    events: (span.events ?? []).map(({ name, timeUnixNano, attributes }) => ({
      name,
      time: BigInt(timeUnixNano),
      attributes: attributesOf(attributes),
    })),
    links: (span.links ?? []).map(({ traceId, spanId, attributes }) => ({
      traceId,
      spanId,
      attributes: attributesOf(attributes),
    })),
  };
}

function attributesOf(attributes: RawAttributes = []): OtlpAttributes {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

function plainValue(value: RawValue): OtlpValue {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(plainValue);
  return value.stringValue ?? value.doubleValue ?? value.boolValue ?? "";
}
