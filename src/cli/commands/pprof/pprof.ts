import { AnalysisPass } from "../../../analysis/analysis.js";
import { kindInfo, type ProfileKind } from "../../../analysis/profile/kinds.js";
import { difference, type ProfileStream } from "../../../analysis/profile/profile.js";
import { Profiles } from "../../../analysis/profile/profiles.js";
import { wallClockAt } from "../../../event/wall-clock.js";
import { outside } from "../../../select/part-reader.js";
import { mostSimilar } from "../../../select/similar.js";
import { shownName } from "../../connection/trace-url.js";
import { choiceOf } from "../../input/made-up-names.js";
import { Progress } from "../../input/progress.js";
import { concludeReading, readAll } from "../../input/reading.js";
import { openWithPart } from "../../input/selected-input.js";
import { selectionFailure } from "../../input/trace-failure.js";
import { optionsFor } from "../../options/capture.js";
import { refuseSameFile } from "../../output/same-file.js";
import { resolveTarget } from "../../output/target.js";
import { ExitCode, gravest } from "../../process/exit-codes.js";
import { Failure } from "../../process/failure.js";
import { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import { PATH, type PprofOptions, type ProfileRequest, profileRequest } from "./profile-request.js";
import { writeProfiles } from "./write-profiles.js";

/** The most names in an error message. */
const SUGGESTIONS = 5;

/** The profiles of a trace. */
interface Reading {
  readonly profiles: Profiles;
  /** The wall clock at the start of the trace. */
  readonly start: bigint | undefined;
  readonly code: ExitCode;
}

/** `go2perfetto pprof KIND IN` and `go2perfetto pprof --all -o DIR IN` */
export async function pprofCommand(
  words: readonly string[],
  options: PprofOptions,
  messages = new Messages(options),
): Promise<ExitCode> {
  if (words[0] === PATH && !options.all) {
    const { pathProfileCommand } = await import("./path-profile.js");
    return pathProfileCommand(words[1], options, messages);
  }
  const request = profileRequest(words, options);
  const { base: basePath } = options;
  const inputs = [request.input, ...(basePath === undefined ? [] : [basePath])];
  for (const target of request.targets.values()) {
    for (const input of inputs) await refuseSameFile(input, target, options);
    // Report an unwritable target before a capture, not after.
    if (request.folder === undefined && target !== STDIO) await resolveTarget(target);
  }
  const read = (path: string, index: number) =>
    readProfiles(path, request, optionsFor(index, inputs, options), messages);
  const reading = await read(request.input, 0);
  const base = basePath === undefined ? undefined : await read(basePath, 1);
  checkRegions(request, [reading, ...(base === undefined ? [] : [base])]);
  const profileOf = (kind: ProfileKind): ProfileStream => {
    const { reason } = options;
    if (base === undefined) return reading.profiles.stream(kind, reason);
    return difference(reading.profiles.profile(kind, reason), base.profiles.profile(kind, reason));
  };
  const profiles = [...request.targets].map(([kind, target]) => ({
    target,
    // Samples may be many: one profile at a time.
    profile: () => profileOf(kind),
    comments: commentsOn(kind, options),
  }));
  await writeProfiles(request.folder, profiles, reading.start, messages);
  return gravest([reading.code, base?.code ?? ExitCode.Done]);
}

async function readProfiles(
  path: string,
  { region: asked, targets }: ProfileRequest,
  options: PprofOptions,
  messages: Messages,
): Promise<Reading> {
  const { input, part } = await openWithPart(path, options);
  const { name, trace } = input;
  const { selection, window } = part;
  const region = asked && { ...asked, name: choiceOf({ region: asked.name }, options).region ?? "" };
  const profiles = new Profiles({
    kinds: [...targets.keys()],
    fromCreation: options.fromCreation ?? false,
    ...window,
    ...(region && { region }),
    ...(selection && { goroutine: (id: number) => selection.goroutines.has(id) }),
  });
  const pass = new AnalysisPass([profiles]);
  const progress = new Progress(input, options);
  let events = 0;
  let end = 0;
  const error = await readAll(trace, (block) => {
    pass.events(block);
    events += block.length;
    end = block.time[block.length - 1] ?? end;
    progress.update(events);
  }).finally(() => progress.stop());
  pass.end();
  // The first event is the beginning of a generation, not an event of the program.
  const code = concludeReading(name, trace, error, events > 1, options, messages);
  const from = window?.from ?? 0;
  if (from > end) throw selectionFailure(outside(from, end), name);
  const { clock } = profiles;
  return { profiles, start: clock && wallClockAt(clock, trace.timeBase + from), code };
}

/** @throws Failure if no trace has a region that matches */
function checkRegions(request: ProfileRequest, readings: readonly Reading[]): void {
  const { region } = request;
  const counts = readings.map(({ profiles }) => profiles.regions);
  if (region === undefined || counts.some(({ matches }) => matches > 0)) return;
  const named = counts.reduce((sum, each) => sum + each.named, 0);
  const input = shownName(request.input);
  if (named > 0) throw new Failure(`${input}: no region "${region.name}" has such a length`);
  const names = readings.flatMap(({ profiles }) => profiles.regionNames);
  const others = [...new Set(names)].filter((name) => name !== region.name);
  if (others.length === 0)
    throw new Failure(`${input}: no region "${region.name}": the trace has no regions`);
  const advice = `Similar regions: ${mostSimilar(region.name, others, SUGGESTIONS).join(", ")}`;
  throw new Failure(`${input}: no region "${region.name}"`, advice);
}

/** The comments in a profile. */
function commentsOn(kind: ProfileKind, options: PprofOptions): string[] {
  const { base, fromCreation, reason, regionLatency } = options;
  const { region } = choiceOf(options, options);
  return [
    `goroutines ${kindInfo(kind).about}`,
    reason && `reasons: ${reason}`,
    region && `regions: ${region}`,
    regionLatency && `regions that take ${regionLatency.min ?? 0}..${regionLatency.max ?? ""} ns`,
    fromCreation && "also before their first run",
    base && "less those of another trace",
  ].filter((comment) => typeof comment === "string" && comment !== "") as string[];
}
