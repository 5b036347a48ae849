import { type Command, Option } from "commander";
import { GROUPINGS, STACK_MODES, TRACK_GROUPS } from "../../../sink/view-options.js";
import { addSplitOptions } from "../../options/split.js";
import { parseTime, parseTracks } from "../../options/values.js";
import { FORMATS } from "../../output/output-format.js";

/** Adds what `convert` says of itself and its own options. */
export function addConvertOptions(command: Command): Command {
  return addSplitOptions(
    command
      .summary("convert a trace for ui.perfetto.dev (the default)")
      .description(
        "Converts a trace for ui.perfetto.dev, or to the JSON of Chrome's about:tracing. It is the default: its name can be left out.",
      )
      .option(
        "-o, --output <OUT>",
        "file to write (.pftrace or .json, also with .gz), FOLDER/, or -; without it, IN with its extension replaced by .pftrace",
      )
      .addOption(
        new Option("--format <format>", "format, if OUT's extension does not say it").choices(FORMATS),
      )
      .addOption(
        new Option(
          "--detail <level>",
          "full: slices, stacks and arrows too; lean: scheduling, counters, GC, stop-the-world, CPU samples; auto: full as long as a viewer takes it",
        )
          .choices(["auto", "full", "lean"])
          .default("auto"),
      )
      .addOption(
        new Option("--group <by>", "rows of goroutines by start function, or all in one group")
          .choices(GROUPINGS)
          .default("function"),
      )
      .option(
        "--tracks <list>",
        `what to show (in .pftrace besides scheduling), separated by commas: ${TRACK_GROUPS.join(", ")} (default: all)`,
        parseTracks,
      )
      .addOption(
        new Option(
          "--stacks <as>",
          "stacks of slices: callstack (in .pftrace for Perfetto v53 and later), annotation (text, for any version), none",
        )
          .choices(STACK_MODES)
          .default("callstack"),
      )
      .option(
        "--min-duration <time>",
        "leave out slices that are shorter, such as 10us; scheduling stays as it is",
        parseTime,
      ),
  );
}
