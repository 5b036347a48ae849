import { type Command, InvalidArgumentError, Option } from "commander";
import { isLiveOption } from "../../options/capture.js";
import { FORMATS } from "../../output/output-format.js";
import { type AssertOptions, allowMissingOption, assertOption } from "../check/command.js";
import type { Shard } from "./plan.js";

/** What can be made of each trace besides a conversion. */
const EXTRAS = ["pprof", "stats"] as const;
export type Extra = (typeof EXTRAS)[number];

/** The options of `batch` alone. */
export interface BatchOptions extends AssertOptions {
  readonly outDir: string;
  readonly jobs?: number;
  readonly resume?: boolean;
  readonly shard?: Shard;
  readonly report?: string;
  readonly also?: readonly Extra[];
}

/** More threads than any machine has processors for. */
const MOST_JOBS = 1024;
/** More machines than share any work. */
const MOST_SHARDS = 1_000_000;

/** Adds them to a command, and its arguments. @param convert whose options it takes too, but OUT */
export function addBatchOptions(command: Command, convert: Command): Command {
  command
    .summary("convert many traces over several threads, in CI or on many machines")
    .description(
      "Converts many traces over several threads. A trace that is broken stops none of the others. The structure of folders is kept.",
    )
    .argument(
      "<IN...>",
      "trace files, folders, globs, @FILE for a list of them, - for a list on standard input",
    )
    .showHelpAfterError("go2perfetto help batch says how.")
    .requiredOption("--out-dir <D>", "folder to write to; it is made if there is none")
    .addOption(
      new Option(
        "--jobs <N>",
        "traces at a time (default: one for each processor, as far as memory goes)",
      ).argParser(parseJobs),
    )
    .option("--resume", "leave out what an earlier run has done with the same options and version")
    .addOption(
      new Option(
        "--shard <I/N>",
        "only part I of N, from 0/N on: N machines share the work without talking",
      ).argParser(parseShard),
    )
    .option("--report <FILE>", "what became of each trace, as JSON (docs/batch-report.md says what it holds)")
    .addOption(
      new Option(
        "--also <LIST>",
        `what else to write of each, separated by commas: ${EXTRAS.join(", ")}`,
      ).argParser(parseExtras),
    )
    .addOption(assertOption())
    .addOption(allowMissingOption());
  command.addOption(
    new Option("--format <format>", "what to write of each trace").choices(FORMATS).default("pftrace"),
  );
  const own = new Set(["--output", ...command.options.map(({ long }) => long)]);
  for (const option of convert.options)
    if (!own.has(option.long) && !isLiveOption(option)) command.addOption(option);
  return command;
}

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
  throw new InvalidArgumentError(`The parts of ${count} are 0/${count} to ${shard.count - 1}/${count}.`);
}

function parseExtras(text: string): Extra[] {
  const names = text.split(",").map((each) => each.trim());
  const wrong = names.find((each) => !EXTRAS.some((extra) => extra === each));
  if (wrong === undefined) return EXTRAS.filter((extra) => names.includes(extra));
  throw new InvalidArgumentError(`"${wrong}" is not one of ${EXTRAS.join(", ")}.`);
}
