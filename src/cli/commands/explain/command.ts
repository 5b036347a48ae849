import { Option } from "commander";
import { addAnonymizeOptions } from "../../options/anonymize.js";
import { addCommonOptions } from "../../options/common.js";
import { addSelectionOptions } from "../../options/selection.js";
import { traceUrlOption } from "../../options/trace-url.js";
import { parseCount } from "../../options/values.js";
import type { CommandDescription } from "../description.js";
import type { ExplainOptions } from "./explain.js";

/** `go2perfetto explain IN` */
export const explain: CommandDescription<ExplainOptions> = {
  name: "explain",
  summary: "say what held the program back, and where",
  description:
    "Finds what held a program back: locks, slow channels, stragglers, serial phases, too few Ps, GC, stop-the-world, system calls, leaks, churn, polling, locked threads. The weightiest finding comes first, with its place and the next command to type.",
  addOptions(command) {
    command
      .option("--json", "print the findings as JSON (described in docs/explain-schema.md)")
      .addOption(new Option("--markdown", "print them as Markdown").conflicts("json"))
      .addOption(
        new Option(
          "--region <NAME>",
          "explain the latency of regions of this name (also: --task, and --goroutine for whole lives)",
        ),
      )
      .option("--top <N>", "the most findings (default: 10; in JSON: 100)", parseCount)
      .addOption(traceUrlOption());
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addCommonOptions(command);
  },
  help: `
docs/explain.md has the rule of every kind of finding, and what to do about it. Programs without findings get none.

Examples:
  go2perfetto explain trace.out
  go2perfetto explain --from 10ms --to 30ms trace.out
  go2perfetto explain --goroutine main.producer trace.out
  go2perfetto explain --markdown trace.out >> report.md
  go2perfetto explain --json trace.out | jq '.findings[0].sentence'`,
  run: async ([path = ""], options) => (await import("./explain.js")).explainCommand(path, options),
};
