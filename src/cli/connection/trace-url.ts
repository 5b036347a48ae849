import { existsSync } from "node:fs";
import { urlName } from "../../bytes/url-name.js";
import { usageFailure } from "../process/failure.js";

/** The path at which net/http/pprof serves traces. */
const TRACE_PATH = "/debug/pprof/trace";
const URL_START = /^(https?:|[a-z][a-z\d+.-]*:\/\/)/i;
/** `host:port`, optionally with credentials and a path. The host may be missing, as in Go's addresses. */
const ADDRESS = /^(?<user>[^/?#\\]+@)?(?<host>\[[\da-f:.]+\]|[\w.-]*):(?<port>\d{1,5})(?<path>[/?]\S*)?$/i;
/** `NAME:PASSWORD@` and anything after it. Messages never show such a text. `C:\` is not a NAME. */
const CREDENTIALS = /^(?![a-z]:[\\/])[^/:@\s]+:.*@/is;
/** Parts of an invalid URL that may be secret. */
const SECRETS = /^.*@|\?.*$/gs;

/**
 * The URL in IN; undefined if IN is neither a URL nor `host:port`. If a file of that name exists, IN is the
 * file.
 * @throws Failure if the URL is invalid; the message omits the URL, because it may hold credentials
 */
export function traceUrl(input: string): URL | undefined {
  const text = urlText(input);
  if (text === undefined) return undefined;
  const url = urlOf(text);
  if (url !== undefined && isWeb(url)) return url;
  throw usageFailure(
    `IN looks like a URL, but ${url === undefined ? "is not valid" : "is not http or https"}`,
    "Write http://HOST:PORT/debug/pprof/trace, or HOST:PORT for short. In a name or password, write %40 for @, %25 for %, %2F for /.",
  );
}

/** Whether it is the URL at which net/http/pprof serves traces, below any prefix. */
export function isPprofTrace({ pathname }: URL): boolean {
  return pathname.endsWith("/pprof/trace");
}

/** Whether this URL makes the server capture a trace instead of sending a file. */
export function isCapture(url: URL): boolean {
  return /\/trace$/.test(url.pathname) || url.searchParams.has("seconds");
}

/** The name of IN in messages: a path unchanged, a URL without credentials, even if it is invalid. */
export function shownName(input: string): string {
  const text = urlText(input);
  if (text === undefined) return input;
  const url = urlOf(text);
  return url !== undefined && isWeb(url) ? urlName(url) : input.replace(SECRETS, "");
}

/** Whether IN looks like a URL, valid or not. */
export function isAddress(input: string): boolean {
  return urlText(input) !== undefined;
}

/** A title without credentials: the host of a capture, else the name of the file. */
export function urlTitle(url: URL): string {
  return isCapture(url) ? url.host : url.pathname.split("/").at(-1) || url.host;
}

/** A file name for a capture, without an extension: the host and the local time. */
export function captureStem(url: URL, now: Date): string {
  const name = urlTitle(url)
    .replace(/[^\w.]+/g, "-")
    .replace(/^[-.]+/, "");
  return isCapture(url) ? `${name}-${timeOf(now)}` : name;
}

/** The text of the URL; undefined if IN is a file. */
function urlText(input: string): string | undefined {
  if (URL_START.test(input)) return input;
  const { user = "", host, port, path = "" } = ADDRESS.exec(input)?.groups ?? {};
  if ((host === undefined && !CREDENTIALS.test(input)) || existsSync(input)) return undefined;
  // Without a scheme the URL is invalid.
  return host === undefined ? `//${input}` : `http://${user}${host || "localhost"}:${port}${path}`;
}

/** Undefined if the URL is invalid or its credentials cannot be sent. */
function urlOf(text: string): URL | undefined {
  try {
    const url = new URL(text);
    decodeURIComponent(url.username + url.password);
    if (isWeb(url) && /^\/(debug\/pprof\/?)?$/.test(url.pathname)) url.pathname = TRACE_PATH;
    return url;
  } catch {
    return undefined;
  }
}

function isWeb({ protocol }: URL): boolean {
  return protocol === "http:" || protocol === "https:";
}

/** Local time as `20260131-235959`. */
function timeOf(now: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(two).join("");
  return `${date}-${[now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join("")}`;
}
