import type { OtlpSpan } from "./otlp-spans.js";

const ZEROS = /^0+$/;

/**
 * What is wrong with spans in themselves: ids that are none or come twice, parents and links that are missing, several roots,
 * spans without a length, children outside the time of their root.
 * @param isWhole whether no span was left out
 */
export function otlpProblems(spans: readonly OtlpSpan[], isWhole = true): string[] {
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
  for (const span of spans) problems.push(...problemsOf(span, byId, roots, isWhole));
  return problems;
}

function problemsOf(
  span: OtlpSpan,
  byId: ReadonlyMap<string, OtlpSpan>,
  roots: ReadonlyMap<string, OtlpSpan>,
  isWhole: boolean,
): string[] {
  const problems: string[] = [];
  const what = `${span.spanId} ${span.name}`;
  const has = (traceId: string, spanId: string) => byId.has(`${traceId} ${spanId}`);
  if (span.end <= span.start) problems.push(`no length: ${what}`);
  if (span.name === "") problems.push(`no name: ${what}`);
  if (!roots.has(span.traceId)) problems.push(`no root: ${what}`);
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
