import type { TlsOptions } from "../../../bytes/tls-options.js";
import { urlName } from "../../../bytes/url-name.js";
import { proxyFor } from "../../connection/proxy-choice.js";
import { through } from "../../connection/proxy-words.js";
import { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import { COMPRESSIONS, type Compression, type OtlpOptions, PROTOCOLS, type Protocol } from "./command.js";
import { tlsOf } from "./endpoint-tls.js";
import { checkResource, headersOf, isHeader, variable } from "./environment.js";

const DEFAULT = "http://localhost:4318";
const DEFAULT_PROTOCOL: Protocol = "http/protobuf";
const DEFAULT_TIMEOUT = 10_000;
const PATH = "v1/traces";
const NS_PER_MS = 1e6;

/** Where and how spans are sent. */
export interface Endpoint {
  /** With the path of the signal. */
  readonly url: URL;
  /** For messages: the URL without credentials. */
  readonly name: string;
  /** The name, with the proxy if there is one. */
  readonly way: string;
  readonly tls: TlsOptions;
  readonly proxy: URL | undefined;
  readonly protocol: Protocol;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: Compression;
  /** In milliseconds. */
  readonly timeout: number;
}

/**
 * What the options say, and where they do not, the environment variables of OpenTelemetry's exporters.
 * @throws Failure if something is wrong with them
 */
export async function endpointOf(options: OtlpOptions, environment: NodeJS.ProcessEnv): Promise<Endpoint> {
  checkResource(environment);
  const url = urlOf(options.endpoint, environment);
  const name = urlName(url);
  const proxy = proxyFor(url, environment);
  return {
    url,
    name,
    way: name + through(proxy),
    tls: url.protocol === "https:" ? await tlsOf(options, environment) : {},
    proxy,
    protocol: options.protocol ?? protocolOf(environment),
    headers: { ...headersOf(environment), ...givenHeaders(options.header ?? []) },
    compression: options.compression ?? choiceOf("COMPRESSION", COMPRESSIONS, environment) ?? "none",
    timeout: options.timeout === undefined ? timeoutOf(environment) : options.timeout / NS_PER_MS,
  };
}

function urlOf(option: string | undefined, environment: NodeJS.ProcessEnv): URL {
  if (option !== undefined) return withPath(parseUrl("--endpoint", option));
  const [name, text] = variable("ENDPOINT", environment);
  if (text === undefined) return withPath(new URL(DEFAULT));
  const url = parseUrl(name, text);
  // The one for traces alone is taken as it is.
  return name.includes("_TRACES_") ? url : withPath(url);
}

function parseUrl(name: string, text: string): URL {
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) {
    const example = /^[\w.-]+(:\d+)?$/.test(text) ? `http://${text}` : DEFAULT;
    throw usage(`${name} is no URL that begins with http:// or https://`, `Write it as ${example}.`);
  }
  return new URL(text);
}

function withPath(base: URL): URL {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, "");
  url.pathname = path.endsWith(`/${PATH}`) ? path : `${path}/${PATH}`;
  return url;
}

function protocolOf(environment: NodeJS.ProcessEnv): Protocol {
  const [name, text] = variable("PROTOCOL", environment);
  if (text === "grpc") {
    throw usage(
      `${name} says grpc, which is not spoken here`,
      `Give --protocol ${PROTOCOLS.join(" or ")}, and the port of OTLP/HTTP.`,
    );
  }
  return choiceOf("PROTOCOL", PROTOCOLS, environment) ?? DEFAULT_PROTOCOL;
}

function choiceOf<T extends string>(
  variableName: string,
  choices: readonly T[],
  environment: NodeJS.ProcessEnv,
): T | undefined {
  const [name, text] = variable(variableName, environment);
  if (text === undefined) return undefined;
  const choice = choices.find((each) => each === text);
  if (choice === undefined) throw usage(`${name} is none of ${choices.join(", ")}`, `It is "${text}".`);
  return choice;
}

function timeoutOf(environment: NodeJS.ProcessEnv): number {
  const [name, text] = variable("TIMEOUT", environment);
  if (text === undefined) return DEFAULT_TIMEOUT;
  const milliseconds = Number(text);
  if (!(milliseconds > 0 && Number.isFinite(milliseconds))) {
    throw usage(`${name} is no number of milliseconds`, `It is "${text}".`);
  }
  return milliseconds;
}

/** @throws Failure, which does not repeat what may be a secret */
function givenHeaders(texts: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  texts.forEach((text, i) => {
    const [, name, value] = /^([^\s:=]+)\s*[:=]\s*(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined || !isHeader(name, value)) {
      throw usage(`--header number ${i + 1} is none that HTTP has`, "Write --header 'Name: value'.");
    }
    headers[name] = value;
  });
  return headers;
}

function usage(message: string, advice: string): Failure {
  return new Failure(message, advice, { exitCode: ExitCode.Usage });
}
