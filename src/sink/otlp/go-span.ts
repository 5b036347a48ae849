import {
  type Attributes,
  type HrTime,
  type Link,
  type SpanContext,
  SpanKind,
  type SpanStatus,
  SpanStatusCode,
  TraceFlags,
} from "@opentelemetry/api";
import type { InstrumentationScope } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan, TimedEvent } from "@opentelemetry/sdk-trace-base";
import { Attribute, SHORT_ATTRIBUTES } from "./attributes.js";
import { LeftOut } from "./left-out.js";
import type { SpanClock } from "./span-clock.js";
import { SPAN_TYPE_NAMES, type SpanType } from "./span-type.js";

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const NO_LINKS: Link[] = [];
const NO_EVENTS: TimedEvent[] = [];
/** How far around a span others are searched that got into another trace. */
const FAR = 64;
const STATES = SHORT_ATTRIBUTES.count.length;

/** The most events of a span, which are held until it ends. */
export const MAX_EVENTS = 10_000;

/** What the spans of a trace share. */
export interface TraceOrigin {
  readonly clock: SpanClock;
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
}

/** The most links of a span to other spans of the program's tracing, as in OpenTelemetry's SDKs. */
export const MAX_LINKS = 128;

/** The span of the program's own tracing that a span is below, as far as it is known. */
export interface ProgramSpan {
  /** Of the program's trace; without it, the span's own trace must be one. */
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  /** A trace that was logged later. */
  readonly otherTraceId?: string | undefined;
}

/** The trace of a span. It decides whether the span is exported. */
export interface TraceOfSpan extends TraceOrigin {
  readonly traceId: string;
  /** Whether it is a trace of the program's own tracing. */
  readonly isPrograms: boolean;
  /** Whether a span with others within it got into another trace. */
  readonly hasLeft: boolean;
  /** A span begins, which may get child spans before it ends. */
  begin(span: GoSpan): void;
  /** A span that has begun ends. */
  end(span: GoSpan, time: number): void;
  /** A span without children has ended. */
  add(span: GoSpan): void;
}

/** A span, as exporters take it. It is its own context, so that a child or link needs no other object. */
export class GoSpan implements ReadableSpan, SpanContext {
  name: string;
  readonly type: SpanType;
  trace: TraceOfSpan;
  readonly spanId: string;
  /** An ancestor inside which no other is exported, known after a search from this span or one within it. */
  #outside: GoSpan | undefined;
  /** The parent span; undefined for a root. */
  readonly parent: GoSpan | undefined;
  /** How many spans are around it, and one of these further out: for {@link isWithin}, by which any is found in few steps. */
  readonly #depth: number;
  readonly #jump: GoSpan;
  /** In nanoseconds since the start of the trace, as is `end`. */
  readonly start: number;
  end = Number.NaN;
  readonly attributes: Attributes;
  links = NO_LINKS;
  events = NO_EVENTS;
  /** The nearest ancestor that is exported; known when this span is. */
  parentSpanContext?: SpanContext;
  /** False if the span is not exported. */
  isKept = true;
  droppedEventsCount = 0;
  droppedLinksCount = 0;
  /** The span of the program's tracing above this one. */
  above: ProgramSpan | undefined;
  /** Whether spans have begun directly within it, and whether one within it is exported already. */
  hasChildren = false;
  hasSent = false;
  /** Whether it is in a trace of the program's tracing, and its parent was not when it got there. */
  hasMoved = false;
  /** Counts and sums of states within it without spans of their own. */
  #short: Float64Array | undefined;
  /** Spans within it that are left out. */
  #leftOut: LeftOut | undefined;
  /** Whether it is exported, so that its attributes are final. */
  #isSettled = false;

