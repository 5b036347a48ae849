import { Option } from "commander";
import { addAnonymizeOptions } from "../../options/anonymize.js";
import { addCommonOptions } from "../../options/common.js";
import { addSelectionOptions } from "../../options/selection.js";
import { traceUrlOption } from "../../options/trace-url.js";
import { parseCount } from "../../options/values.js";
import type { CommandDescription } from "../description.js";
import type { StatsOptions } from "./stats.js";

/** `go2perfetto stats IN` */
export const stats: CommandDescription<StatsOptions> = {
  name: "stats",
  summary: "print figures: goroutines, blocking, scheduler latency, tasks, regions, GC, Ps",
  description:
    "Prints a summary with the weightiest findings of explain, then figures: time of goroutines, blocking by reason, scheduler latency, tasks, regions, GC, stop-the-world, use of Ps, minimum mutator utilization.",
  addOptions(command) {
    command
      .option("--json", "print everything as JSON (described in docs/stats-schema.md)")
      .addOption(new Option("--markdown", "print tables as Markdown").conflicts("json"))
      .option("--html <FILE>", "write a report for a browser: one file that loads nothing, of 2 MB at most")
      .option(
        "--top <N>",
        "rows of each table (default: 10); in JSON, single goroutines, tasks, regions and GC cycles (default: 100)",
        parseCount,
      )
      .addOption(traceUrlOption());
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addCommonOptions(command);
  },
  help: `
Times of goroutines, tasks and regions equal those of go tool trace. Percentiles are exact to 1.6 %. A narrow terminal shows
fewer columns than a file.

Examples:
  go2perfetto stats trace.out
  go2perfetto stats --top 30 trace.out | less
  go2perfetto stats --markdown trace.out >> report.md
  go2perfetto stats --json trace.out | jq .sched.p99
  go2perfetto stats --html report.html trace.out`,
  run: async ([path = ""], options) => (await import("./stats.js")).statsCommand(path, options),
};
