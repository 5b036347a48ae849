import { type Command, Option } from "commander";
import { parseCount } from "../../options/values.js";

/** Adds what `stats` says of itself and its own options. */
export function addStatsOptions(command: Command): Command {
  return command
    .summary("figures: goroutines, blocking, scheduler latency, tasks, regions, GC, Ps")
    .description(
      "Computes figures of a trace: what goroutines spent their time on, blocking by reason, scheduler latency, tasks, regions, GC, stop-the-world, use of Ps, minimum mutator utilization.",
    )
    .option("--json", "everything as JSON (docs/stats-schema.md says what it holds)")
    .addOption(new Option("--markdown", "tables as Markdown").conflicts("json"))
    .option(
      "--top <N>",
      "rows of each table (default: 10); of JSON, single goroutines, tasks, regions and GC cycles (default: 100)",
      parseCount,
    );
}
