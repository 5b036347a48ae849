import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import {
  createOtlpNetworkExportDelegate,
  ExporterMetrics,
  OTLPExporterBase,
} from "@opentelemetry/otlp-exporter-base";
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
import type { GoSpan } from "../../../sink/otlp/go-span.js";
import { VERSION } from "../../process/version.js";
import { type Answer, TIMED_OUT, TOO_LARGE } from "./answer.js";
import { Connections } from "./connections.js";
import type { Endpoint } from "./endpoint.js";
import { GrpcRejection } from "./grpc-status.js";
import { GrpcTransport } from "./grpc-transport.js";
import type { Protocol } from "./options.js";

/** Encodes spans and decodes the answers. */
type Encoding = ISerializer<ReadableSpan[], IExportTraceServiceResponse>;

/** Milliseconds after the timeout until a request is abandoned, whatever the exporter waits for. */
const GRACE = 1000;
/** The most concurrent requests that the exporter accepts: more than are ever sent. */
const CONCURRENCY = 30;
/** The exporter's names in OpenTelemetry's metrics, which are not collected here. */
const HTTP_COMPONENT = "otlp_http_span_exporter";
const GRPC_COMPONENT = "otlp_grpc_span_exporter";

const ENCODINGS: Readonly<Record<Protocol, Encoding>> = {
  grpc: ProtobufTraceSerializer,
  "http/json": {
    serializeRequest: JsonTraceSerializer.serializeRequest,
    // OpenTelemetry's own deserializer treats invalid JSON as an empty answer.
    deserializeResponse: (data) => (data.length === 0 ? {} : JSON.parse(new TextDecoder().decode(data))),
  },
  "http/protobuf": ProtobufTraceSerializer,
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
    const encoding = this.#listening(ENCODINGS[endpoint.protocol]);
    const connections = new Connections(endpoint);
    this.#exporter = new OTLPExporterBase(
      endpoint.protocol === "grpc"
        ? grpcDelegate(endpoint, timeout, encoding)
        : httpDelegate(endpoint, timeout, encoding, connections),
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
    const grpc = error instanceof GrpcRejection ? error.grpc : undefined;
    return { error, ...(status !== undefined && { status }), ...(grpc !== undefined && { grpc }) };
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

function httpDelegate(endpoint: Endpoint, timeout: number, encoding: Encoding, connections: Connections) {
  const type = endpoint.protocol === "http/json" ? "application/json" : "application/x-protobuf";
  const options = {
    url: endpoint.url.href,
    headers: async () => ({ ...endpoint.headers, "Content-Type": type }),
    compression: endpoint.compression,
    timeoutMillis: timeout,
    concurrencyLimit: CONCURRENCY,
    agentFactory: (protocol: string) => connections.agent(protocol),
    userAgent: `go2perfetto/${VERSION}`,
  };
  return createOtlpHttpExportDelegate(
    options,
    encoding,
    HTTP_COMPONENT,
    TraceExporterMetricsHelper,
    undefined,
  );
}

function grpcDelegate(endpoint: Endpoint, timeout: number, encoding: Encoding) {
  const metrics = new ExporterMetrics({
    componentType: GRPC_COMPONENT,
    metricsHelper: TraceExporterMetricsHelper,
    url: endpoint.url.href,
    meterProvider: undefined,
    responseAttributesFromError: () => ({}),
  });
  const { compression } = endpoint;
  const options = { timeoutMillis: timeout, concurrencyLimit: CONCURRENCY, compression };
  return createOtlpNetworkExportDelegate(options, encoding, metrics, new GrpcTransport(endpoint));
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
