/*
 * Logs by which a program tells which span of its own tracing it works on, such as
 * `trace.Log(ctx, "traceparent", …)`. A table says what a key's messages hold; users extend it.
 */

import { checkedName } from "../base/checked.js";
import { encodeUtf8 } from "../base/utf8.js";
import { type EventBlock, stringOf } from "./block.js";

/**
 * What a message holds. `traceparent`: the header of W3C Trace Context. `next_traceparent`: the same, but of the
 * task that the goroutine begins next, as a span processor knows it before the SDK begins the task. `none`: no id.
 */
export const LINK_KINDS = ["traceparent", "next_traceparent", "trace_id", "span_id", "none"] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/**
 * How an id is written: hexadecimal or decimal digits; raw: its bytes as a little-endian integer; raw-be: its bytes
 * in order, as OpenTelemetry's `TraceID` and `SpanID` are.
 */
export const ID_ENCODINGS = ["hex", "dec", "raw", "raw-be"] as const;
export type IdEncoding = (typeof ID_ENCODINGS)[number];

/** A key of logs that hold ids. */
export interface LinkLog {
  /** The log's category. */
  readonly key: string;
  readonly kind: LinkKind;
  /** Of `trace_id` and `span_id`; `hex` by default. */
  readonly encoding?: IdEncoding;
}

/** The keys that are known. */
export const KNOWN_LINK_LOGS: readonly LinkLog[] = [
  { key: "traceparent", kind: "traceparent" },
  { key: "traceparent.next", kind: "next_traceparent" },
  { key: "trace_id", kind: "trace_id" },
  { key: "span_id", kind: "span_id" },
  // dd-trace-go, and its releases before October 2023.
  { key: "datadog.uint64_span_id", kind: "span_id", encoding: "raw" },
  { key: "span id", kind: "span_id", encoding: "dec" },
];

/** What a log tells of a span. */
export interface LoggedSpan {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId?: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId?: string;
  /** Whether the span is of the task that the goroutine begins next. */
  readonly isNext?: boolean;
  /** Whether the tracing leaves the span out: no backend has it. */
  readonly isUnsampled?: boolean;
}

/** A log with a known key whose message holds no id. */
export const NO_ID = Symbol("no id");
/** A log with a known key and no message: the goroutine's work on the span is over. */
export const LINK_END = Symbol("link end");

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const TRACE_DIGITS = 32;
const SPAN_DIGITS = 16;
/** Characters of the longest id: 16 bytes as `\\x9a`. */
const MOST_LENGTH = 64;

/** Reads the ids in logs. */
export class LinkLogs {
  readonly #byKey: ReadonlyMap<string, LinkLog>;

  /** @param more keys besides the known ones, or instead of them @throws RangeError for an unknown kind or encoding */
  constructor(more: readonly LinkLog[] = []) {
    for (const { kind, encoding = "hex" } of more) {
      checkedName("kind", kind, LINK_KINDS);
      checkedName("encoding", encoding, ID_ENCODINGS);
    }
    this.#byKey = new Map([...KNOWN_LINK_LOGS, ...more].map((log) => [log.key, log]));
  }

  /** What a log tells; undefined if its key is not one of these. */
  read(block: EventBlock, i: number): LoggedSpan | typeof NO_ID | typeof LINK_END | undefined {
    const log = this.#byKey.get(stringOf(block, block.name[i] as number));
    if (log === undefined || log.kind === "none") return undefined;
    const text = stringOf(block, block.text[i] as number);
    return text === "" ? LINK_END : (readIds(log, text) ?? NO_ID);
  }
}

function readIds({ kind, encoding = "hex" }: LinkLog, text: string): LoggedSpan | undefined {
  if (kind === "trace_id") {
    const traceId = readId(encoding, text, TRACE_DIGITS);
    return traceId === undefined ? undefined : { traceId };
  }
  if (kind === "span_id") {
    const spanId = readId(encoding, text, SPAN_DIGITS);
    return spanId === undefined ? undefined : { spanId };
  }
  const [, version, traceId = "", spanId = "", flags = "", rest] = TRACEPARENT.exec(text) ?? [];
  // Later versions may add fields.
  if (version === undefined || version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (isZero(traceId) || isZero(spanId)) return undefined;
  const isUnsampled = (Number.parseInt(flags, 16) & 1) === 0;
  return { traceId, spanId, isNext: kind === "next_traceparent", isUnsampled };
}

/** An id in lower-case hexadecimal digits; a shorter one, such as a trace's of 64 bits, gets leading zeros. */
function readId(encoding: IdEncoding, text: string, digits: number): string | undefined {
  const id = digitsOf(encoding, text).padStart(digits, "0");
  return id.length === digits && /^[0-9a-f]+$/.test(id) && !isZero(id) ? id : undefined;
}

function digitsOf(encoding: IdEncoding, text: string): string {
  if (encoding === "hex") return /^(.{16}){1,2}$/.test(text) ? text.toLowerCase() : "";
  if (text.length > MOST_LENGTH) return "";
  if (encoding === "dec") return /^\d{1,39}$/.test(text) ? BigInt(text).toString(16) : "";
  const bytes = [...encodeUtf8(text)];
  if (bytes.length % 8 !== 0) return "";
  const ordered = encoding === "raw" ? bytes.reverse() : bytes;
  return ordered.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function isZero(id: string): boolean {
  return /^0*$/.test(id);
}
