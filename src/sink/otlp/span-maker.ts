import type { Attributes } from "@opentelemetry/api";
import { GoSpan, type TraceOrigin } from "./go-span.js";
import type { SpanOptions } from "./options.js";
import type { SpanClock } from "./span-clock.js";
import { SpanIds } from "./span-ids.js";
import type { SpanOutput } from "./span-output.js";
import { SpanTrace } from "./span-trace.js";
import type { SpanType } from "./span-type.js";

/** Makes spans and traces, with their ids. */
export class SpanMaker {
  readonly #ids: SpanIds;
  readonly #output: SpanOutput;
  /** Absolute time of the start of the trace, in nanoseconds. */
  readonly #base: number;
  readonly #program: TraceOrigin;
  readonly #runtime: TraceOrigin;

  constructor(options: SpanOptions, base: number, clock: SpanClock, output: SpanOutput) {
    const { digest, resource, runtimeResource, scope } = options;
    this.#ids = new SpanIds(digest);
    this.#output = output;
    this.#base = base;
    this.#program = { clock, resource, scope };
    this.#runtime = { clock, resource: runtimeResource, scope };
  }

  /**
   * A trace of a task, which is the same in every window of the capture.
   * @param id the task's
   * @param again when it begins, where another one has had the id
   */
  taskTrace(type: SpanType, id: number, again?: number): SpanTrace {
    const traceId =
      again === undefined ? this.#ids.trace(type, id, 0) : this.#ids.trace(type, id, this.#base, again);
    return new SpanTrace(traceId, this.#program, this.#output, "task");
  }

  /** A trace of the program's own tracing. */
  programTrace(traceId: string): SpanTrace {
    return new SpanTrace(traceId, this.#program, this.#output, "program");
  }

  /** The trace of the program outside of tasks, or of the runtime. */
  captureTrace(type: SpanType, ofRuntime: boolean): SpanTrace {
    const origin = ofRuntime ? this.#runtime : this.#program;
    return new SpanTrace(this.#ids.trace(type, 0, this.#base), origin, this.#output, "capture");
  }

  /** The root of a trace. @param id id of its subject */
  root(
    type: SpanType,
    trace: SpanTrace,
    id: number,
    name: string,
    start: number,
    attributes: Attributes = {},
  ): GoSpan {
    const spanId = this.#ids.span(type, id, this.#base, start);
    return new GoSpan(type, trace, spanId, undefined, name, start, attributes);
  }

  /**
   * A child span.
   * @param id id of its subject
   * @param nth distinguishes spans of one subject at the same time
   */
  child(
    type: SpanType,
    parent: GoSpan,
    id: number,
    name: string,
    start: number,
    attributes: Attributes,
    nth = 0,
  ): GoSpan {
    const spanId = this.#ids.span(type, id, this.#base, start, nth);
    return new GoSpan(type, parent.trace, spanId, parent, name, start, attributes);
  }
}
