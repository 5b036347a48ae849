/*
 * Sends requests by gRPC. OpenTelemetry's own gRPC exporter does not try again when a server is busy, and takes neither
 * proxies nor `--insecure`. So this is gRPC's client beneath the parts of OpenTelemetry's exporter that HTTP uses too.
 *
 * gRPC reports every failed connection as UNAVAILABLE, with a text. `connectionError` finds out the error code of Node,
 * by an HTTP request to the same place.
 */

import { isIP } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { Client, Metadata, ServiceError } from "@grpc/grpc-js";
import type { ExportResponse, IExporterTransport } from "@opentelemetry/otlp-exporter-base";
import { tlsSettings } from "../../../bytes/tls-settings.js";
import { VERSION } from "../../process/version.js";
import { BUSY, TIMED_OUT } from "./answer.js";
import { connectionError } from "./connection-error.js";
import type { Endpoint } from "./endpoint.js";
import { DEADLINE_EXCEEDED, GrpcRejection, UNAVAILABLE } from "./grpc-status.js";

type Grpc = typeof import("@grpc/grpc-js");

const METHOD = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const DETAILS = "grpc-status-details-bin";
/** Pauses between tries in milliseconds, as OpenTelemetry's HTTP exporter makes them. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 5000;
const BACKOFF = 1.5;
/** The most by which a pause is longer or shorter, as a fraction. */
const JITTER = 0.2;
/** Messages about an UNAVAILABLE that comes from gRPC's client, not from the server. */
const NO_CONNECTION = /^(No connection established|Name resolution failed|Connection dropped|read E)/;

/** A client, and the headers of its requests. */
interface Connection {
  readonly client: Client;
  readonly metadata: Metadata;
}

/** A try that failed. */
interface FailedTry {
  readonly answer: ServiceError;
  readonly rejection: GrpcRejection;
}

/** Sends requests by gRPC, and retries until the timeout. */
export class GrpcTransport implements IExporterTransport {
  readonly #endpoint: Endpoint;
  #connection: Promise<Connection> | undefined;

  constructor(endpoint: Endpoint) {
    this.#endpoint = endpoint;
  }

  async send(data: Uint8Array, timeoutMillis: number): Promise<ExportResponse> {
    const deadline = Date.now() + timeoutMillis;
    this.#connection ??= connect(this.#endpoint);
    const connection = await this.#connection;
    let last: FailedTry | undefined;
    for (let backoff = FIRST_PAUSE; ; backoff = Math.min(backoff * BACKOFF, LONGEST_PAUSE)) {
      const answer = await call(connection, data, deadline);
      if (answer instanceof Uint8Array) return { status: "success", data: answer };
      const { code, details, metadata } = answer;
      const [status] = metadata?.get(DETAILS) ?? [];
      const rejection = new GrpcRejection(code, details, typeof status === "object" ? status : undefined);
      const wait = rejection.pause ?? backoff * (1 + JITTER * (2 * Math.random() - 1));
      // A try that the timeout cuts short tells less than the one before it.
      if (last === undefined || code !== DEADLINE_EXCEEDED) last = { answer, rejection };
      if (!rejection.isTransient || Date.now() + wait > deadline) {
        return { status: "failure", error: await this.#errorOf(last) };
      }
      await pause(wait);
    }
  }

  shutdown(): void {
    void this.#connection?.then(({ client }) => client.close());
  }

  /** The error to report for a try. */
  async #errorOf({ answer, rejection }: FailedTry): Promise<Error> {
    const { code, details } = answer;
    if (!rejection.isTransient) return rejection;
    if (code === DEADLINE_EXCEEDED) return new Error(TIMED_OUT);
    if (code === UNAVAILABLE && NO_CONNECTION.test(details)) return connectionError(this.#endpoint);
    return new Error(BUSY);
  }
}

async function connect(endpoint: Endpoint): Promise<Connection> {
  const grpc = await import("@grpc/grpc-js");
  grpc.setLogVerbosity(grpc.logVerbosity.NONE);
  const { url, proxy, compression } = endpoint;
  // gRPC names a server in TLS even by its address, of which Node would warn.
  if (isIP(url.hostname.replace(/^\[|\]$/g, ""))) process.noDeprecation = true;
  const target = `dns:${placeOf(url)}`;
  const client = new grpc.Client(
    proxy === undefined ? target : `dns:${placeOf(proxy)}`,
    credentialsOf(endpoint, grpc),
    {
      "grpc.primary_user_agent": `go2perfetto/${VERSION}`,
      "grpc.default_authority": url.host,
      "grpc.default_compression_algorithm":
        compression === "gzip" ? grpc.compressionAlgorithms.gzip : grpc.compressionAlgorithms.identity,
      // gRPC would read other variables, by other rules.
      "grpc.enable_http_proxy": 0,
      ...(proxy !== undefined && { "grpc.http_connect_target": target, ...loginOf(proxy) }),
    },
  );
  return { client, metadata: metadataOf(endpoint, grpc) };
}

/** Host and port. */
function placeOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}

function loginOf({ username, password }: URL) {
  if (username === "") return {};
  return { "grpc.http_connect_creds": `${decodeURIComponent(username)}:${decodeURIComponent(password)}` };
}

function credentialsOf({ url, tls }: Endpoint, { credentials }: Grpc) {
  if (url.protocol !== "https:") return credentials.createInsecure();
  const { ca, cert, key, rejectUnauthorized } = tlsSettings(tls);
  const bytes = (pem: string | undefined) => (pem === undefined ? null : Buffer.from(pem));
  return credentials.createSsl(bytes(ca), bytes(key), bytes(cert), { rejectUnauthorized });
}

/** The headers. Values of those whose names end in -bin are Base64, as gRPC has them. */
function metadataOf({ url, headers }: Endpoint, { Metadata }: Grpc): Metadata {
  const metadata = new Metadata();
  if (url.username !== "") {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    metadata.set("authorization", `Basic ${Buffer.from(login).toString("base64")}`);
  }
  for (const [name, value] of Object.entries(headers)) {
    metadata.set(name, /-bin$/i.test(name) ? Buffer.from(value, "base64") : value);
  }
  return metadata;
}

/** Sends a request once. */
function call({ client, metadata }: Connection, data: Uint8Array, deadline: number) {
  const same = (bytes: Buffer) => bytes;
  return new Promise<Buffer | ServiceError>((resolve) => {
    client.makeUnaryRequest(METHOD, same, same, Buffer.from(data), metadata, { deadline }, (error, answer) =>
      resolve(error ?? answer ?? Buffer.alloc(0)),
    );
  });
}
