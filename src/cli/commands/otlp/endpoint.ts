import type { TlsOptions } from "../../../bytes/tls-options.js";
import { urlName } from "../../../bytes/url-name.js";
import { givenHeaders } from "../../connection/headers.js";
import { proxyFor, through } from "../../connection/proxy-choice.js";
import { readTlsFiles, type TlsFile, tlsFilesOf } from "../../connection/tls-files.js";
import { usageFailure } from "../../process/failure.js";
import { checkResource, headersOf, variable } from "./environment.js";
import { COMPRESSIONS, type Compression, type OtlpOptions, PROTOCOLS, type Protocol } from "./options.js";

const DEFAULT_HTTP = "http://localhost:4318";
const DEFAULT_GRPC = "http://localhost:4317";
const DEFAULT_PROTOCOL: Protocol = "http/protobuf";
const DEFAULT_TIMEOUT = 10_000;
const PATH = "v1/traces";
const HOST_AND_PORT = /^[\w.-]+(:\d+)?$/;
const NS_PER_MS = 1e6;
/** Servers reject requests of more than a few megabytes; a collector may hand on over gRPC, of which 4 MiB is the usual limit. */
const MOST_BYTES = 3 << 20;

/** Where and how spans are sent. */
export interface Endpoint {
  /** Includes the path for traces, unless the protocol is gRPC, which has none. */
  readonly url: URL;
  /** For messages: the URL without credentials. */
  readonly name: string;
  /** For messages: the name, and the proxy if there is one. */
  readonly way: string;
  readonly tls: TlsOptions;
  readonly proxy: URL | undefined;
  readonly protocol: Protocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: Compression;
  /** In milliseconds. */
  readonly timeout: number;
  /** The most bytes of a request, before compression. */
  readonly maxRequestBytes: number;
}

/**
 * The endpoint from the options, or from the environment variables of OpenTelemetry's exporters.
 * @throws Failure if an option or variable is invalid
 */
export async function endpointOf(options: OtlpOptions, environment: NodeJS.ProcessEnv): Promise<Endpoint> {
  checkResource(environment);
  const protocol = options.protocol ?? choiceOf("PROTOCOL", PROTOCOLS, environment) ?? DEFAULT_PROTOCOL;
  const url = protocol === "grpc" ? grpcUrlOf(options, environment) : httpUrlOf(options, environment);
  const name = urlName(url).replace(/\/$/, "");
  const proxy = proxyFor(url, environment);
  if (protocol === "grpc" && proxy?.protocol === "https:") {
    throw usageFailure("gRPC cannot use a proxy of https:", `NO_PROXY=${url.hostname} bypasses the proxy.`);
  }
  return {
    url,
    name,
    way: name + through(proxy),
    tls: url.protocol === "https:" ? await tlsOf(options, environment) : {},
    proxy,
    protocol,
    headers: { ...headersOf(environment), ...Object.fromEntries(givenHeaders(options.header)) },
    compression: options.compression ?? choiceOf("COMPRESSION", COMPRESSIONS, environment) ?? "none",
    timeout: options.timeout === undefined ? timeoutOf(environment) : options.timeout / NS_PER_MS,
    maxRequestBytes: options.maxRequestBytes ?? MOST_BYTES,
  };
}

/** The value that names the endpoint, and the option or variable that it is of. */
function namedEndpoint(
  { endpoint }: OtlpOptions,
  environment: NodeJS.ProcessEnv,
): readonly [string, string | undefined] {
  return endpoint === undefined ? variable("ENDPOINT", environment) : ["--endpoint", endpoint];
}

function httpUrlOf(options: OtlpOptions, environment: NodeJS.ProcessEnv): URL {
  const [name, text] = namedEndpoint(options, environment);
  if (text === undefined) return withPath(new URL(DEFAULT_HTTP));
  const url = parseUrl(name, text, DEFAULT_HTTP);
  // OpenTelemetry uses the variable for traces unchanged.
  return name.includes("_TRACES_") ? url : withPath(url);
}

function grpcUrlOf(options: OtlpOptions, environment: NodeJS.ProcessEnv): URL {
  const [name, text] = namedEndpoint(options, environment);
  if (text === undefined) return new URL(DEFAULT_GRPC);
  const url = parseUrl(name, schemeOf(text, environment) + text, DEFAULT_GRPC);
  if (url.pathname !== "/" || url.search !== "") {
    throw usageFailure(
      `${name} has a path, which OTLP/gRPC does not have`,
      `Write it as ${url.protocol}//${url.host}.`,
    );
  }
  return url;
}

/** For gRPC, OpenTelemetry's variables may name a host and a port alone, and say in another one whether TLS is used. */
function schemeOf(text: string, environment: NodeJS.ProcessEnv): string {
  const [, insecure] = variable("INSECURE", environment);
  if (!HOST_AND_PORT.test(text) || insecure === undefined) return "";
  return insecure.toLowerCase() === "true" ? "http://" : "https://";
}

function parseUrl(name: string, text: string, example: string): URL {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) {
    throw usageFailure(
      `${name} is not a URL that begins with http:// or https://`,
      `Write it as ${HOST_AND_PORT.test(text) ? `http://${text}` : example}.`,
    );
  }
  return new URL(text);
}

function withPath(base: URL): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(`/${PATH}`) ? path : `${path}/${PATH}`;
  return url;
}

function choiceOf<T extends string>(
  variableName: string,
  choices: readonly T[],
  environment: NodeJS.ProcessEnv,
): T | undefined {
  const [name, text] = variable(variableName, environment);
  if (text === undefined) return undefined;
  const choice = choices.find((each) => each === text);
  if (choice === undefined)
    throw usageFailure(`${name} must be one of ${choices.join(", ")}`, `It is "${text}".`);
  return choice;
}

function timeoutOf(environment: NodeJS.ProcessEnv): number {
  const [name, text] = variable("TIMEOUT", environment);
  if (text === undefined) return DEFAULT_TIMEOUT;
  const milliseconds = Number(text);
  if (!(milliseconds > 0 && Number.isFinite(milliseconds))) {
    throw usageFailure(`${name} is not a number of milliseconds`, `It is "${text}".`);
  }
  return milliseconds;
}

/**
 * The certificates and key from the options, or from the environment.
 * @throws Failure if they are unusable
 */
function tlsOf(options: OtlpOptions, environment: NodeJS.ProcessEnv): Promise<TlsOptions> {
  const { ca, cert, key, insecure } = tlsFilesOf(options);
  const [certificate, secret] = ["CLIENT_CERTIFICATE", "CLIENT_KEY"] as const;
  return readTlsFiles(
    {
      ca: ca ?? fileOf("CERTIFICATE", environment),
      cert: cert ?? fileOf(certificate, environment),
      key: key ?? fileOf(secret, environment),
      insecure,
    },
    `--cert and --key (${variable(certificate, environment)[0]} and ${variable(secret, environment)[0]}) belong together`,
  );
}

function fileOf(name: string, environment: NodeJS.ProcessEnv): TlsFile | undefined {
  const [option, path] = variable(name, environment);
  return path === undefined ? undefined : { option, path };
}
