import { join } from "node:path";
import { KIND_NAMES, kindInfo, type ProfileKind } from "../../../analysis/profile/kinds.js";
import type { RegionQuery } from "../../../analysis/profile/region-filter.js";
import { shownName } from "../../connection/trace-url.js";
import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";
import { outputFile } from "../../output/output-name.js";
import { type Failure, usageFailure } from "../../process/failure.js";
import { STDIO } from "../../process/stdio.js";

/** The kind of profile that has critical paths; see {@link pathProfileCommand}. */
export const PATH = "path";

/** The options of profiles. */
export interface ProfileOptions {
  readonly output?: string;
  readonly all?: boolean;
  readonly region?: string;
  readonly regionLatency?: Pick<RegionQuery, "min" | "max">;
  readonly reason?: RegExp;
  readonly fromCreation?: boolean;
  readonly base?: string;
}

/** The options of `pprof`. */
export type PprofOptions = ProfileOptions & SelectionOptions & CommonOptions;

/** The request of a command line. */
export interface ProfileRequest {
  readonly input: string;
  /** The output of each kind. */
  readonly targets: ReadonlyMap<ProfileKind, string>;
  /** The folder of the outputs, if it may have to be created. */
  readonly folder: string | undefined;
  readonly region: RegionQuery | undefined;
}

/**
 * Combines the arguments and options of a command line.
 * @param words the arguments: a kind and IN, or with `--all` only IN
 * @throws Failure if they contradict each other
 */
export function profileRequest(words: readonly string[], options: ProfileOptions): ProfileRequest {
  const { region: name, regionLatency } = options;
  if (name === undefined && regionLatency !== undefined) {
    throw usageFailure("--region-latency needs --region", "Give the name of the regions with --region.");
  }
  const region = name === undefined ? undefined : { name, ...regionLatency };
  return { ...(options.all ? allKinds(words, options) : oneKind(words, options)), region };
}

type Targets = Omit<ProfileRequest, "region">;

function allKinds(words: readonly string[], { output, reason }: ProfileOptions): Targets {
  const [input, ...more] = words;
  if (input === undefined || more.length > 0) {
    throw usageFailure("--all takes IN only, without KIND", "Write: go2perfetto pprof --all -o DIR IN");
  }
  if (output === undefined || output === STDIO) {
    throw usageFailure("--all writes several files", "Give a folder with -o DIR.");
  }
  if (reason !== undefined) throw reasonless("and --all has other profiles too");
  const targets = new Map(KIND_NAMES.map((kind) => [kind, join(output, `${kind}.pb.gz`)]));
  return { input, targets, folder: output };
}

function oneKind(words: readonly string[], { output, reason }: ProfileOptions): Targets {
  const [word = "", input] = words;
  const kind = KIND_NAMES.find((each) => each === word);
  if (kind === undefined) {
    throw usageFailure(
      `there is no profile "${shownName(word)}"`,
      `KIND is one of ${[...KIND_NAMES, PATH].join(", ")}.`,
    );
  }
  if (input === undefined) {
    throw usageFailure("IN is missing", `Write: go2perfetto pprof ${kind} IN (- for standard input)`);
  }
  if (reason !== undefined && kindInfo(kind).activity !== kindInfo("wait").activity) {
    throw reasonless(`and ${kind} has none`);
  }
  return {
    input,
    targets: new Map([[kind, outputFile(input, output, `.${kind}.pb.gz`)]]),
    folder: undefined,
  };
}

function reasonless(what: string): Failure {
  return usageFailure(`--reason selects waits, ${what}`, "Use it with the kinds wait, net and sync.");
}
