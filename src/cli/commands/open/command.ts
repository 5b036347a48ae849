import { type Command, Option } from "commander";
import { once } from "../../options/selection.js";
import { parseTime } from "../../options/values.js";
import { PUBLIC_VIEWER } from "./viewer.js";

/** Options of `convert` that say what is shown, not where it goes. */
const SHARED = ["--detail", "--group", "--tracks", "--stacks", "--min-duration"];

/** Adds the options of `open` to a command. @param convert the command that has the options of what is shown */
export function addOpenOptions(command: Command, convert: Command): Command {
  command
    .summary("convert a trace and open it in ui.perfetto.dev")
    .description(
      "Converts a trace, opens ui.perfetto.dev in a browser and hands it over; tracks of the Go runtime are pinned.",
    )
    .option("--no-browser", "open no browser, only print the address to open")
    .option("--keep", "serve the trace until Ctrl-C, not only once")
    .addOption(
      new Option("--ui <URL>", "another Perfetto UI, such as one of your own").default(PUBLIC_VIEWER),
    )
    .addOption(
      new Option(
        "--timeout <D>",
        "give up if the viewer has not fetched the trace by then (default: 10m); of a URL also after so long a silence (default: 30s)",
      ).argParser(once(parseTime)),
    );
  for (const option of convert.options) if (SHARED.includes(option.long ?? "")) command.addOption(option);
  return command;
}
