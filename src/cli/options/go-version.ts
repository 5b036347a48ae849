import { type Command, InvalidArgumentError, Option } from "commander";
import { TRACE_FORMATS } from "../../wire/format.js";

/** Adds the option for the format of a Go trace. */
export function addGoVersionOption(command: Command): void {
  command.addOption(
    new Option(
      "--go-version <V>",
      "of a .trace file: the Go release that can read it, from 1.22 on (default: as IN, or 1.23 if IN is older than 1.22)",
    ).argParser(parseGoVersion),
  );
}

/** The N of the newest format `go 1.N trace` that a release reads. @throws InvalidArgumentError */
function parseGoVersion(text: string): number {
  const [, release] = /^(?:go ?)?1\.(\d+)(?:\.\d+)?$/.exec(text) ?? [];
  const formats = TRACE_FORMATS.filter(({ generation }) => generation === 2).map(({ minor }) => minor);
  const known = formats.filter((minor) => minor <= Number(release));
  if (known.length === 0) throw new InvalidArgumentError("It is a release from 1.22 on, such as 1.26.");
  return Math.max(...known);
}
