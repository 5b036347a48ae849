/** Where a trace's id stands in the URL of a viewer. */
const PLACE = "{trace_id}";

/** Whether a text is the URL of a viewer of traces, with `{trace_id}` where the id stands. */
export function isTraceUrl(text: string): boolean {
  const url = text.replaceAll(PLACE, "0");
  return text.includes(PLACE) && /^https?:\/\//i.test(text) && URL.canParse(url);
}

/** The address of a trace, or its id without a URL. @param traceId 32 hexadecimal digits */
export function traceText(traceId: string, url: string | undefined): string {
  return url === undefined ? traceId : url.replaceAll(PLACE, traceId);
}
