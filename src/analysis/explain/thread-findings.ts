import { grouped } from "../../base/grouped.js";
import { durationText } from "../../base/rounded.js";
import type { SchedModel } from "../../sched/model.js";
import type { StackNumbers } from "../profile/stack-numbers.js";
import type { Finding } from "./finding.js";
import {
  count,
  type ExplainedTrace,
  finding,
  functionName,
  ns,
  rate,
  share,
  showCommand,
} from "./finding-writer.js";
import type { GoroutineLives } from "./goroutine-lives.js";
import type { LockedGroup } from "./locked-threads.js";
import { calledText, frameIndex, WAITING } from "./places.js";
import type { RunFunctions } from "./run-functions.js";

/** From this share of the trace on, the handing over of Ps is a finding. */
const THRESHOLD = 0.05;

/** Findings about goroutines that are locked to threads. */
export function threadFindings(
  { locked: { groups }, stacks }: GoroutineLives,
  functions: RunFunctions,
  model: SchedModel,
  trace: ExplainedTrace,
): Finding[] {
  return [...groups.values()]
    .filter(({ onTheWay }) => onTheWay / trace.duration >= THRESHOLD)
    .map((group) => lockedFinding(group, stacks, functions, model, trace));
}

function lockedFinding(
  {
    func,
    goroutines,
    handovers,
    longest,
    longestGoroutine,
    longestSince,
    onTheWay,
    stack,
    starts,
  }: LockedGroup,
  stacks: StackNumbers,
  functions: RunFunctions,
  model: SchedModel,
  trace: ExplainedTrace,
): Finding {
  const start = functionName(func, model.functions);
  const frames = stacks.frames(stack);
  const name = functions.nameOf(start, frames);
  const at = frameIndex(frames, WAITING);
  const perSecond = handovers / (trace.duration / 1e9);
  const who =
    goroutines === 1 ? `A goroutine of ${name} is` : `${grouped(goroutines)} goroutines of ${name} are`;
  const where = frames.length === 0 ? "" : `, mostly after a wait at ${calledText(frames, at)}`;
  const selector = goroutines === 1 ? longestGoroutine : `'${start}'`;
  const worst = { time: longestSince, duration: longest, goroutine: longestGoroutine };
  return finding({
    kind: "locked-thread",
    weight: onTheWay / trace.duration,
    sentence: `${who} locked to ${goroutines === 1 ? "a thread" : "threads"}: another thread had to give its P away in ${grouped(handovers)} of ${grouped(starts)} starts, ${grouped(Math.round(perSecond))} per second${where}. The Ps were on the way there and back for ${durationText(onTheWay)}, ${durationText(onTheWay / handovers)} for each start.`,
    figures: [
      ns("Ps on the way", onTheWay),
      count("starts with another thread's P", handovers),
      rate("starts with another thread's P", perSecond),
      share("of all starts", handovers / starts),
      ns("longest way there", longest),
      count("goroutines", goroutines),
    ],
    frames,
    at,
    worst,
    next: [showCommand(trace, worst), `go2perfetto stats --goroutine ${selector} IN`],
  });
}
