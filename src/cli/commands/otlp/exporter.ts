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
import type { Protocol } from "./command.js";
import type { Endpoint } from "./endpoint.js";
import { TIMED_OUT } from "./refusal.js";

/** What became of a request. */
export interface Answer {
  /** Undefined if the server accepted it, at least in part. */
  readonly error?: Error;
  /** HTTP status of an answer that refused it. */
  readonly status?: number;
  /** Spans that the server says it did not take, although it accepted the request. It may say any number. */
  readonly rejected?: number;
  /** What the server says of a request that it accepted, or what is wrong with its answer. */
  readonly remark?: string;
}

/** How spans are encoded, and the server's answers decoded. */
interface Encoding extends ISerializer<ReadableSpan[], IExportTraceServiceResponse> {
  readonly contentType: string;
}

/** Milliseconds beyond its timeout after which a request is given up, whatever the exporter still waits for. */
const GRACE = 1000;
/** Requests under way at once, of which the exporter refuses more: more than are ever sent. */
const CONCURRENCY = 30;
/** OpenTelemetry's name of such an exporter in its own metrics, which nobody collects here. */
const COMPONENT = "otlp_http_span_exporter";

const ENCODINGS: Readonly<Record<Protocol, Encoding>> = {
  "http/json": {
    contentType: "application/json",
    serializeRequest: JsonTraceSerializer.serializeRequest,
    // OpenTelemetry's own takes what is no JSON for an empty answer.
    deserializeResponse: (data) => (data.length === 0 ? {} : JSON.parse(new TextDecoder().decode(data))),
  },
  "http/protobuf": { contentType: "application/x-protobuf", ...ProtobufTraceSerializer },
};

/**
 * OpenTelemetry's own exporter, which encodes, sends and tries again. It is put together here from its parts, since as a whole
 * it reports partial success as success, and tells the rest to a logger that the whole process shares.
 */
export class Exporter {
  readonly #exporter: OTLPExporterBase<ReadableSpan[]>;
  readonly #connections: Connections;
  /** In milliseconds. */
  readonly #timeout: number;
  readonly #underWay = new Set<Promise<Answer>>();
  /** What the answer says that was decoded last: the exporter decodes an answer and reports success in one go. */
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
  }

  /** Sends a request, and tries again as the exporter does, in no more than its time. */
  async send(spans: readonly GoSpan[]): Promise<Answer> {
    const answered = this.#inTime(
      new Promise((resolve) => {
        this.#exporter.export([...spans], (result) => resolve(this.#answer(result)));
      }),
    );
    this.#underWay.add(answered);
    const answer = await answered;
    this.#underWay.delete(answered);
    return answer;
  }

  /** Waits for what is under way. */
  async close(): Promise<void> {
    await Promise.all(this.#underWay);
    // The exporter would also wait for requests that were given up.
    this.#connections.end();
    await this.#exporter.shutdown();
  }

  /** The serializer, which keeps what a decoded answer says and passes nothing on that the exporter would log. */
  #listening(encoding: Encoding): Encoding {
    return {
      ...encoding,
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

  /** The exporter knows only how long nothing comes: a server that drips bytes would hold it for ever. */
  async #inTime(answer: Promise<Answer>): Promise<Answer> {
    let timer: ReturnType<typeof startTimer> | undefined;
    const late = new Promise<Answer>((resolve) => {
      timer = startTimer(() => resolve({ error: new Error(TIMED_OUT) }), this.#timeout + GRACE);
    });
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  }
}

/** What the answer to an accepted request says. */
function read(encoding: Encoding, data: Uint8Array): Answer {
  try {
    // A server may say anything: the types are only what it should say.
    const { rejectedSpans, errorMessage }: Record<string, unknown> = {
      ...encoding.deserializeResponse(data)?.partialSuccess,
    };
    const isWord = typeof errorMessage === "string" && errorMessage !== "";
    return { rejected: countOf(rejectedSpans), ...(isWord && { remark: errorMessage }) };
  } catch {
    return { remark: "the server's answer is not OTLP" };
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
    const { proxyAgent } = await import("../../connection/proxy-agent.js");
    return proxyAgent(protocol, proxy, { keepAlive: true, tls: settings });
  }
  return protocol === "https:"
    ? new SecureAgent({ keepAlive: true, ...settings })
    : new Agent({ keepAlive: true });
}
