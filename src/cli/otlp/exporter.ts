import { DiagLogLevel, diag } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import type { GoSpan } from "../../sink/otlp/go-span.js";
import { VERSION } from "../version.js";
import type { Endpoint } from "./endpoint.js";

/** What became of a request. */
export interface Answer {
  /** Undefined if it was accepted, at least in part. */
  readonly error?: Error;
  /** Status of an answer that refused it. */
  readonly status?: number;
  /** Spans that the server said it did not take, of a request that it accepted. */
  readonly rejected: number;
  /** What it said about that, or about the answer itself. */
  readonly remarks: readonly string[];
}

/** What a server says of a request that it took only in part. */
interface PartialSuccess {
  readonly rejectedSpans?: number | string;
  readonly errorMessage?: string;
}

const PARTIAL_SUCCESS = "Received Partial Success response:";

/** OpenTelemetry's own exporter, which encodes, sends and tries again. It is given one request after another. */
export class Exporter {
  readonly #exporter: JsonExporter | ProtobufExporter;

  private constructor(exporter: JsonExporter | ProtobufExporter) {
    this.#exporter = exporter;
  }

  /** @param timeout in milliseconds */
  static async open(endpoint: Endpoint, timeout = endpoint.timeout): Promise<Exporter> {
    const { OTLPTraceExporter } =
      endpoint.protocol === "http/json"
        ? await import("@opentelemetry/exporter-trace-otlp-http")
        : await import("@opentelemetry/exporter-trace-otlp-proto");
    return new Exporter(
      new OTLPTraceExporter({
        url: endpoint.url.href,
        headers: { ...endpoint.headers },
        compression: endpoint.compression as never,
        timeoutMillis: timeout,
        userAgent: `go2perfetto/${VERSION}`,
      }),
    );
  }

  /** Sends a request, and tries again as the exporter does. */
  async send(spans: readonly GoSpan[]): Promise<Answer> {
    const heard = new Remarks();
    const result = await new Promise<{ code: ExportResultCode; error?: Error }>((resolve) => {
      this.#exporter.export([...spans], resolve);
    });
    const { rejected, remarks } = heard.end();
    if (result.code === ExportResultCode.SUCCESS) return { rejected, remarks };
    const error = result.error ?? new Error("the exporter gives no reason");
    const status = "code" in error && typeof error.code === "number" ? error.code : undefined;
    return { error, rejected: 0, remarks, ...(status !== undefined && { status }) };
  }

  async close(): Promise<void> {
    await this.#exporter.shutdown();
  }
}

/** What the exporter remarks meanwhile: it reports partial success as success, and tells the rest to its log only. */
class Remarks {
  #rejected = 0;
  readonly #remarks: string[] = [];

  constructor() {
    const ignore = () => undefined;
    const hear = (message: string, ...details: unknown[]) => this.#hear(message, details);
    diag.setLogger(
      { error: hear, warn: hear, info: ignore, debug: ignore, verbose: ignore },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
  }

  end(): { rejected: number; remarks: readonly string[] } {
    diag.disable();
    return { rejected: this.#rejected, remarks: this.#remarks };
  }

  #hear(message: string, details: readonly unknown[]): void {
    if (message !== PARTIAL_SUCCESS) {
      this.#remarks.push(message);
      return;
    }
    const { rejectedSpans = 0, errorMessage } = JSON.parse(String(details[0])) as PartialSuccess;
    this.#rejected += Number(rejectedSpans);
    if (errorMessage) this.#remarks.push(errorMessage);
  }
}
