import { statSync } from "node:fs";
import { basename, join } from "node:path";
import { captureStem, traceUrl } from "../connection/trace-url.js";
import { Failure, usageFailure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";

/** The extensions of traces, which OUT's extension replaces. */
export const TRACE_EXTENSIONS = /\.(out|trace|gotrace|trc|bin)?(\.gz)?$/;

/** The name of OUT without its extension, if there is no -o. @throws Failure if IN has no name */
export function defaultStem(input: string): string {
  if (input === STDIO) {
    throw usageFailure(
      "standard input has no name to derive OUT from",
      "Give -o OUT, or -o - for standard output.",
    );
  }
  const url = traceUrl(input);
  return (url === undefined ? input : captureStem(url, new Date())).replace(TRACE_EXTENSIONS, "");
}

/** Whether OUT is a folder: its name ends in a slash. */
export function isFolderName(output: string): boolean {
  return output.endsWith("/");
}

/** Rejects a folder that is given as a file. @throws Failure */
export function refuseFolder(output: string): void {
  if (isFolderName(output) || !isDirectory(output)) return;
  throw new Failure(
    `cannot write ${output}: it is a directory`,
    `Write ${output}/ for a file with IN's name in it.`,
  );
}

/** What cannot be looked at is refused when it is opened. */
function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/**
 * The file to write: OUT, or a file with IN's name in the folder OUT, or a file beside IN if there is no OUT.
 * @param ending replaces IN's extension
 * @throws Failure if IN has no name and one is needed, or if OUT is a folder without a slash
 */
export function outputFile(input: string, output: string | undefined, ending: string): string {
  if (output === undefined) return defaultStem(input) + ending;
  refuseFolder(output);
  return isFolderName(output) ? join(output, basename(defaultStem(input)) + ending) : output;
}
