import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import type { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { startTimer } from "../../base/timer.js";
import { tlsSettings } from "../../bytes/tls-settings.js";
import type { GoSpan } from "../../sink/otlp/go-span.js";
import { VERSION } from "../version.js";
import type { Endpoint } from "./endpoint.js";
import { TIMED_OUT } from "./refusal.js";

/** What became of a request. */
export interface Answer {
  /** Undefined if it was accepted, at least in part. */
  readonly error?: Error;
  /** Status of an answer that refused it. */
  readonly status?: number;
}

/** What there was to be said of requests that were accepted. */
export interface Remarks {
  /** By request, spans that the server said it did not take. It may say any number. */
  readonly rejected: readonly number[];
  /** Why, or what is wrong with an answer itself. */
  readonly remarks: readonly string[];
}

/** What a server says of a request that it took only in part. It may say anything. */
interface PartialSuccess {
  readonly rejectedSpans?: unknown;
  readonly errorMessage?: unknown;
}

/** Milliseconds beyond its timeout after which a request is given up, whatever the exporter still waits for. */
const GRACE = 1000;
const PARTIAL_SUCCESS = "Received Partial Success response:";

/**
 * OpenTelemetry's own exporter, which encodes, sends and tries again. It reports partial success as success and tells the rest
 * to its log only, of which there is one in a process: so there may be one exporter at a time.
 */
export class Exporter {
  readonly #exporter: JsonExporter | ProtobufExporter;
  readonly #connections: Connections;
  /** In milliseconds. */
  readonly #timeout: number;
  readonly #underWay = new Set<Promise<ExportResult>>();
  #rejected: number[] = [];
  #remarks: string[] = [];

  private constructor(exporter: JsonExporter | ProtobufExporter, connections: Connections, timeout: number) {
    this.#exporter = exporter;
    this.#connections = connections;
    this.#timeout = timeout;
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
    const connections = new Connections(endpoint);
    const exporter = new OTLPTraceExporter({
      url: endpoint.url.href,
      headers: { ...endpoint.headers },
      compression: endpoint.compression as never,
      timeoutMillis: timeout,
      httpAgentOptions: (protocol) => connections.agent(protocol),
      userAgent: `go2perfetto/${VERSION}`,
    });
    return new Exporter(exporter, connections, timeout);
  }

  /** Sends a request, and tries again as the exporter does, in no more than its time. */
  async send(spans: readonly GoSpan[]): Promise<Answer> {
    const exported = this.#inTime(
      new Promise((resolve) => {
        this.#exporter.export([...spans], resolve);
      }),
    );
    this.#underWay.add(exported);
    const result = await exported;
    this.#underWay.delete(exported);
    if (result.code === ExportResultCode.SUCCESS) return {};
    const error = result.error ?? new Error("the exporter gives no reason");
    const status = "code" in error && typeof error.code === "number" ? error.code : undefined;
    return { error, ...(status !== undefined && { status }) };
  }

  /** What there was to be said since the last call. */
  remarks(): Remarks {
    const taken = { rejected: this.#rejected, remarks: this.#remarks };
    this.#rejected = [];
    this.#remarks = [];
    return taken;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    // The exporter would also wait for requests that were given up.
    this.#connections.end();
    await this.#exporter.shutdown();
    diag.disable();
  }

  /** The exporter knows only how long nothing comes: a server that drips bytes would hold it for ever. */
  async #inTime(result: Promise<ExportResult>): Promise<ExportResult> {
    let timer: ReturnType<typeof startTimer> | undefined;
    const late = new Promise<ExportResult>((resolve) => {
      const error = new Error(TIMED_OUT);
      timer = startTimer(() => resolve({ code: ExportResultCode.FAILED, error }), this.#timeout + GRACE);
    });
    return Promise.race([result, late]).finally(() => clearTimeout(timer));
  }

  #hear(message: string, details: readonly unknown[]): void {
    if (message !== PARTIAL_SUCCESS) {
      this.#remarks.push(message);
      return;
    }
    const { rejectedSpans, errorMessage } = JSON.parse(String(details[0])) as PartialSuccess;
    this.#rejected.push(countOf(rejectedSpans));
    if (typeof errorMessage === "string" && errorMessage !== "") this.#remarks.push(errorMessage);
  }
}

/** A count in JSON, where 64-bit numbers are texts; 0 if it is none. */
function countOf(value: unknown): number {
  const count = typeof value === "number" || typeof value === "string" ? Number(value) : 0;
  return count > 0 ? count : 0;
}

/** The connections to an endpoint, which are kept. */
class Connections {
  readonly #endpoint: Endpoint;
  readonly #agents: Agent[] = [];

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async agent(protocol: string): Promise<Agent> {
    const agent = await agentOf(this.#endpoint, protocol);
    this.#agents.push(agent);
    return agent;
  }

  /** Ends them, also in the middle of a request. */
  end(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

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
