import type { GoSpan } from "../../../sink/otlp/go-span.js";

/** Spans of a request, as in OpenTelemetry's SDKs: with more of them, more survive until the garbage collector comes. */
const MOST_SPANS = 512;
/** Of a request, roughly, in bytes: servers refuse larger ones than some megabytes. */
const MOST_BYTES = 3 << 20;
/** What a span or event takes beside its texts. */
const BYTES_OF_SPAN = 400;
const BYTES_OF_EVENT = 150;

/** Where batches of spans go. */
export interface SpanTarget {
  /** Batches that may be sent at the same time. */
  readonly atOnce: number;
  send(spans: readonly GoSpan[]): Promise<void>;
  /** All has been sent. */
  close(): Promise<void>;
  /** Nothing more will be sent, and what was is of no use. */
  discard(): Promise<void>;
}

/**
 * Gathers spans into batches. Some are sent while the next one is gathered; whoever adds spans waits when that one is full too,
 * so that no more are ever in memory.
 */
export class SpanBatches {
  readonly #target: SpanTarget;
  #batch: GoSpan[] = [];
  #bytes = 0;
  /** When the batch got its first span. */
  #since = 0;
  readonly #sending = new Set<Promise<void>>();
  #error: unknown;

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
    if (this.#batch.length === 0 || performance.now() - this.#since < age) return;
    // Whoever comes next is told.
    this.#send().catch(() => undefined);
  }

  /** Sends the rest, and waits until all has been sent. */
  async flush(): Promise<void> {
    if (this.#batch.length > 0) await this.#send();
    await Promise.all(this.#sending);
    this.#throwIfFailed();
  }

  /** Begins to send the batch, as soon as there is room for it. */
  async #send(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#bytes = 0;
    while (this.#sending.size >= this.#target.atOnce) await Promise.race(this.#sending);
    this.#throwIfFailed();
    const sending = this.#target
      .send(batch)
      .catch((error: unknown) => {
        this.#error ??= error;
      })
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  #throwIfFailed(): void {
    if (this.#error !== undefined) throw this.#error;
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
