import { ExitCode } from "./exit-codes.js";
import { Failure } from "./failure.js";
import { captureStem, liveUrl } from "./live-url.js";
import { STDIO } from "./stdio.js";

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
