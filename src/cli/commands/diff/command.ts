import { type Command, Option } from "commander";
import { parseCount } from "../../options/values.js";

/** Rows of a table, if the options do not say. */
const TABLE_ROWS = 10;

/** Adds the options of `diff` alone to a command, and its arguments. */
export function addDiffOptions(command: Command): Command {
  return command
    .summary("the figures of two traces side by side, with the change, largest first")
    .description(
      "Compares the figures of two traces: what changed from A to B, absolute and relative, the largest change first, also by start function and by stack.",
    )
    .argument("<A>", "trace file, URL or HOST:PORT, or - for standard input; may be gzipped")
    .argument("<B>", "likewise")
    .showHelpAfterError("go2perfetto help diff says how.")
    .option("--json", "everything as JSON (docs/figures.md says what it holds)")
    .addOption(new Option("--markdown", "tables as Markdown").conflicts("json"))
    .addOption(new Option("--top <N>", "rows of each table").argParser(parseCount).default(TABLE_ROWS));
}
