import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { startTimer } from "../../../base/timer.js";
import { liveUrl } from "../../connection/trace-url.js";
import { defaultStem } from "../../output/output-name.js";
import { TemporaryFolder } from "../../output/temporary-folder.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { type ConvertOptions, convertCommand } from "../convert/convert.js";
import { TraceServer } from "./trace-server.js";
import { deepLink, viewerAt } from "./viewer.js";

export interface OpenOptions extends ConvertOptions {
  /** False if no browser is wanted. */
  readonly browser: boolean;
  readonly keep?: boolean;
  readonly ui: string;
}

/** Nanoseconds after which a viewer that has not fetched the trace is given up. */
const PATIENCE = 600e9;
const NS_PER_MS = 1e6;

/** `go2perfetto open IN` */
export async function openCommand(path: string, options: OpenOptions): Promise<ExitCode> {
  const viewer = viewerAt(options.ui);
  const name = `${path === STDIO ? "trace" : basename(defaultStem(path))}.pftrace`;
  const server = await TraceServer.start(name, viewer);
  let folder: TemporaryFolder | undefined;
  try {
    folder = await TemporaryFolder.make();
    const output = join(folder.path, "trace.pftrace");
    const code = await convertCommand(path, { ...readingOptions(path, options), output, shownAs: name });
    const { size } = await stat(output);
    const settled = server.serve({ path: output, size });
    await show(server.page ?? deepLink(viewer, server.url), options);
    if (options.keep) await new Promise(() => undefined);
    const limit = options.timeout ?? PATIENCE;
    await within(settled, limit);
    if (!server.isFetched) throw notFetched(limit);
    return code;
  } finally {
    await server.close();
    await folder?.remove();
  }
}

/** The options of reading: `--timeout` is about the viewer, and about a server only if IN is on one. */
function readingOptions(path: string, options: OpenOptions): ConvertOptions {
  if (liveUrl(path) !== undefined) return options;
  const { timeout: _, ...others } = options;
  return others;
}

/** Prints the link, and opens a browser unless that is not wanted. */
async function show(link: string, options: OpenOptions): Promise<void> {
  // Without a browser, it is what the command is for.
  new Messages({ ...options, quiet: options.browser && (options.quiet ?? false) }).info(link);
  if (!options.browser) return;
  const messages = new Messages(options);
  const failed = () => messages.warning("no browser could be opened", "Open the address above in one.");
  try {
    const { default: open } = await import("open");
    const browser = await open(link);
    browser.once("close", (code: number | null) => code !== 0 && code !== null && failed());
  } catch {
    failed();
  }
}

/** Waits for something, but no longer than so many nanoseconds. */
async function within(done: Promise<void>, limit: number): Promise<void> {
  let timer: ReturnType<typeof startTimer> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = startTimer(resolve, limit / NS_PER_MS);
  });
  await Promise.race([done, late]).finally(() => clearTimeout(timer));
}

function notFetched(limit: number): Failure {
  const words = `the viewer has not fetched the trace within ${limit / 1e9} s`;
  return new Failure(words, "--timeout says how long to wait for it, --keep waits until Ctrl-C.");
}
