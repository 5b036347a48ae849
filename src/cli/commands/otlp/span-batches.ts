import type { GoSpan } from "../../../sink/otlp/go-span.js";

/** Spans per request, as in OpenTelemetry's SDKs. Larger batches stay in memory longer. */
const MOST_SPANS = 512;
/** Bytes of a span or event without its texts. */
const BYTES_OF_SPAN = 400;
const BYTES_OF_EVENT = 150;

/** A target for batches of spans. */
export interface SpanTarget {
  /** How many batches may be sent at the same time. */
  readonly atOnce: number;
  send(spans: readonly GoSpan[]): Promise<void>;
  /** Finishes after the last batch. */
  close(): Promise<void>;
  /** Finishes after a failure: the spans so far are useless. */
  discard(): Promise<void>;
}

/**
 * Collects spans into batches. While batches are sent, it collects the next one. When that one is full too,
 * `add` waits, so memory is limited.
 */
export class SpanBatches {
  readonly #target: SpanTarget;
  readonly #mostBytes: number;
  #batch: GoSpan[] = [];
  #bytes = 0;
  /** The time of the first span in the batch. */
  #since = 0;
  readonly #sending = new Set<Promise<void>>();
  #error: unknown;

  /** @param mostBytes bytes of a batch by estimate; the target may send it in pieces that hold a limit exactly */
  constructor(target: SpanTarget, mostBytes: number) {
    this.#target = target;
    this.#mostBytes = mostBytes;
  }

  /** @throws the error of an earlier batch */
  async add(spans: readonly GoSpan[]): Promise<void> {
    for (const span of spans) {
      if (this.#batch.length === 0) this.#since = performance.now();
      this.#batch.push(span);
      this.#bytes += bytesOf(span);
      if (this.#batch.length >= MOST_SPANS || this.#bytes >= this.#mostBytes) await this.#send();
    }
  }

  /** Sends the batch, full or not, if its first span is older than `age` milliseconds. */
  sendOlderThan(age: number): void {
    if (this.#batch.length === 0 || performance.now() - this.#since < age) return;
    // The next call of `add` or `flush` throws the error.
    this.#send().catch(() => undefined);
  }

  /** Sends the rest, and waits for all batches. */
  async flush(): Promise<void> {
    if (this.#batch.length > 0) await this.#send();
    await Promise.all(this.#sending);
    this.#throwIfFailed();
  }

  /** Starts sending the batch when there is room for it. */
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
