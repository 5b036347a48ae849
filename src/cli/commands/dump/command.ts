import { addAnonymizeOptions } from "../../options/anonymize.js";
import { addCommonOptions } from "../../options/common.js";
import { addSelectionOptions } from "../../options/selection.js";
import type { CommandDescription } from "../description.js";
import type { DumpOptions } from "./dump.js";

/** `go2perfetto dump IN` */
export const dump: CommandDescription<DumpOptions> = {
  name: "dump",
  summary: "print the events as text, one a line",
  description: "Prints the events as text, one a line, in order or as stored.",
  addOptions(command) {
    command
      .option("-o, --output <OUT>", "file to write, also with .gz, or FOLDER/ (default: standard output)")
      .option("--wire", "print the events as stored, with offsets, not in order");
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addCommonOptions(command);
  },
  help: `
A line has the time in nanoseconds since the start, the thread (m), P (p) and goroutine (g), each - if there is none, then
the event and its arguments. With --wire it has the offset in the decompressed input, then a batch or an event.

Examples:
  go2perfetto dump trace.out | grep -w g=1
  go2perfetto dump trace.out | grep ' GoBlock .*reason="select"'
  go2perfetto dump --from 10ms --goroutine 1 trace.out
  go2perfetto dump --wire trace.out | head`,
  run: async ([path = ""], options) => (await import("./dump.js")).dumpCommand(path, options),
};
