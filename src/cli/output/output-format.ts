import { FORMATS, type Format } from "../../sink/create-sink.js";
import { usageFailure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";

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
