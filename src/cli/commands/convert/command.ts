import { Option } from "commander";
import { addAnonymizeOptions } from "../../options/anonymize.js";
import { addCommonOptions } from "../../options/common.js";
import { addGoVersionOption } from "../../options/go-version.js";
import { addRelatedOption, addSelectionOptions } from "../../options/selection.js";
import { addSplitOptions } from "../../options/split.js";
import { addViewerOptions } from "../../options/view.js";
import { OUTPUT_FORMATS } from "../../output/output-format.js";
import type { CommandDescription } from "../description.js";
import type { ConvertOptions } from "./convert.js";

/** `go2perfetto convert IN`, or `go2perfetto IN` */
export const convert: CommandDescription<ConvertOptions> = {
  name: "convert",
  summary: "convert a trace for ui.perfetto.dev (the default)",
  description:
    "Converts a trace for ui.perfetto.dev, or to the JSON of Chrome's about:tracing. This is the default command: you can leave out its name.",
  addOptions(command) {
    command
      .option(
        "-o, --output <OUT>",
        "file to write (.pftrace, .json or .trace, also with .gz), FOLDER/, or - (default: IN with the extension .pftrace)",
      )
      .addOption(
        new Option("--format <format>", "format, if the extension of OUT does not tell it").choices(
          OUTPUT_FORMATS,
        ),
      );
    addGoVersionOption(command);
    addViewerOptions(command);
    addSplitOptions(command);
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addRelatedOption(command);
    addCommonOptions(command);
  },
  help: `
OUT gets its name when it is complete. Until then, an existing file of that name stays. Parts get their names together.
A .trace file is a Go trace again, without what only viewers need: see go2perfetto help trim.
A part shows what --from and --to show for the same time. Sizes of parts are measured before compression.

Examples:
  go2perfetto trace.out                  writes trace.pftrace
  go2perfetto trace.out -o out.pftrace.gz
  go2perfetto trace.out -o - > out.pftrace
  go2perfetto trace.out -o out.json.gz --tracks procs
  go2perfetto trace.out --from 10ms --to 20ms
  go2perfetto trace.out -o out.pftrace --split-time 1s
  go2perfetto trace.out --goroutine 1 --goroutine '/^main\\./' --related
  go2perfetto localhost:6060 --seconds 10 --save trace.out
  go2perfetto https://user:password@example.com/debug/pprof/trace -o out.pftrace`,
  run: async ([path = ""], options) => (await import("./convert.js")).convertCommand(path, options),
};
