import { counted, grouped } from "../../../base/grouped.js";
import { MAX_EVENTS } from "../../../sink/otlp/go-span.js";
import { DEFAULT_MAX_SPANS } from "../../../sink/otlp/options.js";
import type { SpanCounts } from "../../../sink/otlp/span-output.js";
import { SPAN_TYPE_NAMES } from "../../../sink/otlp/span-type.js";
import type { Messages } from "../../process/messages.js";
import type { OtlpOptions } from "./options.js";
import type { SendCounts } from "./span-sender.js";

/** The most addresses of traces to print. */
const MOST_ADDRESSES = 20;
/** The most traces that Jaeger's page of a search asks for. */
const MOST_FOUND = 1500;
const US_PER_SECOND = 1_000_000n;

/** Reports the number of spans, and how many each rule omitted. */
export function tellSpans(
  counts: SpanCounts,
  options: OtlpOptions,
  isStream: boolean,
  messages: Messages,
): void {
  const types = SPAN_TYPE_NAMES.flatMap((name, type) => {
    const count = counts.byType[type] ?? 0;
    return count > 0 ? [`${grouped(count)} ${name}`] : [];
  });
  const list = types.length > 0 ? `: ${types.join(", ")}` : "";
  messages.info(`${counted(counts.given, "span")} in ${counted(counts.traces, "trace")}${list}`);
  if (counts.beyondLimit > 0) {
    const limit = grouped(options.maxSpansPerTrace ?? DEFAULT_MAX_SPANS);
    const which = isStream ? "the first" : "the longest";
    messages.warning(
      `left out: ${grouped(counts.beyondLimit)} of ${counted(counts.made, "span")}, in traces with more than ${limit} spans; ${which} were kept`,
      "--max-spans-per-trace sets the limit, 0 keeps all. --min-block and --states make fewer spans.",
    );
  }
  if (counts.early > 0 && counts.beyondLimit > 0) {
    messages.warning(
      `of ${counted(counts.early, "trace")} the first spans were kept: too many traces were open at the same time`,
    );
  }
  if (counts.events > 0) {
    messages.warning(
      `left out: ${counted(counts.events, "log")} of spans with more than ${grouped(MAX_EVENTS)}`,
    );
  }
}

/** Reports what happened to the spans. @param ready number of spans to send */
export function tellSent(
  counts: SendCounts,
  ready: number,
  reasons: readonly string[],
  name: string,
  messages: Messages,
): void {
  const { sent, accepted, rejected, undelivered } = counts;
  const unsent = ready - sent;
  messages.info(
    `${name}: ${grouped(sent)} sent, ${grouped(accepted)} accepted, ${grouped(rejected)} rejected` +
      (undelivered > 0 ? `, ${grouped(undelivered)} not delivered` : "") +
      (unsent > 0 ? `, ${grouped(unsent)} not sent` : ""),
  );
  for (const reason of reasons) messages.warning(`${name}: ${reason}`);
}

/**
 * Prints the addresses of a search for the traces, and of each trace, in a viewer. A search without times finds what began in
 * the last hour.
 */
export function tellAddresses(
  { given, traceIds, traces, from, to }: SpanCounts,
  ui: string,
  service: string,
  messages: Messages,
): void {
  if (given === 0) return;
  const search = new URLSearchParams({
    service,
    start: String(BigInt(from) * US_PER_SECOND),
    end: String(BigInt(to) * US_PER_SECOND),
    limit: String(Math.min(traces, MOST_FOUND)),
    lookback: "custom",
  });
  messages.info(`${ui}/search?${search}`);
  for (const id of traceIds.slice(0, MOST_ADDRESSES)) messages.info(`${ui}/trace/${id}`);
  if (traces > MOST_ADDRESSES) messages.info(`… and ${counted(traces - MOST_ADDRESSES, "more trace")}`);
}
