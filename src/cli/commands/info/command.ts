import { addCommonOptions, type CommonOptions } from "../../options/common.js";
import type { CommandDescription } from "../description.js";

/** `go2perfetto info IN` */
export const info: CommandDescription<CommonOptions> = {
  name: "info",
  summary: "show what a trace is and what it holds",
  description: "Shows the format, duration and wall clock of a trace, its events by kind, and what was lost.",
  addOptions: addCommonOptions,
  help: `
Examples:
  go2perfetto info trace.out
  go2perfetto info - < trace.out.gz
  go2perfetto info --strict -q trace.out > /dev/null && echo complete`,
  run: async ([path = ""], options) => (await import("./info.js")).infoCommand(path, options),
};
