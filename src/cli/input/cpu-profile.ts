import type { CaptureSource } from "../../bytes/byte-source.js";
import { RequestError } from "../../bytes/request-error.js";
import { urlName } from "../../bytes/url-name.js";
import { openUrl, type UrlOptions } from "../../bytes/url-source.js";
import { statusAdvice } from "../connection/errors.js";
import type { Messages } from "../process/messages.js";
import { watchedCapture } from "./watched-capture.js";

/** The seconds of a capture whose URL has no valid number of them, as net/http/pprof has it. */
const SECONDS = 1;
const GZIP = 0x1f;
const INTERNAL_SERVER_ERROR = 500;
const NOT_FOUND = 404;

/**
 * A CPU profile that a server takes during a capture: while it does, Go writes its samples into the trace as
 * well. So the profile itself is not kept. It is asked for before the trace, with the same settings. If there is
 * none, the capture goes on without samples.
 */
export class CpuProfile {
  readonly #url: URL;
  readonly #ending = new AbortController();
  /** Why there is no profile. Undefined if there is one, or it was ended. */
  readonly #failure: Promise<Error | undefined>;

  /** @param trace the URL of the capture, with its parameters */
  constructor(trace: URL, settings: UrlOptions) {
    this.#url = profileUrl(trace);
    this.#failure = take(this.#url, { ...settings, signal: this.#ending.signal }).then(
      () => undefined,
      (error: Error) => (this.#ending.signal.aborted ? undefined : error),
    );
  }

  /** The capture, at whose end the profile ends too. */
  beside(capture: CaptureSource): CaptureSource {
    return watchedCapture(capture, () => this.end());
  }

  /** Warns if there is no profile. @returns whether it does */
  async warn(messages: Messages): Promise<boolean> {
    const error = await this.#failure;
    if (error === undefined) return false;
    const what = `no CPU profile of ${urlName(this.#url)}: ${error.message}`;
    messages.warning(`${what}; the trace goes on without it`, adviceFor(error));
    return true;
  }

  /** Ends the profile: its server stops when the connection is closed. An answer has all of it. */
  end(): void {
    this.#ending.abort();
  }
}

/** \`profile\` beside \`trace\`. It takes whole seconds only: for others it would take 30. */
function profileUrl(trace: URL): URL {
  const url = new URL(trace);
  url.pathname = url.pathname.replace(/trace$/, "profile");
  const seconds = Math.ceil(Number(trace.searchParams.get("seconds")));
  url.searchParams.set("seconds", String(seconds > 0 ? seconds : SECONDS));
  return url;
}

/** Asks for a profile and discards it. It is answered when it is complete. */
async function take(url: URL, settings: UrlOptions): Promise<void> {
  const source = await openUrl(url, settings);
  let first: number | undefined;
  for await (const chunk of source.chunks()) first ??= chunk[0];
  if (first !== GZIP) throw new Error("the answer is not a profile");
}

function adviceFor(error: Error): string | undefined {
  if (!(error instanceof RequestError)) return undefined;
  const { status = 0 } = error;
  if (status === INTERNAL_SERVER_ERROR)
    return "If another CPU profile is being taken, its samples are in the trace while it lasts.";
  if (status === NOT_FOUND) return "Check that the program serves /debug/pprof/profile.";
  return statusAdvice("capture", status);
}
