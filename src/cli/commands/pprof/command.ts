import { InvalidArgumentError, Option } from "commander";
import { KIND_NAMES, kindInfo } from "../../../analysis/profile/kinds.js";
import type { RegionQuery } from "../../../analysis/profile/region-filter.js";
import { addAnonymizeOptions } from "../../options/anonymize.js";
import { addCommonOptions } from "../../options/common.js";
import { addSelectionOptions } from "../../options/selection.js";
import { parseName, parseTime } from "../../options/values.js";
import { type CommandDescription, TRACE_ARGUMENT } from "../description.js";
import type { PprofOptions } from "./profile-request.js";

/** `go2perfetto pprof KIND IN` and `go2perfetto pprof --all -o DIR IN` */
export const pprof: CommandDescription<PprofOptions> = {
  name: "pprof",
  summary: "write a profile of where goroutines wait, for go tool pprof",
  description:
    "Writes a profile of where goroutines wait or run, by stack, for go tool pprof. The kinds net, sync, syscall and sched have the numbers of go tool trace -pprof.",
  usage: "[options] <KIND> <IN>\n       go2perfetto pprof [options] --all -o <DIR> <IN>",
  arguments: {
    "<KIND>": "kind of profile; left out with --all",
    "[IN]": TRACE_ARGUMENT,
  },
  addOptions(command) {
    const [kind] = command.registeredArguments;
    // With --all IN stands in its place: so these are not all that is valid.
    if (kind !== undefined) kind.argChoices = [...KIND_NAMES, "path"];
    command
      .option("-o, --output <OUT>", "file to write, FOLDER/, or - (default: IN with another extension)")
      .option("--all", "write every kind but path in one pass, into the folder that -o names")
      .addOption(new Option("--region <NAME>", "only within user regions of this name").argParser(parseName))
      .addOption(
        new Option("--region-latency <MIN..MAX>", "only regions of this length, such as 1ms..10ms").argParser(
          parseTimeRange,
        ),
      )
      .addOption(
        new Option(
          "--reason </re/>",
          "only waits whose reason matches; for the kinds wait, net and sync",
        ).argParser(parsePattern),
      )
      .option(
        "--from-creation",
        "also the time before a goroutine's first run, such as that of new goroutines in sched",
      )
      .addOption(
        new Option("--base <A>", "write the difference from another trace: IN minus A").argParser(parseName),
      );
    addAnonymizeOptions(command);
    addSelectionOptions(command);
    addCommonOptions(command);
  },
  help: `
${kindLines()}

As in go tool trace, an interval counts from a goroutine's first run on; --from-creation also counts the time before.
Samples have the labels goroutine (the start function), reason, region and task: go tool pprof -tagfocus='sync.*' OUT

Examples:
  go2perfetto pprof sync trace.out       writes trace.sync.pb.gz
  go2perfetto pprof --all -o profiles trace.out
  go2perfetto pprof wait --reason '/^sleep/' trace.out -o sleep.pb.gz
  go2perfetto pprof sched trace.out -o - > sched.pb.gz
  go2perfetto pprof path --goroutine main.consumer trace.out
  go2perfetto pprof sync --base trace.out.gz trace.out -o more.pb.gz`,
  run: async (words, options) => (await import("./pprof.js")).pprofCommand(words, options),
};

/** A line for each kind of profile. */
function kindLines(): string {
  const kinds = KIND_NAMES.map((kind) => [kind, kindInfo(kind).about]);
  const all = [...kinds, ["path", "critical paths (see docs/explain.md) of --task, --region or --goroutine"]];
  return ["Kinds:", ...all.map(([kind = "", about]) => `  ${kind.padEnd(9)} ${about}`)].join("\n");
}

/** Parses `MIN..MAX`, where one of the two may be missing. @throws InvalidArgumentError */
function parseTimeRange(text: string): Pick<RegionQuery, "min" | "max"> {
  const [, min, max] = /^(.*?)\.\.(.*)$/.exec(text) ?? [];
  if (min === undefined || max === undefined || text === "..") {
    throw new InvalidArgumentError("A range is MIN..MAX, MIN.. or ..MAX, such as 1ms..10ms.");
  }
  const range = { ...(min && { min: parseTime(min) }), ...(max && { max: parseTime(max) }) };
  if ((range.min ?? 0) > (range.max ?? Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError("MIN is more than MAX.");
  }
  return range;
}

/** Parses a regular expression between slashes. @throws InvalidArgumentError */
function parsePattern(text: string): RegExp {
  const [, source] = /^\/(.+)\/$/.exec(text) ?? [];
  if (source === undefined)
    throw new InvalidArgumentError("Write a regular expression between slashes: /sync/.");
  try {
    return new RegExp(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
}
