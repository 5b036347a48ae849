/*
 * How a running program is captured. This uses Node's `http` rather than `fetch`: it follows no redirects, gives the bytes as they are sent, has
 * no time limit of its own and takes client certificates. `ResponseSource` queues what arrives, since a Node stream drops what it holds when its
 * connection breaks; it pauses the response at a megabyte, which makes the server wait. The clock of `timeout` runs only while a reader
 * waits. A broken connection is a `TraceError` after the last byte, as in a file that is cut. `cli/connection/` has certificates and proxies;
 * `cli/input/saved-source.ts` stands between for `--save`.
 */

import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { escapeText } from "../base/escape.js";
import { startTimer } from "../base/timer.js";
import type { CaptureSource } from "./byte-source.js";
import { connectionProblem, expectsTls } from "./connection-problem.js";
import { RequestError } from "./request-error.js";
import { ResponseSource } from "./response-source.js";
import type { TlsOptions } from "./tls-options.js";
import { tlsSettings } from "./tls-settings.js";
import { urlName } from "./url-name.js";

export interface UrlOptions {
  /** More headers of the request; names need no case. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Milliseconds without a byte after which the server is given up: 30,000 if it is not said. A server that
   * captures, for as long as `seconds` in the URL says, may be silent for that time too.
   */
  readonly timeout?: number;
  readonly tls?: TlsOptions;
  /**
   * An `Agent` of `node:http` that makes the connection, such as one that goes through a proxy; without one, it is a connection of
   * its own. The type is not named, so that whoever uses this needs no types of Node.
   */
  readonly agent?: object;
}

const TIMEOUT = 30_000;
/** Bytes of an error's text that are read, milliseconds that are waited for them, and characters that are shown. */
const ERROR_BYTES = 4096;
const ERROR_WAIT = 2000;
const ERROR_SHOWN = 200;

const MULTIPLE_CHOICES = 300;
const BAD_REQUEST = 400;
const OK = 200;

/** Compressions in which a trace can be read as it arrives. */
const ENCODINGS = new Set(["identity", "gzip", "x-gzip"]);

/**
 * Asks an HTTP server for a trace. The source gives the bytes as they arrive, so gzip if the server compresses; it
 * reads no faster than it is asked, which makes the server wait. Credentials in the URL are sent, and named nowhere.
 * Redirects are not followed, since they would be told the credentials.
 * @throws RequestError if the answer is no body; TypeError for a URL, a header or a certificate that is not valid
 */
export async function openUrl(url: string | URL, options: UrlOptions = {}): Promise<CaptureSource> {
  const parsed = new URL(url);
  const { timeout = TIMEOUT } = options;
  const capture = captureTime(parsed);
  const request = await startRequest(parsed, options);
  const response = await answerTo(request, { connect: timeout, answer: timeout + capture });
  const problem = await problemOf(response, parsed);
  if (problem === undefined)
    return new ResponseSource(urlName(parsed), response, { silence: timeout, capture });
  response.destroy();
  throw problem;
}

/** Milliseconds that the server is asked to capture. */
function captureTime(url: URL): number {
  const seconds = Number(url.searchParams.get("seconds"));
  return seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : 0;
}

async function startRequest(url: URL, { headers, tls, agent }: UrlOptions): Promise<ClientRequest> {
  const settings: RequestOptions = {
    // Without one: a connection of its own, which ends with it.
    agent: (agent as Agent | undefined) ?? false,
    headers: { "user-agent": "go2perfetto", "accept-encoding": "identity", ...lowerCase(headers) },
  };
  if (url.protocol === "http:") return (await import("node:http")).get(url, settings);
  if (url.protocol !== "https:") throw new TypeError(`${url.protocol} is not http: or https:`);
  return (await import("node:https")).get(url, { ...settings, ...tlsSettings(tls) });
}

function lowerCase(headers: UrlOptions["headers"] = {}): Record<string, string | string[]> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    typeof value === "string" ? value : [...value],
  ]);
  return Object.fromEntries(entries);
}

