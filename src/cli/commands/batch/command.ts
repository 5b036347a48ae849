import { InvalidArgumentError, Option } from "commander";
import { FORMATS } from "../../../sink/formats.js";
import { addAnonymizeOptions } from "../../options/anonymize.js";
import { addFileOptions } from "../../options/common.js";
import { addLimitOptions } from "../../options/limits.js";
import { addRelatedOption, addSelectionOptions } from "../../options/selection.js";
import { addSplitOptions } from "../../options/split.js";
import { SuggestingOption } from "../../options/suggesting-option.js";
import { traceUrlOption } from "../../options/trace-url.js";
import { addViewerOptions } from "../../options/view.js";
import type { CommandDescription } from "../description.js";
import type { BatchOptions } from "./batch.js";
import type { Extra } from "./file-work.js";
import type { Shard } from "./plan.js";

/** More threads than any machine can use. */
const MOST_JOBS = 1024;
/** More machines than any batch has. */
const MOST_SHARDS = 1_000_000;
const EXTRAS: readonly Extra[] = ["pprof", "stats", "explain", "html"];

/** `go2perfetto batch IN… --out-dir D` */
export const batch: CommandDescription<BatchOptions> = {
  name: "batch",
  summary: "convert many traces with several threads, in CI or on many machines",
  description:
    "Converts many traces with several threads. A broken trace does not stop the others. The structure of folders is kept.",
  arguments: {
    "<IN...>": "trace files, folders, globs, @FILE for a list of them, or - for a list on standard input",
  },
  addOptions(command) {
    command
      .requiredOption("--out-dir <D>", "folder to write to; it is created if it does not exist")
      .addOption(
        new Option(
          "--jobs <N>",
          "traces at a time (default: one for each processor, if memory allows)",
        ).argParser(parseJobs),
      )
      .option("--resume", "skip traces that an earlier run has converted with the same options and version")
      .addOption(
        new Option(
          "--shard <I/N>",
          "only part I of N, counted from 0: N machines share the work without communication",
        ).argParser(parseShard),
      )
      .option("--report <FILE>", "write the result of each trace as JSON (described in docs/batch-report.md)")
      .addOption(
        new SuggestingOption(
          "--also <LIST>",
          `what else to write for each trace, separated by commas: ${EXTRAS.join(", ")}`,
          () => EXTRAS,
          true,
        ).argParser(parseExtras),
      )
      .addOption(traceUrlOption());
    addLimitOptions(command);
    command.addOption(
      new Option("--format <format>", "format of the conversions").choices(FORMATS).default("pftrace"),
    );
    addViewerOptions(command);
    addSplitOptions(command);
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addRelatedOption(command);
    addFileOptions(command);
  },
  help: `
Outputs have the same places below D as their traces below the folder that all IN have in common. In a folder, a trace is a
file that begins like one or ends in .trace. A hash of its place below D decides which shard has a trace.

Examples:
  go2perfetto batch traces --out-dir converted
  go2perfetto batch 'traces/**/*.out' --out-dir converted --jobs 2 --resume
  find traces -name '*.out' | go2perfetto batch - --out-dir converted --report report.json
  go2perfetto batch traces --out-dir converted --shard 0/4
  go2perfetto batch traces --out-dir converted --also html
  go2perfetto batch traces --out-dir converted --also pprof,stats --assert 'sched.p99 < 1s'`,
  run: async (words, options) => (await import("./batch.js")).batchCommand(words, options),
};

function parseJobs(text: string): number {
  const jobs = Number(text);
  if (/^\d+$/.test(text) && jobs >= 1 && jobs <= MOST_JOBS) return jobs;
  throw new InvalidArgumentError(`It is not a whole number from 1 to ${MOST_JOBS}.`);
}

function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index === undefined || count === undefined || shard.count < 1 || shard.count > MOST_SHARDS) {
    throw new InvalidArgumentError("A shard is I/N, such as 0/4.");
  }
  if (shard.index < shard.count) return shard;
  throw new InvalidArgumentError(`The shards of ${count} are 0/${count} to ${shard.count - 1}/${count}.`);
}

function parseExtras(text: string): Extra[] {
  const names = text.split(",").map((each) => each.trim());
  const wrong = names.find((each) => !EXTRAS.some((extra) => extra === each));
  if (wrong === undefined) return EXTRAS.filter((extra) => names.includes(extra));
  throw new InvalidArgumentError(`"${wrong}" is not one of ${EXTRAS.join(", ")}.`);
}
