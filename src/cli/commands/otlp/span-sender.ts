import type { GoSpan } from "../../../sink/otlp/go-span.js";
import type { Endpoint } from "./endpoint.js";
import { type Answer, Exporter } from "./exporter.js";
import { isFinal, isTooLarge, isUndelivered, reasonOf, shownWords } from "./refusal.js";
import type { SpanTarget } from "./span-batches.js";

/** Requests in a row without an answer after which no more are sent. */
const PATIENCE = 3;
/** Spans in a row that are too large each by itself, after which it is not they that are. */
const TOO_LARGE = 16;
/** Different reasons that are kept to be told. */
const MOST_REASONS = 10;

/** Why no more is sent. */
export class GaveUp extends Error {
  override readonly name = "GaveUp";

  constructor(readonly answer: Answer) {
    super(reasonOf(answer));
  }
}

/** What became of the spans that were sent. */
export interface SendCounts {
  readonly sent: number;
  readonly accepted: number;
  /** Those that the server refused, by itself or with their request. */
  readonly rejected: number;
  /** Those of requests that had no answer, or none but that the server is busy. */
  readonly undelivered: number;
  readonly requests: number;
}

/** Sends spans to an endpoint. */
export class SpanSender implements SpanTarget {
  /** One is encoded while the server is busy with the other. */
  readonly atOnce = 2;
  readonly #exporter: Exporter;
  #sent = 0;
  #accepted = 0;
  #rejected = 0;
  #undelivered = 0;
  #requests = 0;
  /** Requests without an answer, in a row. */
  #silence = 0;
  /** Spans that were too large by themselves, in a row. */
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

  /** Why spans were not accepted, in words. */
  get reasons(): readonly string[] {
    return [...this.#reasons];
  }

  /** @throws GaveUp if it is of no use to send more */
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

  /** Whether nobody takes what is sent. */
  get #isUseless(): boolean {
    const isSilent = this.#silence >= PATIENCE || (this.#silence > 0 && this.#accepted === 0);
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
