import { addAnonymizeOptions } from "../../options/anonymize.js";
import { addCommonOptions } from "../../options/common.js";
import { addGoVersionOption } from "../../options/go-version.js";
import { addRelatedOption, addSelectionOptions } from "../../options/selection.js";
import { addSplitOptions } from "../../options/split.js";
import type { CommandDescription } from "../description.js";
import type { TrimOptions } from "./trim.js";

/** `go2perfetto trim IN` */
export const trim: CommandDescription<TrimOptions> = {
  name: "trim",
  summary: "write a Go trace again: a part of it, repaired, or in a newer format",
  description:
    "Writes a Go execution trace that go tool trace opens: a part of IN, or all of it. A damaged or cut trace is repaired. A trace of Go 1.5 to 1.21 gets the format of Go 1.23.",
  addOptions(command) {
    command.option(
      "-o, --output <OUT>",
      "file to write, also with .gz, FOLDER/, or - (default: IN with the extension .trim.trace)",
    );
    addGoVersionOption(command);
    command.option(
      "--slim",
      "leave out what most can spare: yields of the GC's background sweeper, events of allocations",
    );
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addRelatedOption(command);
    addSplitOptions(command, { auto: false });
    addCommonOptions(command);
  },
  help: `
Events keep their times, stacks and strings. A part begins with the states of its goroutines, and its open tasks and regions.
All of an intact trace of Go 1.22 or later is copied to the byte.
Made-up names are a keyed hash. The key is random, and kept with --anonymize-key only. Selections match the real names.

Examples:
  go2perfetto trim trace.out --from 10ms --to 20ms -o part.trace
  go2perfetto trim trace.out --goroutine 1 --related -o main.trace.gz
  go2perfetto trim old.trace -o new.trace --go-version 1.26
  go2perfetto trim killed.trace -o mended.trace
  go2perfetto trim trace.out --anonymize -o shareable.trace
  go2perfetto trim trace.out --slim -o slim.trace.gz`,
  run: async ([path = ""], options) => (await import("./trim.js")).trimCommand(path, options),
};
