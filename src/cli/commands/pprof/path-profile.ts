import { CriticalPaths } from "../../../analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../../analysis/explain/path/instance-times.js";
import type { PathQuery } from "../../../analysis/explain/path/instances.js";
import { PathProfile } from "../../../analysis/explain/path/path-profile.js";
import { pathQuery } from "../../../analysis/explain/path/path-query.js";
import { Extent } from "../../../analysis/extent.js";
import { shownName } from "../../connection/trace-url.js";
import { readAgain, readAnalyses } from "../../input/analysed-input.js";
import { canReadAgain, nameOf } from "../../input/input.js";
import { choiceOf } from "../../input/made-up-names.js";
import { outputFile } from "../../output/output-name.js";
import { refuseSameFile } from "../../output/same-file.js";
import { resolveTarget } from "../../output/target.js";
import type { ExitCode } from "../../process/exit-codes.js";
import { Failure, usageFailure } from "../../process/failure.js";
import type { Messages } from "../../process/messages.js";
import { STDIO } from "../../process/stdio.js";
import type { PprofOptions } from "./profile-request.js";
import { writeProfiles } from "./write-profiles.js";

/** `go2perfetto pprof path IN`: the critical paths of tasks, regions or goroutines. */
export async function pathProfileCommand(
  path: string | undefined,
  options: PprofOptions,
  messages: Messages,
): Promise<ExitCode> {
  const { goroutine, output, region, task } = options;
  const choice = choiceOf(options, options);
  if (path === undefined) throw usageFailure("IN is missing", "Write: go2perfetto pprof path IN --task TYPE");
  refuseOthers(options);
  if (region === undefined && task === undefined && goroutine === undefined)
    throw usageFailure(
      "path needs --task, --region or --goroutine",
      "Say whose latency the profile is about.",
    );
  const target = outputFile(path, output, ".path.pb.gz");
  await refuseSameFile(path, target, options);
  if (target !== STDIO) await resolveTarget(target);
  if (!(await canReadAgain(path)))
    throw usageFailure(`${nameOf(path)} can be read only once`, "Save it to a file first.");
  let asked: { readonly query: PathQuery; readonly times: InstanceTimes } | undefined;
  const { code, report, window } = await readAnalyses(path, options, messages, (reported) => {
    const query = pathQuery(choice, reported);
    const extent = new Extent();
    const report = (...state: [boolean, boolean]) => ({ trace: extent.figures(...state) });
    if (query === undefined) return { analyses: [extent], report };
    asked = { query, times: new InstanceTimes(query) };
    return { analyses: [extent, asked.times], report };
  });
  if (asked === undefined || asked.times.slowest === undefined)
    throw new Failure(`${shownName(path)}: ${whatOf(options)} begins and ends in the trace`);
  const profile = new PathProfile();
  const critical = new CriticalPaths(asked.query, asked.times, undefined, profile.visit);
  await readAgain(path, window, options, [critical]);
  const labels = {
    ...(choice.region !== undefined && { region: choice.region }),
    ...(choice.task !== undefined && {
      task: "id" in choice.task ? String(choice.task.id) : choice.task.type,
    }),
  };
  const written = {
    target,
    profile: () => profile.stream(critical.names, report.trace.duration, labels),
    comments: ["critical paths: what each waits for, and what that does"],
  };
  await writeProfiles(undefined, [written], undefined, messages);
  return code;
}

/** @throws Failure for an option that other kinds of profiles have */
function refuseOthers({ base, fromCreation, reason, regionLatency }: PprofOptions): void {
  const others = {
    "--base": base,
    "--from-creation": fromCreation,
    "--reason": reason,
    "--region-latency": regionLatency,
  };
  const [wrong] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (wrong !== undefined)
    throw usageFailure(
      `${wrong} cannot be used with path`,
      "The profile has whole tasks, regions or goroutines.",
    );
}

function whatOf({ region, task }: PprofOptions): string {
  if (region !== undefined) return `no region "${region}"`;
  if (task === undefined) return "no selected goroutine";
  return "id" in task ? `no task ${task.id}` : `no task of type "${task.type}"`;
}
