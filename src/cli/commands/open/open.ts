import { basename, join } from "node:path";
import { startTimer } from "../../../base/timer.js";
import { traceUrl } from "../../connection/trace-url.js";
import { defaultStem } from "../../output/output-name.js";
import { TemporaryFolder } from "../../output/temporary-files.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import { STDIO } from "../../process/stdio.js";
import { type ConvertOptions, convertCommand } from "../convert/convert.js";
import { showInBrowser } from "./browser.js";
import { ServedTrace } from "./served-trace.js";
import { TraceServer } from "./trace-server.js";
import { deepLink, viewerAt } from "./viewer.js";

export interface OpenOptions extends ConvertOptions {
  /** False with `--no-browser`. */
  readonly browser: boolean;
  readonly keep?: boolean;
  readonly ui: string;
}

/** How long the viewer may take to fetch the trace by default, in nanoseconds. */
const FETCH_TIMEOUT = 600e9;
const NS_PER_MS = 1e6;

/** `go2perfetto open IN` */
export async function openCommand(path: string, options: OpenOptions): Promise<ExitCode> {
  const viewer = viewerAt(options.ui);
  const name = `${path === STDIO ? "trace" : basename(defaultStem(path))}.pftrace`;
  const server = await TraceServer.start(name, viewer);
  let folder: TemporaryFolder | undefined;
  let trace: ServedTrace | undefined;
  try {
    folder = await TemporaryFolder.make();
    const output = join(folder.path, "trace.pftrace");
    trace = await ServedTrace.create(output);
    const settled = server.serve(trace);
    // The browser starts while the trace is converted, unless nothing can be read, or not all must do.
    const link = server.page ?? deepLink(viewer, server.url);
    const shown = trace
      .ready(options.strict === true)
      .then((isReady) => (isReady ? showInBrowser(link, options) : undefined));
    const target = { output, into: trace, shownAs: name };
    const code = await convertCommand(path, { ...readingOptions(path, options), ...target });
    await shown;
    if (options.keep) await new Promise(() => undefined);
    const limit = options.timeout ?? FETCH_TIMEOUT;
    await within(settled, limit);
    if (!server.isFetched) throw notFetched(limit);
    return code;
  } finally {
    await server.close();
    // If IN could not be read, nobody has.
    await trace?.discard();
    await folder?.remove();
  }
}

/** The options for reading IN. `--timeout` is for the viewer, and applies to IN only if IN is a URL. */
function readingOptions(path: string, options: OpenOptions): ConvertOptions {
  if (traceUrl(path) !== undefined) return options;
  const { timeout: _, ...others } = options;
  return others;
}

/** Waits for a promise, at most for a time. @param limit in nanoseconds */
async function within(done: Promise<void>, limit: number): Promise<void> {
  let timer: ReturnType<typeof startTimer> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = startTimer(resolve, limit / NS_PER_MS);
  });
  await Promise.race([done, late]).finally(() => clearTimeout(timer));
}

function notFetched(limit: number): Failure {
  const words = `the viewer has not fetched the trace within ${limit / 1e9} s`;
  return new Failure(words, "--timeout allows more time, --keep waits until Ctrl-C.");
}
