import type { CaptureOptions } from "../options/capture.js";
import { usageFailure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { refuseSameFile } from "./same-file.js";
import { resolveTarget } from "./target.js";

/** The options of a command that writes a page. */
interface PageOptions extends CaptureOptions {
  readonly json?: boolean;
  readonly markdown?: boolean;
}

/**
 * Checks the file of a page before its inputs are read: an unwritable one is reported before a capture, not after.
 * @throws Failure if it is an input, cannot be written, or would share standard output with other figures
 */
export async function checkPageFile(
  inputs: readonly string[],
  file: string,
  options: PageOptions,
): Promise<void> {
  if (file === STDIO && (options.json || options.markdown))
    throw usageFailure("--html - and other figures both go to standard output", "Give a file for the page.");
  for (const input of inputs) await refuseSameFile(input, file, options);
  if (file !== STDIO) await resolveTarget(file);
}