  constructor(
    type: SpanType,
    trace: TraceOfSpan,
    spanId: string,
    parent: GoSpan | undefined,
    name: string,
    start: number,
    attributes: Attributes,
  ) {
    this.type = type;
    this.trace = trace;
    this.spanId = spanId;
    this.parent = parent;
    if (parent !== undefined) parent.hasChildren = true;
    this.#depth = parent === undefined ? 0 : parent.#depth + 1;
    this.#jump = parent === undefined ? this : parent.#outward();
    this.name = name;
    this.start = start;
    attributes[Attribute.Kind] = SPAN_TYPE_NAMES[type];
    this.attributes = attributes;
  }

  /** Whether another span is around it. */
  isWithin(other: GoSpan): boolean {
    let around: GoSpan = this;
    while (around.#depth > other.#depth)
      around = around.#jump.#depth >= other.#depth ? around.#jump : (around.parent as GoSpan);
    return around === other && around !== this;
  }

  /**
   * The target of the jump pointers of spans directly within this one. Distances double like the digits of a
   * skew binary number.
   */
  #outward(): GoSpan {
    const near = this.#jump;
    const far = near.#jump;
    return this.#depth - near.#depth === near.#depth - far.#depth ? far : this;
  }

  get traceId(): string {
    return this.trace.traceId;
  }

  get traceFlags(): number {
    return TraceFlags.SAMPLED;
  }

  get kind(): SpanKind {
    return SpanKind.INTERNAL;
  }

  get startTime(): HrTime {
    return this.trace.clock.at(this.start);
  }

  get endTime(): HrTime {
    return this.trace.clock.at(this.end, this.start);
  }

  get duration(): HrTime {
    const length = this.end - this.start;
    const seconds = Math.floor(length / 1e9);
    return [seconds, length - seconds * 1e9];
  }

  get ended(): boolean {
    return !Number.isNaN(this.end);
  }

  get status(): SpanStatus {
    return UNSET;
  }

  get resource(): Resource {
    return this.trace.resource;
  }

  get instrumentationScope(): InstrumentationScope {
    return this.trace.scope;
  }

  get droppedAttributesCount(): number {
    return 0;
  }

  spanContext(): SpanContext {
    return this;
  }

  /** Adds an event. @returns whether there was room */
  event(name: string, time: number, attributes: Attributes): boolean {
    if (this.events.length >= MAX_EVENTS) {
      this.droppedEventsCount++;
      return false;
    }
    if (this.events === NO_EVENTS) this.events = [];
    this.events.push({ name, time: this.trace.clock.at(time), attributes, droppedAttributesCount: 0 });
    return true;
  }

  link(context: GoSpan, attributes: Attributes): void {
    if (this.links === NO_LINKS) this.links = [];
    this.links.push({ context, attributes });
  }

  /** Links to another span of the program's tracing. */
  linkToProgram(context: SpanContext, attributes: Attributes): void {
    if (this.links.length >= MAX_LINKS) {
      this.droppedLinksCount++;
      return;
    }
    if (this.links === NO_LINKS) this.links = [];
    this.links.push({ context, attributes });
  }

  /** Adds a state that is too short for a span. @param state 0 runnable, 1 blocked, 2 in a system call */
  addShort(state: number, duration: number): void {
    this.#short ??= new Float64Array(2 * STATES);
    this.#short[state] = (this.#short[state] as number) + 1;
    this.#short[STATES + state] = (this.#short[STATES + state] as number) + duration;
  }

  /** Ends the span. Backends treat a zero-length span as an error, so it lasts at least 1 ns. */
  endAt(time: number): void {
    this.end = Math.max(time, this.start + 1);
    const short = this.#short;
    if (short === undefined) return;
    for (let state = 0; state < STATES; state++) {
      if (short[state] === 0) continue;
      this.attributes[SHORT_ATTRIBUTES.count[state] as string] = short[state] as number;
      this.attributes[SHORT_ATTRIBUTES.time[state] as string] = short[STATES + state] as number;
    }
    this.#short = undefined;
  }

  /** Records that it began before the trace. */
  cutStart(): void {
    this.attributes[Attribute.Cut] = "start";
  }

  /** Records that it continues after the trace. */
  cutEnd(): void {
    this.attributes[Attribute.Cut] = this.attributes[Attribute.Cut] === undefined ? "end" : "both";
  }

