import { existsSync } from "node:fs";
import { urlName } from "../../bytes/url-name.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";

/** Where net/http/pprof answers with a trace. */
const TRACE_PATH = "/debug/pprof/trace";
const URL_START = /^(https?:|[a-z][a-z\d+.-]*:\/\/)/i;
/** `host:port`, also without a host, as Go's own addresses may be; perhaps with credentials and a path. */
const ADDRESS = /^(?<user>[^/?#\\]+@)?(?<host>\[[\da-f:.]+\]|[\w.-]*):(?<port>\d{1,5})(?<path>[/?]\S*)?$/i;
/** `NAME:PASSWORD@`, whatever follows: no path is shown that begins so, but `C:\` is no NAME. */
const CREDENTIALS = /^(?![a-z]:[\\/])[^/:@\s]+:.*@/is;
/** In what is no valid URL: all that may be a secret. */
const SECRETS = /^.*@|\?.*$/gs;

/**
 * The URL that IN means; undefined if it is no URL and no `host:port`. A file of that name is a file.
 * @throws Failure if it is no valid URL; the message does not repeat it, as it may hold credentials
 */
export function liveUrl(input: string): URL | undefined {
  const text = urlText(input);
  if (text === undefined) return undefined;
  const url = urlOf(text);
  if (url !== undefined && isWeb(url)) return url;
  throw new Failure(
    `IN begins as a URL does, but is none ${url === undefined ? "that is valid" : "of http or https"}`,
    "Write http://HOST:PORT/debug/pprof/trace, or HOST:PORT for short; in a name or password %40 for @, %25 for %, %2F for /.",
    { exitCode: ExitCode.Usage },
  );
}

/** Whether a server makes a trace for this URL, rather than sending a file. */
export function isCapture(url: URL): boolean {
  return /\/trace$/.test(url.pathname) || url.searchParams.has("seconds");
}

/** What IN is called in messages: a path as it is, a URL without credentials, also one that is not valid. */
export function shownName(input: string): string {
  const text = urlText(input);
  if (text === undefined) return input;
  const url = urlOf(text);
  return url !== undefined && isWeb(url) ? urlName(url) : input.replace(SECRETS, "");
}

/** Whether IN is meant to be a URL, valid or not. */
export function isAddress(input: string): boolean {
  return urlText(input) !== undefined;
}

/** What is captured, or where it is from, without credentials: the host, or a file's name. */
export function liveTitle(url: URL): string {
  return isCapture(url) ? url.host : url.pathname.split("/").at(-1) || url.host;
}

/** A file's name for what is captured now, without an extension: the host and the local time. */
export function captureStem(url: URL, now: Date): string {
  const name = liveTitle(url)
    .replace(/[^\w.]+/g, "-")
    .replace(/^[-.]+/, "");
  return isCapture(url) ? `${name}-${timeOf(now)}` : name;
}

/** What is to be read as a URL; undefined if IN is a file. */
function urlText(input: string): string | undefined {
  if (URL_START.test(input)) return input;
  const { user = "", host, port, path = "" } = ADDRESS.exec(input)?.groups ?? {};
  if ((host === undefined && !CREDENTIALS.test(input)) || existsSync(input)) return undefined;
  // Without a scheme it is no URL that is valid.
  return host === undefined ? `//${input}` : `http://${user}${host || "localhost"}:${port}${path}`;
}

/** Undefined if it is none that is valid, or its credentials cannot be sent. */
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
