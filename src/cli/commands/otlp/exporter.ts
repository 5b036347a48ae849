import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { OTLPExporterBase } from "@opentelemetry/otlp-exporter-base";
import { createOtlpHttpExportDelegate } from "@opentelemetry/otlp-exporter-base/node-http";
import {
  type IExportTraceServiceResponse,
  type ISerializer,
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from "@opentelemetry/otlp-transformer";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { startTimer } from "../../../base/timer.js";
import { tlsSettings } from "../../../bytes/tls-settings.js";
import type { GoSpan } from "../../../sink/otlp/go-span.js";
import { VERSION } from "../../process/version.js";
import { type Answer, TIMED_OUT, TOO_LARGE } from "./answer.js";
import type { Endpoint } from "./endpoint.js";
import type { Protocol } from "./options.js";

/** Encodes spans and decodes the answers. */
interface Encoding extends ISerializer<ReadableSpan[], IExportTraceServiceResponse> {
  readonly contentType: string;
}

/** Milliseconds after the timeout until a request is abandoned, whatever the exporter waits for. */
const GRACE = 1000;
/** The most concurrent requests that the exporter accepts: more than are ever sent. */
const CONCURRENCY = 30;
/** The exporter's name in OpenTelemetry's metrics, which are not collected here. */
const COMPONENT = "otlp_http_span_exporter";

const ENCODINGS: Readonly<Record<Protocol, Encoding>> = {
  "http/json": {
    contentType: "application/json",
    serializeRequest: JsonTraceSerializer.serializeRequest,
    // OpenTelemetry's own deserializer treats invalid JSON as an empty answer.
    deserializeResponse: (data) => (data.length === 0 ? {} : JSON.parse(new TextDecoder().decode(data))),
  },
  "http/protobuf": { contentType: "application/x-protobuf", ...ProtobufTraceSerializer },
};

/**
 * OpenTelemetry's exporter, which encodes, sends and retries. This class assembles it from its parts. The
 * complete exporter reports partial success as success, and reports the rest only to a logger of the whole
 * process.
 */
export class Exporter {
  readonly #exporter: OTLPExporterBase<ReadableSpan[]>;
  readonly #connections: Connections;
  /** In milliseconds. */
  readonly #timeout: number;
  readonly #underWay = new Set<Promise<Answer>>();
  readonly #mostBytes: number;
  /** Whether the spans of the current call are larger than a request may be. */
  #isOversized = false;
  /** The last decoded answer. The exporter decodes an answer and reports its success in the same turn. */
  #said: Answer = {};

  /** @param timeout in milliseconds */
  constructor(endpoint: Endpoint, timeout = endpoint.timeout) {
    const encoding = ENCODINGS[endpoint.protocol];
    const connections = new Connections(endpoint);
    const options = {
      url: endpoint.url.href,
      headers: async () => ({ ...endpoint.headers, "Content-Type": encoding.contentType }),
      compression: endpoint.compression,
      timeoutMillis: timeout,
      concurrencyLimit: CONCURRENCY,
      agentFactory: (protocol: string) => connections.agent(protocol),
      userAgent: `go2perfetto/${VERSION}`,
    };
    this.#exporter = new OTLPExporterBase(
      createOtlpHttpExportDelegate(
        options,
        this.#listening(encoding),
        COMPONENT,
        TraceExporterMetricsHelper,
        undefined,
      ),
    );
    this.#connections = connections;
    this.#timeout = timeout;
    this.#mostBytes = endpoint.maxRequestBytes;
  }

  /** Sends a request. The exporter retries until the timeout. Several spans that are larger than a request may be are not sent. */
  async send(spans: readonly GoSpan[]): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) => {
      this.#exporter.export([...spans], (result) => resolve(this.#answer(result)));
    });
    // The exporter encodes within the call.
    if (this.#isOversized) {
      this.#isOversized = false;
      return { error: new Error("larger than a request may be"), status: TOO_LARGE };
    }
    const answered = this.#inTime(answer);
    this.#underWay.add(answered);
    return answered.finally(() => this.#underWay.delete(answered));
  }

  /** Waits for the current requests. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    // The exporter would also wait for abandoned requests.
    this.#connections.end();
    await this.#exporter.shutdown();
  }

  /**
   * A serializer that gives the exporter nothing to send of what is too large, stores the decoded answer, and hides from the
   * exporter what it would log.
   */
  #listening(encoding: Encoding): Encoding {
    return {
      ...encoding,
      serializeRequest: (spans) => {
        const bytes = encoding.serializeRequest(spans);
        this.#isOversized = spans.length > 1 && (bytes?.length ?? 0) > this.#mostBytes;
        return this.#isOversized ? undefined : bytes;
      },
      deserializeResponse: (data) => {
        this.#said = read(encoding, data);
        return {};
      },
    };
  }

  #answer({ code, error: given }: ExportResult): Answer {
    const said = this.#said;
    this.#said = {};
    if (code === ExportResultCode.SUCCESS) return said;
    const error = given ?? new Error("the exporter gives no reason");
    const status = "code" in error && typeof error.code === "number" ? error.code : undefined;
    return { error, ...(status !== undefined && { status }) };
  }

  /**
   * Limits the total time of a request. The exporter limits only pauses, so a server that sends byte by byte
   * would block it.
   */
  async #inTime(answer: Promise<Answer>): Promise<Answer> {
    let timer: ReturnType<typeof startTimer> | undefined;
    const late = new Promise<Answer>((resolve) => {
      timer = startTimer(() => resolve({ error: new Error(TIMED_OUT) }), this.#timeout + GRACE);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }
}

/** Reads the answer to an accepted request. */
function read(encoding: Encoding, data: Uint8Array): Answer {
  try {
    // A server can send anything, so the types are unreliable.
    const { rejectedSpans, errorMessage }: Record<string, unknown> = {
      ...encoding.deserializeResponse(data)?.partialSuccess,
    };
    const isWord = typeof errorMessage === "string" && errorMessage !== "";
    return { rejected: countOf(rejectedSpans), ...(isWord && { remark: errorMessage }) };
  } catch {
    return { remark: "the server's answer is not OTLP" };
  }
}

/** A count in JSON, where 64-bit numbers are strings. 0 if it is not a number. */
function countOf(value: unknown): number {
  const count = typeof value === "number" || typeof value === "string" ? Number(value) : 0;
  return count > 0 ? count : 0;
}

/** Persistent connections to an endpoint. */
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

  /** Closes all connections, even during a request. */
  end(): void {
    for (const agent of this.#agents) agent.destroy();
  }
}

async function agentOf({ tls, proxy }: Endpoint, protocol: string): Promise<Agent> {
  const settings = tlsSettings(tls);
  if (proxy !== undefined) {
    const { proxyAgent } = await import("../../connection/proxy-agent.js");
    return proxyAgent(protocol, proxy, { keepAlive: true, tls: settings });
  }
  return protocol === "https:"
    ? new SecureAgent({ keepAlive: true, ...settings })
    : new Agent({ keepAlive: true });
}
