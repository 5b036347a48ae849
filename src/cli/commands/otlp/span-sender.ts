import type { GoSpan } from "../../../sink/otlp/go-span.js";
import { type Answer, isFinal, isTooLarge, isUndelivered, reasonOf, shownWords } from "./answer.js";
import type { Endpoint } from "./endpoint.js";
import { Exporter } from "./exporter.js";
import type { SpanTarget } from "./span-batches.js";

/** The export stops after this many consecutive requests without an answer. */
const MOST_UNANSWERED = 3;
/**
 * The export stops after this many consecutive single spans that are too large: the server's limit is
 * useless.
 */
const TOO_LARGE = 16;
/** The most different reasons to report. */
const MOST_REASONS = 10;

/** Thrown when the export is given up. */
export class GaveUp extends Error {
  override readonly name = "GaveUp";

  constructor(readonly answer: Answer) {
    super(reasonOf(answer));
  }
}

/** Numbers of spans and requests. */
export interface SendCounts {
  readonly sent: number;
  readonly accepted: number;
  /** Rejected by the server, individually or with their request. */
  readonly rejected: number;
  /** In requests without an answer, or to a server that stayed busy. */
  readonly undelivered: number;
  readonly requests: number;
}

/** Sends spans to an endpoint. */
export class SpanSender implements SpanTarget {
  /** One batch is encoded while the server processes the other. */
  readonly atOnce = 2;
  readonly #exporter: Exporter;
  #sent = 0;
  #accepted = 0;
  #rejected = 0;
  #undelivered = 0;
  #requests = 0;
  /** Consecutive requests without an answer. */
  #silence = 0;
  /** Consecutive single spans that were too large. */
  #tooLarge = 0;
  readonly #reasons = new Set<string>();

  constructor(endpoint: Endpoint) {
    this.#exporter = new Exporter(endpoint);
  }

  get counts(): SendCounts {
    return {
      sent: this.#sent,
      accepted: this.#accepted,
      rejected: this.#rejected,
      undelivered: this.#undelivered,
      requests: this.#requests,
    };
  }

  /** Why spans were not accepted. */
  get reasons(): readonly string[] {
    return [...this.#reasons];
  }

  /** @throws GaveUp if sending more is useless */
  async send(spans: readonly GoSpan[]): Promise<void> {
    const answer = await this.#exporter.send(spans);
    if (isTooLarge(answer) && spans.length > 1) {
      const half = spans.length >> 1;
      await this.send(spans.slice(0, half));
      await this.send(spans.slice(half));
      return;
    }
    this.#count(spans.length, answer);
    if (isFinal(answer) || this.#isUseless) throw new GaveUp(answer);
  }

  /** Whether the endpoint accepts nothing. */
  get #isUseless(): boolean {
    const isSilent = this.#silence >= MOST_UNANSWERED || (this.#silence > 0 && this.#accepted === 0);
    return isSilent || this.#tooLarge >= TOO_LARGE;
  }

  async close(): Promise<void> {
    await this.#exporter.close();
  }

  async discard(): Promise<void> {}

  #count(spans: number, answer: Answer): void {
    this.#requests++;
    this.#sent += spans;
    this.#silence = isUndelivered(answer) ? this.#silence + 1 : 0;
    this.#tooLarge = isTooLarge(answer) ? this.#tooLarge + 1 : 0;
    if (answer.error === undefined) {
      const rejected = Math.min(answer.rejected ?? 0, spans);
      this.#rejected += rejected;
      this.#accepted += spans - rejected;
      if (answer.remark !== undefined) this.#note(shownWords(answer.remark));
      return;
    }
    if (isUndelivered(answer)) this.#undelivered += spans;
    else this.#rejected += spans;
    this.#note(reasonOf(answer));
  }

  #note(reason: string): void {
    if (this.#reasons.size < MOST_REASONS) this.#reasons.add(reason);
  }
}
