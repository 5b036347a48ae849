import { counted } from "../../base/grouped.js";
import type { ByteSource, CaptureSource } from "../../bytes/byte-source.js";
import { RequestError } from "../../bytes/request-error.js";
import { urlName } from "../../bytes/url-name.js";
import { through, withProxyAdvice } from "../connection/proxy-words.js";
import { isCapture } from "../connection/trace-url.js";
import { headersOf, tlsOf } from "../options/capture.js";
import { openOutput } from "../output/output.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import { onInterruption } from "../process/interruption.js";
import { Messages } from "../process/messages.js";
import { STDIO } from "../process/stdio.js";
import type { CommonOptions } from "./reading.js";
import { SavedSource } from "./saved-source.js";

/** As in the documentation of net/http/pprof; a server that is not told captures for 1. */
const SECONDS = 5;
/** Milliseconds without an answer after which that is said. */
const LONG = 2000;
const NS_PER_MS = 1e6;

/**
 * Asks a server for a trace. The first Ctrl-C ends it: what has arrived by then is read.
 * @throws Failure with advice
 */
export async function openLive(url: URL, options: CommonOptions): Promise<ByteSource> {
  if (options.save === STDIO) {
    throw new Failure("--save names a file, not standard output", undefined, { exitCode: ExitCode.Usage });
  }
  const asked = withSeconds(url, options.seconds);
  const name = urlName(asked);
  const messages = new Messages(options);
  const proxy = await proxyOf(asked);
  const waiting = setTimeout(() => messages.info(waitingText(asked, name)), LONG);
  const response = await request(asked, name, options, proxy).finally(() => clearTimeout(waiting));
  if (isCapture(asked))
    messages.info(`capturing ${name}${through(proxy)}${lengthText(asked)}; Ctrl-C ends it`);
  const source = interruptible(response, messages);
  const { save } = options;
  if (save === undefined) return source;
  try {
    return new SavedSource(source, await openOutput(save), (bytes) =>
      messages.info(`${save}: ${counted(bytes, "byte")}, as they arrived`),
    );
  } catch (error) {
    await source.close?.();
    throw error;
  }
}

/** Who hears nothing for the whole time of a capture may think that it hangs. */
function waitingText(url: URL, name: string): string {
  const text = `waiting for an answer of ${name}`;
  if (!isCapture(url)) return text;
  return `${text}: an idle program of Go before 1.22 gives one when it has been captured${lengthText(url)}`;
}

/** How long is captured; empty if that is up to the server. */
function lengthText({ searchParams }: URL): string {
  const seconds = searchParams.get("seconds");
  return Number(seconds) > 0 ? ` for ${seconds} s` : "";
}

function withSeconds(url: URL, seconds: number | undefined): URL {
  const asked = new URL(url);
  const { searchParams } = asked;
  if (seconds !== undefined) searchParams.set("seconds", String(seconds));
  else if (isCapture(url) && !searchParams.has("seconds")) searchParams.set("seconds", String(SECONDS));
  return asked;
}

/** The proxy that the environment names for a URL. */
async function proxyOf(url: URL): Promise<URL | undefined> {
  const { proxyFor } = await import("../connection/proxy-choice.js");
  return proxyFor(url, process.env);
}

async function request(
  url: URL,
  name: string,
  options: CommonOptions,
  proxy: URL | undefined,
): Promise<CaptureSource> {
  const { timeout } = options;
  const { openUrl } = await import("../../bytes/url-source.js");
  const headers = headersOf(options);
  const tls = await tlsOf(options);
  try {
    return await openUrl(url, {
      headers,
      tls,
      ...(proxy !== undefined && {
        agent: (await import("../connection/proxy-agent.js")).proxyAgent(url.protocol, proxy),
      }),
      ...(timeout !== undefined && { timeout: timeout / NS_PER_MS }),
    });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof RequestError) {
      throw new Failure(
        `cannot read ${name}${through(proxy)}: ${error.message}`,
        withProxyAdvice(adviceOn(error, url), url, proxy, statusOf(error)),
        { cause: error },
      );
    }
    // What Node finds wrong with certificates and keys before it asks.
    throw new Failure(`cannot ask ${name}${through(proxy)}: ${error.message}`, undefined, {
      exitCode: ExitCode.Usage,
    });
  }
}

/** Undefined if nobody was reached. */
function statusOf({ code, status = 0 }: RequestError): number | undefined {
  return code === "unreachable" ? undefined : status;
}

/** A source whose capture the first Ctrl-C ends. */
function interruptible(response: CaptureSource, messages: Messages): ByteSource {
  const forget = onInterruption(() => {
    messages.info("stopping: what has arrived is read; Ctrl-C again ends that too");
    response.stop();
  });
  return {
    name: response.name,
    size: response.size,
    async *chunks() {
      try {
        yield* response.chunks();
      } finally {
        forget();
      }
    },
    close() {
      forget();
      response.close();
    },
  };
}

/** Whether a connection was made, and broken before an answer: some servers of https do so to who asks by http. */
function isCut(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && (cause.code === "ECONNRESET" || cause.code === "EPIPE");
}

const REFUSED_BY_STATUS: Readonly<Record<number, string>> = {
  400: "Is the server's WriteTimeout shorter than --seconds?",
  401: "Give NAME:PASSWORD@ in the URL, or --header 'Authorization: …'.",
  403: "Give NAME:PASSWORD@ in the URL, or --header 'Authorization: …'.",
  404: "Is net/http/pprof imported, and the path /debug/pprof/trace?",
  500: "If another trace is being taken there, try again when that is done.",
};

/** What to do about an answer that is no trace, or about none. */
function adviceOn({ code, status = 0, cause }: RequestError, url: URL): string | undefined {
  const isPlain = url.protocol === "http:";
  switch (code) {
    case "unreachable":
      return isPlain && isCut(cause)
        ? "Does the server speak https://, not http://? Or did the program end?"
        : "Does the program run, and serve net/http/pprof at this address?";
    case "silent":
      return "--timeout says how long a silence may be.";
    case "tls":
      if (isPlain) return "Write https://, not http://.";
      return "--ca FILE names who signed the certificate, --cert and --key are yours. Or is it http://, not https://?";
    case "not-http":
      return isPlain ? "Is it https://, or the port of something else?" : undefined;
    case "redirect":
      return "It is not followed, since your credentials might be sent along: give that URL, if you trust it.";
    case "status":
      return REFUSED_BY_STATUS[status];
    case "encoding":
      return "Ask for none: --header 'Accept-Encoding: identity'.";
  }
}
