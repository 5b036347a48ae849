import { Heap } from "../../base/heap.js";
import type { GoSpan, TraceOfSpan, TraceOrigin } from "./go-span.js";
import type { SpanHolder, SpanOutput } from "./span-output.js";

const isShorter = (a: GoSpan, b: GoSpan) => a.end - a.start < b.end - b.start;

/**
 * One OTLP trace. It exports the root, and other spans up to the limit:
 *
 * 1. While the trace is held, the longest that have ended.
 * 2. After that (in a live trace, from the start), the first to begin. A span reserves its room when it
 *    begins, so that its children find their parent.
 */
export class SpanTrace implements TraceOfSpan, SpanHolder {
  readonly traceId: string;
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
  #rootEnded = false;

  constructor(traceId: string, origin: TraceOrigin, output: SpanOutput) {
    this.traceId = traceId;
    this.clock = origin.clock;
    this.resource = origin.resource;
    this.scope = origin.scope;
    this.#output = output;
    this.#limit = output.limit - 1;
    this.#held = output.holds ? new Heap<GoSpan>(isShorter) : undefined;
    output.newTrace(traceId);
  }

  /** A span begins, which may get child spans before it ends. */
  begin(span: GoSpan): void {
    this.#open++;
    if (this.#held === undefined && span.parent !== undefined) span.isKept = this.#admit();
  }

  /** A span that has begun ends. */
  end(span: GoSpan, time: number): void {
    this.#open--;
    span.endAt(time);
    if (span.parent === undefined) this.#endRoot(span);
    else if (this.#held !== undefined) this.#hold(this.#held, span);
    else this.#giveOrDrop(span);
    if (this.#rootEnded && this.#open === 0) this.release();
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
    const root = this.#rootEnded ? 0 : 1;
    this.#taken = held.entries.length + this.#open - root;
    this.#output.unhold(held.entries.length);
    for (const span of held.entries) this.#output.give(span);
  }

  #endRoot(root: GoSpan): void {
    this.#rootEnded = true;
    this.#output.give(root);
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
