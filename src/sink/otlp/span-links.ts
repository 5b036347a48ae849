import { TraceFlags } from "@opentelemetry/api";
import type { EventBlock } from "../../event/block.js";
import { LINK_END, type LinkLog, LinkLogs, type LoggedSpan, NO_ID } from "../../event/link-log.js";
import { Attribute } from "./attributes.js";
import type { GoSpan, ProgramSpan } from "./go-span.js";
import type { SpanMaker } from "./span-maker.js";
import type { SpanOutput } from "./span-output.js";
import type { SpanTrace } from "./span-trace.js";

/** The most traces of the program's tracing that are remembered, for spans that get into them later. */
const REMEMBERED = 8192;

/**
 * Puts spans below those of the program's own tracing, whose ids the program logs (`link-log.ts`).
 *
 * 1. The first log in a task or region names its span: it gets below that one, into that trace, with all within it. A
 *    trace's and a span's id may come in two logs.
 * 2. Later logs in it with other ids become links.
 * 3. A span's id without a trace's belongs to the trace of the span around, if that is one of the program's.
 *    Otherwise the span keeps the id as an attribute only.
 * 4. Ids usually come as a span begins. If spans within it are exported already, these stay where they are.
 */
export class SpanLinks {
  readonly #logs: LinkLogs;
  readonly #maker: SpanMaker;
  readonly #output: SpanOutput;
  /** By id, the last used last. */
  readonly #traces = new Map<string, SpanTrace>();

  constructor(logs: readonly LinkLog[], maker: SpanMaker, output: SpanOutput) {
    this.#logs = new LinkLogs(logs);
    this.#maker = maker;
    this.#output = output;
  }

  /** The ids in a log; undefined if it holds none that count. */
  read(block: EventBlock, i: number): LoggedSpan | typeof LINK_END | undefined {
    const { links } = this.#output;
    const logged = this.#logs.read(block, i);
    if (logged === NO_ID) {
      links.unread++;
      return undefined;
    }
    if (logged === undefined || logged === LINK_END || !logged.isUnsampled) return logged;
    links.unsampled++;
    return undefined;
  }

  /** Ids were logged in a task, region or stretch. */
  logged(span: GoSpan, { traceId, spanId }: LoggedSpan): void {
    if (span.ended) {
      this.late();
      return;
    }
    const { above } = span;
    if (above !== undefined && differs(above, traceId, spanId)) {
      this.#link(span, traceId ?? above.otherTraceId ?? above.traceId, spanId);
      span.above = { ...above, otherTraceId: traceId ?? above.otherTraceId };
      return;
    }
    span.above = { traceId: above?.traceId ?? traceId, spanId: above?.spanId ?? spanId };
    if (spanId !== undefined) span.attributes[Attribute.LinkedSpan] = spanId;
    if (traceId !== undefined && above?.traceId === undefined) this.#join(span, traceId);
  }

  /** Ids were logged too late. */
  late(): void {
    this.#output.links.late++;
  }

  /** A span of the program's that is not the one above, though it was logged there. */
  #link(span: GoSpan, traceId: string | undefined, spanId: string | undefined): void {
    if (traceId === undefined || spanId === undefined) return;
    const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
    span.linkToProgram(context, { [Attribute.Link]: "logged" });
  }

  /** Gets an open span into a trace of the program's tracing. */
  #join(span: GoSpan, traceId: string): void {
    const from = span.trace as SpanTrace;
    if (from.isPrograms && from.traceId === traceId) return;
    if (span.hasSent) this.late();
    if (span.parent === undefined && span.hasChildren) {
      from.become(traceId);
      return;
    }
    const to = this.#trace(traceId);
    from.leave(span);
    span.trace = to;
    span.hasMoved = true;
    to.begin(span);
  }

  #trace(traceId: string): SpanTrace {
    const trace = this.#traces.get(traceId) ?? this.#maker.programTrace(traceId);
    this.#traces.delete(traceId);
    this.#traces.set(traceId, trace);
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= REMEMBERED) break;
      this.#traces.delete(oldest);
    }
    return trace;
  }
}

/** Whether ids are of another span than the one above. */
export function differs(
  above: ProgramSpan,
  traceId: string | undefined,
  spanId: string | undefined,
): boolean {
  const isOther = (known: string | undefined, id: string | undefined) =>
    known !== undefined && id !== undefined && known !== id;
  return isOther(above.traceId, traceId) || isOther(above.spanId, spanId);
}
