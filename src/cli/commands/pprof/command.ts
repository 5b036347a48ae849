import { type Command, Option } from "commander";
import { KIND_NAMES } from "../../../analysis/profile/kinds.js";
import type { RegionQuery } from "../../../analysis/profile/region-filter.js";
import { once } from "../../options/selection.js";
import { parseName, parsePattern, parseTimeRange } from "../../options/values.js";

/** The options that say which profiles are made of what. */
export interface ProfileOptions {
  readonly output?: string;
  readonly all?: boolean;
  readonly region?: string;
  readonly regionLatency?: Pick<RegionQuery, "min" | "max">;
  readonly reason?: RegExp;
  readonly fromCreation?: boolean;
  readonly base?: string;
}

/** Adds them to a command, and its arguments: no other has two. */
export function addProfileOptions(command: Command): Command {
  return command
    .summary("write where goroutines wait, for go tool pprof")
    .description(
      "Writes where goroutines wait or run, by stack, as a profile for go tool pprof. The kinds net, sync, syscall and sched are those of go tool trace -pprof, with the same numbers.",
    )
    .usage("[options] <KIND> <IN>\n       go2perfetto pprof [options] --all -o <DIR> <IN>")
    .argument("<KIND>", `what of: ${KIND_NAMES.join(", ")}; none with --all`)
    .argument(
      "[IN]",
      "trace file, URL or HOST:PORT of a program with net/http/pprof, or - for standard input; may be gzipped",
    )
    .showHelpAfterError("go2perfetto help pprof says how.")
    .option("-o, --output <OUT>", "file to write, FOLDER/, or -; without it, IN with its extension replaced")
    .option("--all", "every kind, out of one pass, into the folder that -o names")
    .addOption(
      new Option("--region <NAME>", "only within user regions of this name").argParser(once(parseName)),
    )
    .addOption(
      new Option("--region-latency <MIN..MAX>", "only those that take so long, such as 1ms..10ms").argParser(
        once(parseTimeRange),
      ),
    )
    .addOption(
      new Option(
        "--reason </re/>",
        "only waits for reasons that this matches: with wait, net, sync",
      ).argParser(once(parsePattern)),
    )
    .option("--from-creation", "also what came before a goroutine's first run, as new goroutines in sched")
    .addOption(
      new Option("--base <A>", "the difference from another trace: IN minus A").argParser(once(parseName)),
    );
}
