import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import type { GoSpan } from "../../../sink/otlp/go-span.js";
import type { Output } from "../../output/output.js";
import type { SpanTarget } from "./span-batches.js";

const NEWLINE = 10;

/**
 * Writes spans as lines of OTLP/JSON, one request per line, like the file exporter and receiver of the
 * OpenTelemetry collector.
 */
export class SpanLines implements SpanTarget {
  readonly atOnce = 1;
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  async send(spans: readonly GoSpan[]): Promise<void> {
    const json = JsonTraceSerializer.serializeRequest([...spans]) as Uint8Array;
    const line = new Uint8Array(json.length + 1);
    line.set(json);
    line[json.length] = NEWLINE;
    await this.#output.write(line);
  }

  async close(): Promise<void> {
    await this.#output.close();
  }

  async discard(): Promise<void> {
    await this.#output.discard();
  }
}
