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
  /** When the first exported span begins, in whole seconds since 1970; infinite without one. */
  readonly from: number;
  /** By when the last one has ended. */
  readonly to: number;
  /** Spans omitted because they belong to no span of the program's own tracing, and that was asked for. */
  readonly notLinked: number;
  readonly links: LinkCounts;
}

/** Logs that hold ids of the program's own tracing. */
export interface LinkCounts {
  /** Tasks, regions and stretches of goroutines that are in a trace of the program's tracing by their own logs. */
  spans: number;
  /** Those with a span's id, of whose trace no log tells. */
  noTrace: number;
  /** Logs after spans below theirs, or theirs, were exported: these stay in other traces. */
  late: number;
  /** Logs of spans that the tracing leaves out. */
  unsampled: number;
  /** Logs whose message holds no id. */
  unread: number;
}

/** A trace, as far as it is counted. */
export interface CountedTrace {
  readonly traceId: string;
  readonly isPrograms: boolean;
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
  /** Whether only spans in traces of the program's own tracing are exported. */
  readonly onlyLinked: boolean;
  readonly links: LinkCounts = { spans: 0, noTrace: 0, late: 0, unsampled: 0, unread: 0 };
  #ready: GoSpan[] = [];
  #held = 0;
  #made = 0;
  #given = 0;
  readonly #byType = SPAN_TYPE_NAMES.map(() => 0);
  #beyondLimit = 0;
  #events = 0;
  #traces = 0;
  #programTraces = 0;
  readonly #first = new Set<CountedTrace>();
  #early = 0;
  #notLinked = 0;
  #from = Number.POSITIVE_INFINITY;
  #to = 0;

  /** @param limit most spans of a trace, 0 for any number */
  constructor(limit: number, live: boolean, onlyLinked: boolean) {
    this.onlyLinked = onlyLinked;
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
      traces: this.onlyLinked ? this.#programTraces : this.#traces,
      traceIds: this.#traceIds(),
      early: this.#early,
      notLinked: this.#notLinked,
      links: this.links,
      from: this.#from,
      to: this.#to,
    };
  }

  /** The spans exported since the last call. */
  take(): GoSpan[] {
    const ready = this.#ready;
    if (ready.length === 0) return ready;
    this.#ready = [];
    return ready;
  }

  newTrace(trace: CountedTrace): void {
    this.#traces++;
    if (trace.isPrograms) this.#programTraces++;
    if (this.#first.size < MOST_IDS) this.#first.add(trace);
  }

  /** A trace becomes one of the program's tracing. */
  becameProgram(): void {
    this.#programTraces++;
  }

  /** A trace remains empty. */
  forgetTrace(trace: CountedTrace): void {
    this.#traces--;
    this.#first.delete(trace);
  }

  give(span: GoSpan): void {
    span.settle(this.onlyLinked);
    this.#made++;
    if (span.above !== undefined) this.links[span.trace.isPrograms ? "spans" : "noTrace"]++;
    if (this.onlyLinked && !span.trace.isPrograms) {
      this.#notLinked++;
      return;
    }
    this.#given++;
    this.#byType[span.type] = (this.#byType[span.type] as number) + 1;
    this.#from = Math.min(this.#from, span.startTime[0]);
    this.#to = Math.max(this.#to, span.endTime[0] + 1);
    this.#ready.push(span);
  }

  /** Drops a span because its trace exceeds the limit. */
  drop(span: GoSpan): void {
    span.leaveOut();
    this.#made++;
    if (this.onlyLinked && !span.trace.isPrograms) this.#notLinked++;
    else this.#beyondLimit++;
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

  /** Several parts of a trace of the program's tracing may have begun as traces of their own. */
  #traceIds(): string[] {
    const shown = [...this.#first].filter(({ isPrograms }) => isPrograms || !this.onlyLinked);
    return [...new Set(shown.map(({ traceId }) => traceId))];
  }
}