/** Waits for the head of the answer. @param limits milliseconds for the connection, and for the answer on it */
function answerTo(
  request: ClientRequest,
  limits: { connect: number; answer: number },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof startTimer> | undefined;
    const fail = (error: RequestError): void => {
      clearTimeout(timer);
      reject(error);
      request.destroy();
    };
    const allow = (milliseconds: number, what: string): void => {
      clearTimeout(timer);
      timer = startTimer(() => fail(silent(what, milliseconds)), milliseconds);
    };
    allow(limits.connect, "the connection was not made");
    // Written to the connection, so there is one.
    request.on("finish", () => allow(limits.answer, "nothing was answered"));
    const failed = (error: Error): void => fail(connectionError(error));
    request.on("error", failed);
    request.on("response", (response) => {
      clearTimeout(timer);
      // From now on an error is the response's, and to destroy the request would drop what waits in that.
      request.off("error", failed).on("error", () => undefined);
      resolve(response);
    });
  });
}

function silent(what: string, milliseconds: number): RequestError {
  return new RequestError("silent", `${what} within ${milliseconds / 1000} s`);
}

/** Why an answer is no trace; undefined if it may be one. */
async function problemOf(response: IncomingMessage, url: URL): Promise<RequestError | undefined> {
  const { statusCode: status = 0, headers } = response;
  if (status >= MULTIPLE_CHOICES && status < BAD_REQUEST && headers.location !== undefined) {
    const target = redirectTarget(headers.location, url);
    return new RequestError("redirect", `the server redirects to ${target}`, { status });
  }
  if (status !== OK) {
    const text = await beginningOf(response);
    const line = firstLine(text, url);
    const words = `${status} ${escapeText(withoutCredentials(response.statusMessage ?? "", url))}`.trim();
    const code = expectsTls(status, text) ? "tls" : "status";
    return new RequestError(code, `the server answers ${words}${line && `: ${line}`}`, { status });
  }
  const encoding = headers["content-encoding"]?.toLowerCase() || "identity";
  if (ENCODINGS.has(encoding)) return undefined;
  return new RequestError("encoding", `the server compresses with ${escapeText(encoding)}`);
}

function redirectTarget(location: string, url: URL): string {
  const target = URL.canParse(location, url) ? new URL(location, url) : undefined;
  return target === undefined ? "what is no URL" : escapeText(urlName(target));
}

/** What an error's text begins with, as far as it comes in time. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const timer = setTimeout(() => response.destroy(), ERROR_WAIT);
  let text = "";
  try {
    for await (const chunk of response) {
      text += (chunk as Buffer).toString();
      if (text.length >= ERROR_BYTES) break;
    }
  } catch {
    // What has come is enough, or nothing is.
  } finally {
    clearTimeout(timer);
  }
  return text.trim();
}

/** The first line of an error's text, to be shown; empty if it is no text. */
function firstLine(text: string, url: URL): string {
  const line = withoutCredentials(text.split(/[\r\n]/)[0] ?? "", url);
  if (line.startsWith("<")) return "a web page";
  // What does not decode is no text.
  if (line.includes("\ufffd")) return "";
  return escapeText(line.length > ERROR_SHOWN ? `${line.slice(0, ERROR_SHOWN)}…` : line);
}

/** What a server says, without the name and the password that it was told. */
function withoutCredentials(text: string, { username, password }: URL): string {
  const secrets = [username, password].flatMap((secret) => [secret, decodeURIComponent(secret)]);
  return secrets
    .filter((secret) => secret !== "")
    .map((secret) => new RegExp(`(?<!\\w)${secret.replace(/\W/g, "\\$&")}(?!\\w)`, "g"))
    .reduce((shown, secret) => shown.replace(secret, "…"), text);
}

function connectionError(error: NodeJS.ErrnoException): RequestError {
  const { kind, words } = connectionProblem(error);
  return new RequestError(kind, words, { cause: error });
}
