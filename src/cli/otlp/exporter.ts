import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { ExportResultCode } from "@opentelemetry/core";
import type { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { tlsSettings } from "../../bytes/tls-settings.js";
import type { GoSpan } from "../../sink/otlp/go-span.js";
import { VERSION } from "../version.js";
import type { Endpoint } from "./endpoint.js";

/** What became of a request. */
export interface Answer {
  /** Undefined if it was accepted, at least in part. */
  readonly error?: Error;
  /** Status of an answer that refused it. */
  readonly status?: number;
}

/** What there was to be said of requests that were accepted. */
export interface Remarks {
  /** Spans that the server said it did not take. */
  readonly rejected: number;
  /** Why, or what is wrong with an answer itself. */
  readonly remarks: readonly string[];
}

/** What a server says of a request that it took only in part. */
interface PartialSuccess {
  readonly rejectedSpans?: number | string;
  readonly errorMessage?: string;
}

const PARTIAL_SUCCESS = "Received Partial Success response:";

/**
 * OpenTelemetry's own exporter, which encodes, sends and tries again. It reports partial success as success and tells the rest
 * to its log only, of which there is one in a process: so there may be one exporter at a time.
 */
export class Exporter {
  readonly #exporter: JsonExporter | ProtobufExporter;
  #rejected = 0;
  #remarks: string[] = [];

  private constructor(exporter: JsonExporter | ProtobufExporter) {
    this.#exporter = exporter;
    const ignore = () => undefined;
    const hear = (message: string, ...details: unknown[]) => this.#hear(message, details);
    diag.setLogger(
      { error: hear, warn: hear, info: ignore, debug: ignore, verbose: ignore },
      { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
    );
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
        httpAgentOptions: (protocol) => agentOf(endpoint, protocol),
        userAgent: `go2perfetto/${VERSION}`,
      }),
    );
  }

  /** Sends a request, and tries again as the exporter does. */
  async send(spans: readonly GoSpan[]): Promise<Answer> {
    const result = await new Promise<{ code: ExportResultCode; error?: Error }>((resolve) => {
      this.#exporter.export([...spans], resolve);
    });
    if (result.code === ExportResultCode.SUCCESS) return {};
    const error = result.error ?? new Error("the exporter gives no reason");
    const status = "code" in error && typeof error.code === "number" ? error.code : undefined;
    return { error, ...(status !== undefined && { status }) };
  }

  /** What there was to be said since the last call. */
  remarks(): Remarks {
    const taken = { rejected: this.#rejected, remarks: this.#remarks };
    this.#rejected = 0;
    this.#remarks = [];
    return taken;
  }

  async close(): Promise<void> {
    await this.#exporter.shutdown();
    diag.disable();
  }

  #hear(message: string, details: readonly unknown[]): void {
    if (message !== PARTIAL_SUCCESS) {
      this.#remarks.push(message);
      return;
    }
    const { rejectedSpans = 0, errorMessage } = JSON.parse(String(details[0])) as PartialSuccess;
    // A server may say anything.
    this.#rejected += Math.max(0, Number(rejectedSpans) || 0);
    if (errorMessage) this.#remarks.push(errorMessage);
  }
}

/** Who makes the connections, which are kept. */
async function agentOf({ tls, proxy }: Endpoint, protocol: string): Promise<Agent> {
  const settings = tlsSettings(tls);
  if (proxy !== undefined) {
    const { proxyAgent } = await import("../connection/proxy-agent.js");
    return proxyAgent(protocol, proxy, { keepAlive: true, tls: settings });
  }
  return protocol === "https:"
    ? new SecureAgent({ keepAlive: true, ...settings })
    : new Agent({ keepAlive: true });
}
