import type { OtlpSpan } from "./otlp-spans.js";

const ZEROS = /^0+$/;

/** A span of the program's own tracing. */
export type SpanThere = Pick<OtlpSpan, "traceId" | "spanId">;

/**
 * What is wrong with spans in themselves: ids that are none or come twice, parents and links that are missing, several roots,
 * spans without a length, children outside the time of their root.
 * @param isWhole whether no span was left out
 * @param there spans of the program's own tracing, which may be parents and roots
 */
export function otlpProblems(
  spans: readonly OtlpSpan[],
  isWhole = true,
  there: readonly SpanThere[] = [],
): string[] {
  const problems: string[] = [];
  const byId = new Map<string, OtlpSpan>();
  const roots = new Map<string, OtlpSpan>();
  for (const span of spans) {
    const key = `${span.traceId} ${span.spanId}`;
    if (!/^[0-9a-f]{32} [0-9a-f]{16}$/.test(key) || ZEROS.test(span.spanId)) problems.push(`no id: ${key}`);
    if (byId.has(key)) problems.push(`twice: ${key} ${span.name}`);
    byId.set(key, span);
    if (span.parentSpanId !== "") continue;
    if (roots.has(span.traceId)) problems.push(`a second root: ${key} ${span.name}`);
    roots.set(span.traceId, span);
    if (span.links.length > 0) problems.push(`a root with links: ${key} ${span.name}`);
  }
  const known = new Set([
    ...byId.keys(),
    ...roots.keys(),
    ...there.flatMap(({ traceId, spanId }) => [traceId, `${traceId} ${spanId}`]),
  ]);
  for (const span of spans) problems.push(...problemsOf(span, known, isWhole));
  return problems;
}

function problemsOf(span: OtlpSpan, known: ReadonlySet<string>, isWhole: boolean): string[] {
  const problems: string[] = [];
  const what = `${span.spanId} ${span.name}`;
  const has = (traceId: string, spanId: string) => known.has(`${traceId} ${spanId}`);
  if (span.end <= span.start) problems.push(`no length: ${what}`);
  if (span.name === "") problems.push(`no name: ${what}`);
  if (!known.has(span.traceId)) problems.push(`no root: ${what}`);
  if (span.parentSpanId !== "" && !has(span.traceId, span.parentSpanId)) problems.push(`no parent: ${what}`);
  if (isWhole) {
    for (const link of span.links)
      if (!has(link.traceId, link.spanId)) problems.push(`a link to nothing: ${what}`);
  }
  for (const event of span.events) {
    if (event.time < span.start || event.time > span.end) problems.push(`${event.name} outside of ${what}`);
  }
  return problems;
}
