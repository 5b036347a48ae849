import type { GoSpan } from "../../sink/otlp/go-span.js";

/** Spans of a request. */
const MOST_SPANS = 2048;
/** Of a request, roughly, in bytes: servers refuse larger ones than some megabytes. */
const MOST_BYTES = 3 << 20;
/** What a span or event takes beside its texts. */
const BYTES_OF_SPAN = 400;
const BYTES_OF_EVENT = 150;

/** Where batches of spans go. */
export interface SpanTarget {
  /** Called for one batch after the other. */
  send(spans: readonly GoSpan[]): Promise<void>;
  /** All has been sent. */
  close(): Promise<void>;
  /** Nothing more will be sent, and what was is of no use. */
  discard(): Promise<void>;
}

/**
 * Gathers spans into batches. One batch is sent while the next is gathered; whoever adds spans waits when that one is full too,
 * so that no more than two are ever in memory.
 */
export class SpanBatches {
  readonly #target: SpanTarget;
  #batch: GoSpan[] = [];
  #bytes = 0;
  /** When the batch got its first span. */
  #since = 0;
  #sending: Promise<void> = Promise.resolve();

  constructor(target: SpanTarget) {
    this.#target = target;
  }

  /** @throws what sending a batch before has thrown */
  async add(spans: readonly GoSpan[]): Promise<void> {
    for (const span of spans) {
      if (this.#batch.length === 0) this.#since = performance.now();
      this.#batch.push(span);
      this.#bytes += bytesOf(span);
      if (this.#batch.length >= MOST_SPANS || this.#bytes >= MOST_BYTES) await this.#send();
    }
  }

  /** Sends a batch that is not full if its first span has waited for so many milliseconds. */
  sendOlderThan(age: number): void {
    if (this.#batch.length > 0 && performance.now() - this.#since >= age)
      void this.#send().catch(() => undefined);
  }

  /** Sends the rest, and waits until all has been sent. */
  async flush(): Promise<void> {
    if (this.#batch.length > 0) await this.#send();
    await this.#sending;
  }

  /** Begins to send when the batch before has been sent, and waits for that. */
  async #send(): Promise<void> {
    const batch = this.#batch;
    const before = this.#sending;
    this.#batch = [];
    this.#bytes = 0;
    this.#sending = before.then(() => this.#target.send(batch));
    // Whoever comes next is told.
    this.#sending.catch(() => undefined);
    await before;
  }
}

function bytesOf({ name, attributes, events }: GoSpan): number {
  let bytes = BYTES_OF_SPAN + name.length + textOf(attributes["code.stacktrace"]);
  for (const event of events) {
    bytes += BYTES_OF_EVENT + event.name.length + textOf(event.attributes?.["go.log.message"]);
  }
  return bytes;
}

function textOf(value: unknown): number {
  return typeof value === "string" ? value.length : 0;
}
