import { addCommonOptions } from "../../options/common.js";
import { addLimitOptions } from "../../options/limits.js";
import { addSelectionOptions } from "../../options/selection.js";
import type { CommandDescription } from "../description.js";
import type { CheckOptions } from "./check.js";

/** `go2perfetto check IN --assert EXPR…` */
export const check: CommandDescription<CheckOptions> = {
  name: "check",
  summary: "check figures of a trace against limits, for CI: exit code 4 if one is exceeded",
  description:
    "Checks figures of a trace against limits and prints each limit with its figure. The exit code is 4 if a limit is exceeded.",
  addOptions(command) {
    addLimitOptions(command, true);
    command.option("--junit <FILE>", "also write a JUnit report, with a test for each limit");
    addSelectionOptions(command);
    addCommonOptions(command);
  },
  help: `
EXPR is FIGURE OPERATOR BOUND: a figure of stats or explain (listed in docs/figures.md), one of < <= > >= == !=, and a duration
(5ms), a number, a share (5%) or a size (8MiB).

Examples:
  go2perfetto check trace.out --assert 'sched.p99 < 1s' 'gc.stw.max < 1s'
  go2perfetto check trace.out --assert 'block["chan receive"].total < 1h' 'goroutines.count < 10000'
  go2perfetto check trace.out --assert 'function["main.main"].exec < 10s' --junit report.xml`,
  run: async ([path = ""], options) => (await import("./check.js")).checkCommand(path, options),
};
