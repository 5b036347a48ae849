import { VIEWER_LIMIT } from "../../sink/auto-detail.js";
import type { TraceSink } from "../../sink/trace-sink.js";
import type { ViewOptions } from "../../sink/view-options.js";
import { usageFailure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";

/** The formats of conversions, by their names in `--format`. */
export const FORMATS = ["pftrace", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** How much to write. `limited` is full detail until the trace is too large for a viewer. */
export type Detail = "limited" | "full" | "lean";

const EXTENSIONS: Readonly<Record<Format, RegExp>> = {
  pftrace: /\.(pftrace|perfetto-trace)(\.gz)?$/,
  json: /\.json(\.gz)?$/,
};

/**
 * The format of a conversion.
 * @param output OUT, if given
 * @param asked the value of --format
 * @throws Failure if neither determines it
 */
export function formatOf(output: string | undefined, asked: Format | undefined): Format {
  if (asked !== undefined) return asked;
  if (output === undefined || output === STDIO) return "pftrace";
  const named = namedFormat(output);
  if (named !== undefined) return named;
  if (output.startsWith("/dev/")) return "pftrace";
  const advice = `Name a .pftrace or .json file, or give --format ${FORMATS.join(" or ")}.`;
  throw usageFailure(`${output}: the extension is not of a known format`, advice);
}

/** The format of a file's extension. */
export function namedFormat(output: string): Format | undefined {
  return FORMATS.find((format) => EXTENSIONS[format].test(output));
}

/** Creates the sink of a format. Only its module is loaded. @param title the name of the trace */
export async function createSink(
  format: Format,
  title: string,
  detail: Detail,
  options: ViewOptions,
): Promise<TraceSink> {
  const limited = detail === "limited" ? { ...options, limit: VIEWER_LIMIT } : options;
  if (format === "json") {
    const { ChromeSink } = await import("../../sink/chrome/chrome-sink.js");
    return new ChromeSink(title, { ...limited, lean: detail === "lean" });
  }
  if (detail === "lean") {
    const { LeanSink } = await import("../../sink/perfetto/lean-sink.js");
    return new LeanSink(title, options);
  }
  const { FullSink } = await import("../../sink/perfetto/full-sink.js");
  return new FullSink(title, limited);
}
