import { join } from "node:path";
import { byteSize } from "../../../base/grouped.js";
import type { Limit } from "../../../figures/limit.js";
import { traceAdvice } from "../../../report/reading-messages.js";
import { shownName, traceUrl } from "../../connection/trace-url.js";
import { openCapture, prepareCapture } from "../../input/capture.js";
import { nameOf } from "../../input/input.js";
import type { CaptureOptions } from "../../options/capture.js";
import type { CommonOptions } from "../../options/common.js";
import { writeOutput } from "../../output/open-output.js";
import { isFolderName } from "../../output/output-name.js";
import { writtenSize } from "../../output/written-size.js";
import { ExitCode } from "../../process/exit-codes.js";
import { usageFailure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { copyTrace, openedTrace } from "./arrival.js";
import { captureName, captureStem } from "./capture-name.js";
import { Ring } from "./ring.js";
import { RingFolder } from "./ring-folder.js";

/** The options of `capture`. */
export interface CaptureCommandOptions
  extends Omit<CaptureOptions, "save">,
    Pick<CommonOptions, "quiet" | "verbose" | "color"> {
  readonly output?: string;
  /** Nanoseconds from the start of a capture to the start of the next. */
  readonly every?: number;
  readonly outDir?: string;
  readonly keep?: number;
  /** Bytes. */
  readonly keepSize?: number;
  readonly when?: readonly Limit[];
}

const KEEP = 60;
const KEEP_SIZE = 1e9;

/** `go2perfetto capture URL` */
export async function captureCommand(path: string, options: CaptureCommandOptions): Promise<ExitCode> {
  const url = traceUrl(path);
  if (url === undefined) {
    throw usageFailure(`${nameOf(path)} is not a URL`, "Give HOST:PORT or the URL of a running program.");
  }
  const messages = new Messages(options);
  const { every } = options;
  if (every === undefined) return captureOnce(url, path, options, messages);
  return captureAgain(url, every, options, messages);
}

/** A capture that is a file of its own. */
async function captureOnce(
  url: URL,
  path: string,
  options: CaptureCommandOptions,
  messages: Messages,
): Promise<ExitCode> {
  const needless = (["outDir", "keep", "keepSize", "when"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (needless !== undefined) {
    const option = needless.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    throw usageFailure(`--${option} is for --every`, "Give --every D too, such as --every 1m.");
  }
  const { output = "./" } = options;
  const file = isFolderName(output) ? join(output, captureName(captureStem(url), new Date())) : output;
  // It is opened first: that it cannot be written is known before the capture.
  const { bytes, failure } = await writeOutput(file, async (out) => {
    const source = await openedTrace(await openCapture(url, options), shownName(path));
    return copyTrace(source, out);
  });
  const name = file === STDIO ? "standard output" : file;
  if (failure === undefined) messages.info(`${name}: ${(await writtenSize([file])) ?? byteSize(bytes)}`);
  else messages.warning(`${name} is incomplete: ${failure.message}`, traceAdvice(failure));
  return failure === undefined ? ExitCode.Done : ExitCode.Incomplete;
}

/** Captures of which the latest are kept. */
async function captureAgain(
  url: URL,
  every: number,
  options: CaptureCommandOptions,
  messages: Messages,
): Promise<never> {
  const { output, outDir = ".", keep = KEEP, keepSize = KEEP_SIZE, when = [] } = options;
  if (output !== undefined) throw usageFailure("-o is for one capture", "With --every, give --out-dir D.");
  const request = await prepareCapture(url, options, messages);
  const folder = await RingFolder.open(outDir, captureStem(url), { keep, keepSize });
  return new Ring(request, folder, { every, most: keepSize, when }, messages).run();
}
