import { Heap } from "../../base/heap.js";
import type { GoSpan, TraceOfSpan, TraceOrigin } from "./go-span.js";
import type { SpanHolder, SpanOutput } from "./span-output.js";

const isShorter = (a: GoSpan, b: GoSpan) => a.end - a.start < b.end - b.start;

export type TraceOwner = "task" | "capture" | "program";

/**
 * One OTLP trace. It exports the root, and other spans up to the limit:
 *
 * 1. While the trace is held, the longest that have ended.
 * 2. After that (in a live trace, from the start), the first to begin. A span reserves its room when it
 *    begins, so that its children find their parent.
 *
 * In a trace of the program's own tracing, spans are below the program's, and none of ours is the root.
 */
export class SpanTrace implements TraceOfSpan, SpanHolder {
  #traceId: string;
  #isPrograms: boolean;
  hasLeft = false;
  readonly clock: TraceOrigin["clock"];
  readonly resource: TraceOrigin["resource"];
  readonly scope: TraceOrigin["scope"];
  readonly #output: SpanOutput;
  /** The most spans besides the root. */
  readonly #limit: number;
  /** Held spans; undefined once they are exported. */
  #held: Heap<GoSpan> | undefined;
  /** Number of open spans. */
  #open = 0;
  /** Room taken, once spans are exported. */
  #taken = 0;
  /** Whether one of ours is the root. */
  readonly #hasRoot: boolean;
  /** The root, when it has ended. */
  #root: GoSpan | undefined;

  /** @param owner whose trace it is: that of a task, of the capture, or of the program's own tracing */
  constructor(traceId: string, origin: TraceOrigin, output: SpanOutput, owner: TraceOwner) {
    this.#traceId = traceId;
    this.#isPrograms = owner === "program";
    this.#hasRoot = !this.#isPrograms;
    this.clock = origin.clock;
    this.resource = origin.resource;
    this.scope = origin.scope;
    this.#output = output;
    this.#limit = this.#hasRoot ? output.limit - 1 : output.limit;
    const isHeld = output.holds && !(output.onlyLinked && owner === "capture");
    this.#held = isHeld ? new Heap<GoSpan>(isShorter) : undefined;
    output.newTrace(this);
  }

  get traceId(): string {
    return this.#traceId;
  }

  get isPrograms(): boolean {
    return this.#isPrograms;
  }

  /** The root turns out to be below a span of the program's tracing, after spans within it have begun. */
  become(traceId: string): void {
    this.#traceId = traceId;
    this.#isPrograms = true;
    this.#output.becameProgram();
  }

  /** An open span gets into another trace. */
  leave(span: GoSpan): void {
    this.#open--;
    if (this.#isRoot(span)) this.#output.forgetTrace(this);
    else if (this.#held === undefined && span.isKept) this.#taken--;
    if (span.hasChildren) this.hasLeft = true;
    if (this.#open === 0) this.release();
  }

  /** A span begins, which may get child spans before it ends. */
  begin(span: GoSpan): void {
    this.#open++;
    span.isKept = this.#held !== undefined || this.#isRoot(span) || this.#admit();
  }

  /** A span that has begun ends. */
  end(span: GoSpan, time: number): void {
    this.#open--;
    span.endAt(time);
    if (this.#isRoot(span)) this.#endRoot(span);
    else if (this.#held !== undefined) this.#hold(this.#held, span);
    else this.#giveOrDrop(span);
    if (this.#open === 0) this.release();
  }

  /** A span without children has ended. */
  add(span: GoSpan): void {
    if (this.#held !== undefined) {
      this.#hold(this.#held, span);
      return;
    }
    span.isKept = this.#admit();
    this.#giveOrDrop(span);
  }

  /** Exports what is held. From now on spans are exported as they end. */
  release(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    const root = this.#hasRoot && this.#root === undefined && this.#open > 0 ? 1 : 0;
    this.#taken = held.entries.length + this.#open - root;
    this.#output.unhold(held.entries.length);
    if (this.#root !== undefined) this.#output.give(this.#root);
    for (const span of held.entries) this.#output.give(span);
  }

  #isRoot(span: GoSpan): boolean {
    return this.#hasRoot && span.parent === undefined;
  }

  /** While the trace is held, so is its root: it may have to count spans that are left out. */
  #endRoot(root: GoSpan): void {
    this.#root = root;
    if (this.#held === undefined) this.#output.give(root);
  }

  #hold(held: Heap<GoSpan>, span: GoSpan): void {
    held.push(span);
    if (held.entries.length <= this.#limit) {
      this.#output.hold(this);
      return;
    }
    const shortest = held.first as GoSpan;
    held.pop();
    shortest.isKept = false;
    this.#giveOrDrop(shortest);
  }

  #giveOrDrop(span: GoSpan): void {
    if (span.isKept) this.#output.give(span);
    else this.#output.drop(span);
  }

  #admit(): boolean {
    if (this.#taken >= this.#limit) return false;
    this.#taken++;
    return true;
  }
}
