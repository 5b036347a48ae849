import { counted } from "../../base/grouped.js";
import type { ByteSource, CaptureSource } from "../../bytes/byte-source.js";
import { RequestError } from "../../bytes/request-error.js";
import { urlName } from "../../bytes/url-name.js";
import { openUrl, type UrlOptions } from "../../bytes/url-source.js";
import { statusAdvice, symptomAdvice, symptomOf, withProxyAdvice } from "../connection/errors.js";
import { givenHeaders } from "../connection/headers.js";
import { proxyFor, through } from "../connection/proxy-choice.js";
import { readTlsFiles, tlsFilesOf } from "../connection/tls-files.js";
import { isCapture, isPprofTrace } from "../connection/trace-url.js";
import type { CaptureOptions } from "../options/capture.js";
import type { CommonOptions } from "../options/common.js";
import { openOutput } from "../output/open-output.js";
import { Failure, usageFailure } from "../process/failure.js";
import { Messages } from "../process/messages.js";
import { onInterruption } from "../process/signals.js";
import { STDIO } from "../process/stdio.js";
import { CpuProfile } from "./cpu-profile.js";
import { SavedSource } from "./saved-source.js";
import { watchedCapture } from "./watched-capture.js";

/** As in the documentation of net/http/pprof. Without the parameter a server captures for 1 second. */
const SECONDS = 5;
/** Milliseconds without an answer before a message. */
const LONG = 2000;
const NS_PER_MS = 1e6;

/**
 * Captures a trace from a server. The first Ctrl-C ends the capture, and the bytes so far are read as a
 * trace.
 * @throws Failure with advice
 */
export async function openCapture(url: URL, options: CommonOptions): Promise<ByteSource> {
  if (options.save === STDIO) {
    throw usageFailure("--save needs a file, not standard output");
  }
  const messages = new Messages(options);
  const { asked, proxy, open } = await prepareCapture(url, options, messages);
  const name = urlName(asked);
  const waiting = setTimeout(() => messages.info(waitingText(asked, name)), LONG);
  const response = await open().finally(() => clearTimeout(waiting));
  if (isCapture(asked))
    messages.info(`capturing ${name}${through(proxy)}${lengthText(asked)}; Ctrl-C ends it`);
  const source = interruptible(response, messages);
  const { save } = options;
  if (save === undefined) return source;
  try {
    return new SavedSource(source, await openOutput(save, false), (bytes) =>
      messages.info(`${save}: ${counted(bytes, "byte")}, as they arrived`),
    );
  } catch (error) {
    await source.close?.();
    throw error;
  }
}

/** A request for a trace, as often as it is wanted. */
export interface PreparedCapture {
  /** The URL with the parameters that are sent. */
  readonly asked: URL;
  readonly proxy: URL | undefined;
  /**
   * Sends the request.
   * @param signal ends the wait for an answer
   * @throws Failure with advice
   */
  open(signal?: AbortSignal): Promise<CaptureSource>;
}

/** Checks what the options say of a request, and reads its certificates. @throws Failure with advice */
export async function prepareCapture(
  url: URL,
  options: CaptureOptions,
  messages: Messages,
): Promise<PreparedCapture> {
  const { profile = false, method = "GET" } = options;
  if (profile && !isPprofTrace(url)) {
    throw usageFailure(
      "--profile needs a URL that ends in /debug/pprof/trace",
      "The profile is taken by /debug/pprof/profile beside it. Leave --profile out.",
    );
  }
  const asked = withSeconds(url, options.seconds);
  const proxy = proxyFor(asked, process.env);
  const settings = await requestSettings(asked, options, proxy);
  let warned = Promise.resolve(false);
  const open = async (signal?: AbortSignal) => {
    const cpu = profile ? new CpuProfile(asked, settings) : undefined;
    try {
      const source = await openUrl(asked, { ...settings, method, ...(signal !== undefined && { signal }) });
      if (cpu === undefined) return source;
      // Once is enough for captures again and again.
      warned = warned.then((isWarned) => isWarned || cpu.warn(messages));
      return cpu.beside(source);
    } catch (error) {
      cpu?.end();
      throw requestFailure(error, asked, proxy);
    }
  };
  return { asked, proxy, open };
}

/** The message while waiting: a silent capture looks like a hang. */
function waitingText(url: URL, name: string): string {
  const text = `waiting for an answer from ${name}`;
  if (!isCapture(url)) return text;
  return `${text}: an idle program of Go before 1.22 answers at the end of the capture${lengthText(url)}`;
}

/** The length of the capture as text. Empty if the server decides. */
export function lengthText({ searchParams }: URL): string {
  const seconds = searchParams.get("seconds");
  return Number(seconds) > 0 ? ` for ${seconds} s` : "";
}

function withSeconds(url: URL, seconds: number | undefined): URL {
  const asked = new URL(url);
  const { searchParams } = asked;
  if (seconds !== undefined) searchParams.set("seconds", String(seconds));
  else if (isPprofTrace(url) && !searchParams.has("seconds")) searchParams.set("seconds", String(SECONDS));
  return asked;
}

async function requestSettings(
  { protocol }: URL,
  options: CaptureOptions,
  proxy: URL | undefined,
): Promise<UrlOptions> {
  const { timeout } = options;
  return {
    headers: headersOf(options),
    tls: await readTlsFiles(tlsFilesOf(options), "--cert and --key belong together"),
    ...(proxy !== undefined && {
      agent: (await import("../connection/proxy-agent.js")).proxyAgent(protocol, proxy),
    }),
    ...(timeout !== undefined && { timeout: timeout / NS_PER_MS }),
  };
}

function requestFailure(error: unknown, url: URL, proxy: URL | undefined): unknown {
  if (!(error instanceof Error)) return error;
  const name = `${urlName(url)}${through(proxy)}`;
  // Node rejects certificates and keys before the request.
  if (!(error instanceof RequestError)) return usageFailure(`cannot ask ${name}: ${error.message}`);
  return new Failure(
    `cannot read ${name}: ${error.message}`,
    withProxyAdvice(captureAdvice(error, url), url, proxy, statusOf(error)),
    { cause: error },
  );
}

/** The headers by name, each with all of its values. @throws Failure */
function headersOf({ header }: CaptureOptions): Record<string, string[]> {
  const headers: Record<string, string[]> = {};
  for (const [name, value] of givenHeaders(header)) {
    const key = name.toLowerCase();
    headers[key] = [...(headers[key] ?? []), value];
  }
  return headers;
}

/** Undefined if there was no answer. */
function statusOf({ code, status = 0 }: RequestError): number | undefined {
  return code === "unreachable" ? undefined : status;
}

/** Makes the first Ctrl-C end the capture. */
function interruptible(response: CaptureSource, messages: Messages): ByteSource {
  const forget = onInterruption(() => {
    messages.info("stopping the capture: what has arrived is read; press Ctrl-C again to end that too");
    response.stop();
  });
  return watchedCapture(response, forget);
}

/** Advice about an error before the first byte of a trace. */
function captureAdvice({ code, status = 0, cause }: RequestError, url: URL): string | undefined {
  switch (code) {
    case "status":
      return statusAdvice("capture", status);
    case "redirect":
      return statusAdvice("capture", status) ?? statusAdvice("capture", 307);
    case "silent":
    case "encoding":
      return symptomAdvice("capture", code);
    case "tls":
      // Without a cause it is an answer, not a connection error.
      if (cause === undefined) return symptomAdvice("capture", "http-at-https");
  }
  const systemCode = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return symptomAdvice("capture", symptomOf(systemCode, url));
}
