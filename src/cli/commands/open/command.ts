import { Option } from "commander";
import { addCommonOptions } from "../../options/common.js";
import { addRelatedOption, addSelectionOptions } from "../../options/selection.js";
import { parseTime } from "../../options/values.js";
import { addViewerOptions } from "../../options/view.js";
import type { CommandDescription } from "../description.js";
import type { OpenOptions } from "./open.js";

/** The default viewer. */
const PUBLIC_VIEWER = "https://ui.perfetto.dev";

/** `go2perfetto open IN` */
export const open: CommandDescription<OpenOptions> = {
  name: "open",
  summary: "convert a trace and open it in ui.perfetto.dev",
  description:
    "Converts a trace and opens it in ui.perfetto.dev in a browser, with Ps, GC, heap and groups of goroutines in sight.",
  addOptions(command) {
    command
      .option("--no-browser", "do not open a browser, print the address instead")
      .option("--keep", "serve the trace until Ctrl-C, not only once")
      .addOption(
        new Option("--ui <URL>", "address of another Perfetto UI, such as your own").default(PUBLIC_VIEWER),
      )
      .addOption(
        new Option(
          "--timeout <D>",
          "give up if the viewer has not fetched the trace after this time (default: 10m); of a URL also after this long without a byte (default: 30s)",
        ).argParser(parseTime),
      );
    addViewerOptions(command);
    addSelectionOptions(command);
    addRelatedOption(command);
    addCommonOptions(command);
  },
  help: `
The trace is served to this machine only, and only to the viewer's pages. The command ends when the viewer has the trace.

Examples:
  go2perfetto open trace.out
  go2perfetto open localhost:6060 --seconds 2
  go2perfetto open trace.out --no-browser --keep
  go2perfetto open trace.out --ui https://perfetto.example.com/`,
  run: async ([path = ""], options) => (await import("./open.js")).openCommand(path, options),
};
