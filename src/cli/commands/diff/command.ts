import { Option } from "commander";
import { addAnonymizeOptions } from "../../options/anonymize.js";
import { addCommonOptions } from "../../options/common.js";
import { addSelectionOptions } from "../../options/selection.js";
import { parseCount } from "../../options/values.js";
import { type CommandDescription, TRACE_ARGUMENT } from "../description.js";
import type { DiffOptions } from "./diff.js";

/** Rows of a table by default. */
const TABLE_ROWS = 10;

/** `go2perfetto diff A B` */
export const diff: CommandDescription<DiffOptions> = {
  name: "diff",
  summary: "compare findings and figures of two traces, largest change first",
  description:
    "Compares two traces: findings of explain that came and went, and figures, also by start function and by stack: absolute and relative changes from A to B, largest first.",
  arguments: { "<A>": TRACE_ARGUMENT, "<B>": "the other trace" },
  addOptions(command) {
    command
      .option("--json", "print everything as JSON (described in docs/figures.md)")
      .addOption(new Option("--markdown", "print tables as Markdown").conflicts("json"))
      .option(
        "--html <FILE>",
        "write a report for a browser with both traces side by side: one file, of 2 MB at most",
      )
      .addOption(new Option("--top <N>", "rows of each table").argParser(parseCount).default(TABLE_ROWS));
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addCommonOptions(command);
  },
  help: `
The figures are those of docs/figures.md. The stacks are those of the profiles running, wait, sched,
syscall and cpu. Sums grow with the length of a trace: compare traces of the same length, or the same part of each.

Examples:
  go2perfetto diff before.out after.out
  go2perfetto diff --top 30 before.out after.out | less
  go2perfetto diff --markdown before.out after.out >> report.md
  go2perfetto diff --html diff.html before.out after.out
  go2perfetto diff --to 10ms before.out after.out
  go2perfetto diff --json before.out after.out | jq '.stacks[0]'`,
  run: async ([a = "", b = ""], options) => (await import("./diff.js")).diffCommand(a, b, options),
};
