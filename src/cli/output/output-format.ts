import { FORMATS } from "../../sink/formats.js";
import { usageFailure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { refuseFolder } from "./output-name.js";

/** What a conversion can be written as, by the names in `--format`: what viewers show, or a Go trace again. */
export const OUTPUT_FORMATS = [...FORMATS, "go"] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** The ending of a file that has no name of its own. That of a Go trace differs from IN's. */
export const ENDINGS: Readonly<Record<OutputFormat, string>> = {
  pftrace: ".pftrace",
  json: ".json",
  go: ".trim.trace",
};

/** The formats in messages. */
export const FORMAT_NAMES: Readonly<Record<OutputFormat, string>> = {
  pftrace: "a Perfetto trace",
  json: "JSON",
  go: "a Go trace",
};

const EXTENSIONS: Readonly<Record<OutputFormat, RegExp>> = {
  pftrace: /\.(pftrace|perfetto-trace)(\.gz)?$/,
  json: /\.json(\.gz)?$/,
  go: /\.trace(\.gz)?$/,
};

/**
 * The format of a conversion.
 * @param output OUT, if given
 * @param asked the value of --format
 * @throws Failure if neither determines it
 */
export function formatOf(output: string | undefined, asked: OutputFormat | undefined): OutputFormat {
  if (asked !== undefined) return asked;
  if (output === undefined || output === STDIO) return "pftrace";
  const named = namedFormat(output);
  if (named !== undefined) return named;
  if (output.startsWith("/dev/")) return "pftrace";
  refuseFolder(output);
  const advice = `Name a .pftrace, .json or .trace file, or give --format: ${OUTPUT_FORMATS.join(", ")}.`;
  throw usageFailure(`${output}: the extension is not of a known format`, advice);
}

/** The format of a file's extension. */
export function namedFormat(output: string): OutputFormat | undefined {
  return OUTPUT_FORMATS.find((format) => EXTENSIONS[format].test(output));
}
