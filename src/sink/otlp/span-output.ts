import type { GoSpan } from "./go-span.js";
import { SPAN_TYPE_NAMES } from "./span-type.js";

/** The most spans held, over all traces. */
const MOST_HELD = 100_000;
/** The most ids of traces kept for the report. */
const MOST_IDS = 1000;

/** Counts of a capture's spans. */
export interface SpanCounts {
  /** Spans in all, exported or not. */
  readonly made: number;
  readonly given: number;
  /** Exported spans, by {@link SpanType}. */
  readonly byType: readonly number[];
  /** Spans omitted because their trace exceeds the limit. */
  readonly beyondLimit: number;
  /** Events omitted because their span exceeds the limit. */
  readonly events: number;
  readonly traces: number;
  /** Ids of the first traces. */
  readonly traceIds: readonly string[];
  /** Traces exported before they were complete, to bound memory. */
  readonly early: number;
}

/** Holds finished spans until it exports them. */
export interface SpanHolder {
  /** Exports what is held. */
  release(): void;
}

/** Collects finished spans and counts them. */
export class SpanOutput {
  /** The most spans of a trace. */
  readonly limit: number;
  /** Whether traces are held until they are complete. */
  readonly holds: boolean;
  #ready: GoSpan[] = [];
  #held = 0;
  #made = 0;
  #given = 0;
  readonly #byType = SPAN_TYPE_NAMES.map(() => 0);
  #beyondLimit = 0;
  #events = 0;
  #traces = 0;
  readonly #traceIds: string[] = [];
  #early = 0;

  /** @param limit most spans of a trace, 0 for any number */
  constructor(limit: number, live: boolean) {
    this.limit = limit === 0 ? Number.POSITIVE_INFINITY : limit;
    this.holds = !live && limit > 0;
  }

  get counts(): SpanCounts {
    return {
      made: this.#made,
      given: this.#given,
      byType: this.#byType,
      beyondLimit: this.#beyondLimit,
      events: this.#events,
      traces: this.#traces,
      traceIds: this.#traceIds,
      early: this.#early,
    };
  }

  /** The spans exported since the last call. */
  take(): GoSpan[] {
    const ready = this.#ready;
    if (ready.length === 0) return ready;
    this.#ready = [];
    return ready;
  }

  newTrace(traceId: string): void {
    this.#traces++;
    if (this.#traceIds.length < MOST_IDS) this.#traceIds.push(traceId);
  }

  give(span: GoSpan): void {
    this.#made++;
    this.#given++;
    this.#byType[span.type] = (this.#byType[span.type] as number) + 1;
    span.settle();
    this.#ready.push(span);
  }

  /** Drops a span because its trace exceeds the limit. */
  drop(span: GoSpan): void {
    span.leaveOut();
    this.#made++;
    this.#beyondLimit++;
  }

  dropEvent(): void {
    this.#events++;
  }

  /** A trace holds one more span. */
  hold(trace: SpanHolder): void {
    if (++this.#held <= MOST_HELD) return;
    this.#early++;
    trace.release();
  }

  unhold(count: number): void {
    this.#held -= count;
  }
}
