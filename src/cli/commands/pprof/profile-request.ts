import { join } from "node:path";
import { KIND_NAMES, kindInfo, type ProfileKind } from "../../../analysis/profile/kinds.js";
import type { RegionQuery } from "../../../analysis/profile/region-filter.js";
import { shownName } from "../../connection/trace-url.js";
import { outputFile } from "../../output/output-name.js";
import { ExitCode } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import { STDIO } from "../../process/stdio.js";
import type { ProfileOptions } from "./command.js";

/** What a command line asks for. */
export interface ProfileRequest {
  readonly input: string;
  /** Where each kind goes. */
  readonly targets: ReadonlyMap<ProfileKind, string>;
  /** The folder that they are in, if it may have to be made. */
  readonly folder: string | undefined;
  readonly region: RegionQuery | undefined;
}

/**
 * Makes sense of the words and options of a command line.
 * @param words the arguments: a kind and IN, or with `--all` only IN
 * @throws Failure if there is none in them
 */
export function profileRequest(words: readonly string[], options: ProfileOptions): ProfileRequest {
  const { region: name, regionLatency } = options;
  if (name === undefined && regionLatency !== undefined) {
    throw usage("--region-latency says how long a region takes: which one?", "Give --region too.");
  }
  const region = name === undefined ? undefined : { name, ...regionLatency };
  return { ...(options.all ? allKinds(words, options) : oneKind(words, options)), region };
}

type Targets = Omit<ProfileRequest, "region">;

function allKinds(words: readonly string[], { output, reason }: ProfileOptions): Targets {
  const [input, ...more] = words;
  if (input === undefined || more.length > 0) {
    throw usage("with --all there is no KIND, only IN", "Write: go2perfetto pprof --all -o DIR IN");
  }
  if (output === undefined || output === STDIO) {
    throw usage("--all writes more than one file", "Say -o DIR.");
  }
  if (reason !== undefined) throw reasonless("not every profile of --all");
  const targets = new Map(KIND_NAMES.map((kind) => [kind, join(output, `${kind}.pb.gz`)]));
  return { input, targets, folder: output };
}

function oneKind(words: readonly string[], { output, reason }: ProfileOptions): Targets {
  const [word = "", input] = words;
  const kind = KIND_NAMES.find((each) => each === word);
  if (kind === undefined) {
    throw usage(`there is no profile "${shownName(word)}"`, `KIND is one of ${KIND_NAMES.join(", ")}.`);
  }
  if (input === undefined) {
    throw usage(`${word} of what?`, `Write: go2perfetto pprof ${kind} IN (- for standard input)`);
  }
  if (reason !== undefined && kindInfo(kind).activity !== kindInfo("wait").activity) {
    throw reasonless(`not the profile ${kind}`);
  }
  return {
    input,
    targets: new Map([[kind, outputFile(input, output, `.${kind}.pb.gz`)]]),
    folder: undefined,
  };
}

function reasonless(what: string): Failure {
  return usage(`--reason is about waiting, ${what}`, "It goes with wait, net and sync.");
}

function usage(message: string, advice: string): Failure {
  return new Failure(message, advice, { exitCode: ExitCode.Usage });
}
