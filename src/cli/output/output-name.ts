import { basename, join } from "node:path";
import { captureStem, liveUrl } from "../connection/trace-url.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";

/** What a trace's own name may end in, and is replaced. */
export const TRACE_EXTENSIONS = /\.(out|trace|gotrace|trc|bin)?(\.gz)?$/;

/** OUT's name up to its extension, where the options do not say it. @throws Failure if IN has no name */
export function defaultStem(input: string): string {
  if (input === STDIO) {
    throw new Failure(
      "standard input has no name to derive OUT from",
      "Say -o OUT, or -o - for standard output.",
      {
        exitCode: ExitCode.Usage,
      },
    );
  }
  const url = liveUrl(input);
  return (url === undefined ? input : captureStem(url, new Date())).replace(TRACE_EXTENSIONS, "");
}

/** Whether OUT, with a slash at its end, is the folder that the output goes to. */
export function isFolderName(output: string): boolean {
  return output.endsWith("/");
}

/**
 * The file that OUT stands for: itself, or one of IN's name in the folder that it names, or beside IN if there is no OUT.
 * @param ending what follows IN's name without its extension
 * @throws Failure if IN has no name and one is needed
 */
export function outputFile(input: string, output: string | undefined, ending: string): string {
  if (output === undefined) return defaultStem(input) + ending;
  return isFolderName(output) ? join(output, basename(defaultStem(input)) + ending) : output;
}
