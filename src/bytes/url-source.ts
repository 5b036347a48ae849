/*
 * Captures a running program. It uses Node's `http` instead of `fetch`, because `http` follows no redirects,
 * returns the bytes as sent, has no time limit of its own and supports client certificates. A Node stream
 * drops its buffered bytes when the connection breaks, so `ResponseSource` queues what arrives. At a megabyte
 * it pauses the response, which makes the server wait. The clock of `timeout` runs only while a reader waits.
 * A broken connection is a `TraceError` after the last byte, as in a cut file. `cli/connection/` handles
 * certificates and proxies. For `--save`, `cli/input/saved-source.ts` copies the bytes to a file.
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
  /** Of the request: `GET` by default, `POST` as some endpoints of flight recorders want it. Neither has a body. */
  readonly method?: "GET" | "POST";
  /** Additional request headers. Names are case-insensitive. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /**
   * Milliseconds without a byte before the request fails; 30,000 by default. If `seconds` in the URL makes
   * the server capture, it may be silent for that time too.
   */
  readonly timeout?: number;
  readonly tls?: TlsOptions;
  /**
   * An `Agent` of `node:http` that makes the connection, for example through a proxy. Without one, the
   * request has its own connection. The type is `object` so that callers need no Node types.
   */
  readonly agent?: object;
  /** Ends the wait for an answer, which fails with the signal's reason. `CaptureSource` has what ends the answer. */
  readonly signal?: AbortSignal;
}

const TIMEOUT = 30_000;
/**
 * For an error's text: the most bytes to read, the most milliseconds to wait for them, and the most
 * characters to show.
 */
const ERROR_BYTES = 4096;
const ERROR_WAIT = 2000;
const ERROR_SHOWN = 200;

const MULTIPLE_CHOICES = 300;
const BAD_REQUEST = 400;
const OK = 200;

/** Compressions in which a trace can be read while it arrives. */
const ENCODINGS = new Set(["identity", "gzip", "x-gzip"]);

/**
 * Requests a trace from an HTTP server. The source yields the bytes as they arrive, that is, gzip if the
 * server compresses. A slow reader makes the server wait. Credentials in the URL are sent, and shown nowhere.
 * Redirects are not followed, because their target would receive the credentials.
 * @throws RequestError if the answer has no usable body; TypeError for an invalid URL, header or certificate
 */
export async function openUrl(url: string | URL, options: UrlOptions = {}): Promise<CaptureSource> {
  const parsed = new URL(url);
  const { timeout = TIMEOUT, signal } = options;
  const capture = captureTime(parsed);
  const request = await startRequest(parsed, options);
  const response = await answerTo(request, { connect: timeout, answer: timeout + capture }, signal);
  const problem = await problemOf(response, parsed);
  if (problem === undefined)
    return new ResponseSource(urlName(parsed), response, { silence: timeout, capture });
  response.destroy();
  throw problem;
}

/** The requested capture time, in milliseconds. */
function captureTime(url: URL): number {
  const seconds = Number(url.searchParams.get("seconds"));
  return seconds > 0 && Number.isFinite(seconds) ? seconds * 1000 : 0;
}

async function startRequest(url: URL, options: UrlOptions): Promise<ClientRequest> {
  const { method = "GET", headers, tls, agent } = options;
  const settings: RequestOptions = {
    method,
    // Without an agent: a separate connection, which ends with the response.
    agent: (agent as Agent | undefined) ?? false,
    headers: { "user-agent": "go2perfetto", "accept-encoding": "identity", ...lowerCase(headers) },
  };
  return (await requestOf(url, settings, tls)).end();
}

async function requestOf(url: URL, settings: RequestOptions, tls: UrlOptions["tls"]): Promise<ClientRequest> {
  if (url.protocol === "http:") return (await import("node:http")).request(url, settings);
  if (url.protocol !== "https:") throw new TypeError(`${url.protocol} is not http: or https:`);
  return (await import("node:https")).request(url, { ...settings, ...tlsSettings(tls) });
}

function lowerCase(headers: UrlOptions["headers"] = {}): Record<string, string | string[]> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name.toLowerCase(),
    typeof value === "string" ? value : [...value],
  ]);
  return Object.fromEntries(entries);
}

/** Waits for the response head. @param limits milliseconds for the connection, and for the answer on it */
function answerTo(
  request: ClientRequest,
  limits: { connect: number; answer: number },
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof startTimer> | undefined;
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    };
    const fail = (error: unknown): void => {
      settle();
      reject(error);
      request.destroy();
    };
    const giveUp = (): void => fail(signal?.reason);
    const allow = (milliseconds: number, what: string): void => {
      clearTimeout(timer);
      timer = startTimer(() => fail(silent(what, milliseconds)), milliseconds);
    };
    allow(limits.connect, "the connection was not made");
    // The request was written, so the connection exists.
    request.on("finish", () => allow(limits.answer, "nothing was answered"));
    const failed = (error: Error): void => fail(connectionError(error));
    request.on("error", failed);
    request.on("response", (response) => {
      settle();
      // From now on errors belong to the response. Destroying the request would drop the response's buffered
      // bytes.
      request.off("error", failed).on("error", () => undefined);
      resolve(response);
    });
    if (signal?.aborted) giveUp();
    else signal?.addEventListener("abort", giveUp);
  });
}

function silent(what: string, milliseconds: number): RequestError {
  return new RequestError("silent", `${what} within ${milliseconds / 1000} s`);
}

/** Why an answer is not a trace; undefined if it may be one. */
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

/** The beginning of an error's text, as much as arrives in time. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const timer = setTimeout(() => response.destroy(), ERROR_WAIT);
  let text = "";
  try {
    for await (const chunk of response) {
      text += (chunk as Buffer).toString();
      if (text.length >= ERROR_BYTES) break;
    }
  } catch {
    // The text so far is enough, or there is none.
  } finally {
    clearTimeout(timer);
  }
  return text.trim();
}

/** The first line of an error's text, for display; empty if it is not text. */
function firstLine(text: string, url: URL): string {
  const line = withoutCredentials(text.split(/[\r\n]/)[0] ?? "", url);
  if (line.startsWith("<")) return "a web page";
  // Undecodable bytes are not text.
  if (line.includes("\ufffd")) return "";
  return escapeText(line.length > ERROR_SHOWN ? `${line.slice(0, ERROR_SHOWN)}…` : line);
}

/** A server's text, without the name and password that the request sent. */
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