  /**
   * Resolves parent and links to exported spans. Links then hold only ids, because linked spans would keep
   * others in memory, back to the start of the trace.
   * @param onlyLinked whether only spans in traces of the program's tracing are exported: links to others are dropped
   */
  settle(onlyLinked = false): void {
    this.#isSettled = true;
    this.#leftOut?.writeTo(this.attributes);
    const context = this.#contextAbove();
    if (context !== undefined) this.parentSpanContext = context;
    if (onlyLinked && this.links.length > 0) this.links = this.links.filter(leadsToProgram);
    for (const link of this.links) {
      if (!(link.context instanceof GoSpan)) continue;
      const kept = link.context.nearestKept();
      const { traceId, spanId, traceFlags } = (kept.isKept ? undefined : kept.#programContext()) ?? kept;
      link.context = { traceId, spanId, traceFlags };
    }
    for (let span = this.parent; span !== undefined && !span.hasSent; span = span.parent) span.hasSent = true;
  }

  /** Whether it is directly below a span of the program's tracing, or the first of ours in a trace of it. */
  get isTop(): boolean {
    return this.hasMoved || (this.above?.spanId !== undefined && this.trace.isPrograms);
  }

  #programContext(): SpanContext | undefined {
    const spanId = this.above?.spanId;
    if (spanId === undefined || !this.trace.isPrograms) return undefined;
    return { traceId: this.traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  }

  /** The parent, which decides the trace: it may have got into another one after this span began. */
  #contextAbove(): SpanContext | undefined {
    if (this.isTop || this.parent === undefined) return this.#programContext();
    const kept = this.parent.nearestKept();
    this.trace = this.#movedTrace() ?? kept.trace;
    return kept.isKept ? kept : kept.#programContext();
  }

  /** The trace of the nearest span around it that got into another trace after spans within it had begun. */
  #movedTrace(): TraceOfSpan | undefined {
    if (!this.trace.hasLeft) return undefined;
    let around: GoSpan = this;
    for (let step = 0; step < FAR; step++) {
      if (around.isTop || around.parent === undefined) return around.trace;
      around = around.parent;
    }
    return undefined;
  }

  /** Leaves the span out: a span around it counts it and those that it has counted. Drops its references. */
  leaveOut(): void {
    this.isKept = false;
    this.links = NO_LINKS;
    const around = this.#counter();
    if (around === undefined) return;
    around.#leftOut ??= new LeftOut();
    around.#leftOut.add(this.type, this.end - this.start, this.#leftOut);
    this.#leftOut = undefined;
  }

  /** The span to count this one if it is left out: the nearest around it, or else the root, unless that is exported already. */
  #counter(): GoSpan | undefined {
    const nearest = this.nearestKept();
    // Below a span of the program's tracing, none of ours may be left.
    if (!nearest.isKept) return undefined;
    if (!nearest.#isSettled) return nearest;
    const root = this.#root();
    return root.#isSettled || root.trace !== nearest.trace ? undefined : root;
  }

  #root(): GoSpan {
    let around: GoSpan = this;
    while (around.parent !== undefined) around = around.#jump;
    return around;
  }

  /**
   * This span, or its nearest ancestor that is exported; a root of ours always is. One directly below a span of the
   * program's tracing stands for that if it is not exported.
   */
  nearestKept(): GoSpan {
    let kept: GoSpan = this;
    while (!kept.isKept && kept.parent !== undefined && !kept.isTop) kept = kept.#outside ?? kept.parent;
    // The next search skips what this one passed: thousands of spans can be within one another.
    for (let span: GoSpan = this; span !== kept; ) {
      const next = span.#outside ?? (span.parent as GoSpan);
      span.#outside = kept;
      span = next;
    }
    return kept;
  }
}

function leadsToProgram({ context }: Link): boolean {
  return !(context instanceof GoSpan) || context.nearestKept().trace.isPrograms;
}
