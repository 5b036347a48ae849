import { InvalidArgumentError, Option } from "commander";
import { addRequestOptions } from "../../options/capture.js";
import { addMessageOptions } from "../../options/common.js";
import { limitsOption } from "../../options/limits.js";
import { parseCount, parseName, parseSize, parseTime } from "../../options/values.js";
import type { CommandDescription } from "../description.js";
import type { CaptureCommandOptions } from "./capture.js";

/** The shortest interval, in nanoseconds. */
const SHORTEST = 1e8;

/** `go2perfetto capture URL` */
export const capture: CommandDescription<CaptureCommandOptions> = {
  name: "capture",
  summary: "keep the trace of a running program in a file, or the latest of many in a folder",
  description:
    "Captures a running program and keeps the Go trace as it is. With --every it captures again and again, and keeps the latest traces, or those that exceed a limit.",
  arguments: {
    "<URL>": "URL or HOST:PORT of a program with net/http/pprof, or URL of its flight recorder",
  },
  addOptions(command) {
    command
      .option(
        "-o, --output <OUT>",
        "file to write, also with .gz, FOLDER/, or - (default: HOST-PORT-TIME.trace, in UTC)",
      )
      .addOption(
        new Option("--every <D>", "capture again and again, this long from start to start").argParser(
          parseInterval,
        ),
      )
      .addOption(
        new Option("--out-dir <D>", "of --every: folder to write to (default: the current one)").argParser(
          parseName,
        ),
      )
      .addOption(
        new Option("--keep <N>", "of --every: how many traces to keep (default: 60)").argParser(parseCount),
      )
      .addOption(
        new Option(
          "--keep-size <SIZE>",
          "of --every: how large they may be together, and each of them (default: 1GB)",
        ).argParser(parseSize),
      )
      .addOption(
        limitsOption(
          "--when <EXPR...>",
          "of --every: keep only traces of which this is true, such as 'sched.p99 > 10ms'; any of several",
        ),
      );
    addRequestOptions(command);
    addMessageOptions(command);
  },
  help: `
EXPR is as in check --assert: FIGURE OPERATOR BOUND. When there are more traces than --keep or --keep-size allows, the oldest are deleted:
only files that are named as those of this URL. Ctrl-C or SIGTERM ends --every: exit code 0, or 3 if a trace was missed or cut.

Examples:
  go2perfetto capture localhost:6060 --seconds 2 -o trace.out
  go2perfetto capture localhost:6060 --profile --every 1m --keep 60 --out-dir traces
  go2perfetto capture localhost:6060 --every 10s --seconds 2 --when 'sched.p99 > 10ms' --out-dir slow
  go2perfetto capture http://localhost:6060/debug/flight --method POST -o flight.trace`,
  run: async ([path = ""], options) => (await import("./capture.js")).captureCommand(path, options),
};

function parseInterval(text: string): number {
  const interval = parseTime(text);
  if (interval < SHORTEST) throw new InvalidArgumentError("It is shorter than 100ms.");
  return interval;
}
