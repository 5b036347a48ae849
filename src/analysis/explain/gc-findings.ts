import { grouped } from "../../base/grouped.js";
import { NONE } from "../../base/ids.js";
import type { Interner } from "../../base/interner.js";
import { durationText, shareText, sizeText } from "../../base/rounded.js";
import { runsRuntimeOnly } from "../../event/start-frame.js";
import type { StackFrame } from "../../event/tables.js";
import type { GcCycles } from "../gc/gc-cycles.js";
import type { ProcRow } from "../proc-use.js";
import type { AssistSites } from "./assist-sites.js";
import type { Finding, FindingFigure } from "./finding.js";
import {
  bytes,
  count,
  type ExplainedTrace,
  finding,
  functionName,
  ns,
  share,
  showCommand,
} from "./finding-writer.js";
import type { ForcedCycles } from "./forced-cycles.js";
import type { HeapGoals } from "./heap-goals.js";
import { calledText, frameIndex, LONGEST_FROM, placeOf, placeText, programIndex, WAITING } from "./places.js";
import type { StopDelayRow, StopDelays, WorstStop } from "./stop-delays.js";
import type { TakenTime } from "./taken-time.js";
import type { TopSums } from "./top-sums.js";

/** From this share of the time of Ps on, and with as many cycles; while it marks, the GC aims at a quarter. */
const GC_SHARE = 0.15;
const CYCLES = 3;
/** From this share of the execution time of goroutines on, and of the trace: a program that hardly runs loses little. */
const ASSIST_SHARE = 0.1;
const ASSIST_TIME = 0.02;
/** From this share of the trace on; or with a delay this long. */
const STOP_SHARE = 0.02;
const LONG_DELAY = 10e6;
/** From this share of the cycles on, goals are low. */
const LOW_GOALS = 0.1;
/** Functions and types of tasks named as those whose time is taken. */
const NAMED = 3;
/** From this share of a stop on its delay is the reason. */
const MOSTLY = 0.5;
/** What the GC does while all Ps are stopped takes less, since Go 1.9. */
const USUAL_STOP = 1e6;
/** From this delay on, the operating system may have kept a thread from going on. */
const NOTABLE_DELAY = 1e6;

/** What the numbers in a {@link TakenTime} mean. */
export interface TakenNames {
  readonly functions: Interner;
  readonly taskTypes: Interner;
}

/** What is behind the figures of the GC. */
export interface GcCauses {
  readonly assists: AssistSites;
  readonly forced: ForcedCycles;
  readonly heap: HeapGoals;
  readonly stops: StopDelays;
}

/** Findings about the GC and stop-the-world. @param execution running time of all goroutines */
export function gcFindings(
  gc: GcCycles,
  causes: GcCauses,
  procs: readonly ProcRow[],
  execution: number,
  names: TakenNames,
  trace: ExplainedTrace,
): Finding[] {
  const work = workFinding(gc, causes.forced, procs, trace);
  const assists = assistFinding(causes.assists, { all: gc.assists.total, execution }, names, trace);
  const found = [...work, ...assists].sort((a, b) => b.weight - a.weight);
  // The program's own calls of the GC do not ask how large the heap is.
  const heap = areForced(causes.forced, cyclesOf(gc)) ? undefined : causes.heap;
  return [
    // Both have the same cause, which is told once.
    ...found.map((each, i) => (i === 0 && heap !== undefined ? withHeap(each, heap) : each)),
    ...causes.stops.rows.filter((row) => isNotable(row, trace)).map((row) => stopFinding(row, names, trace)),
  ];
}

function workFinding(
  gc: GcCycles,
  forced: ForcedCycles,
  procs: readonly ProcRow[],
  trace: ExplainedTrace,
): Finding[] {
  const total = procs.reduce((sum, row) => sum + row.total, 0);
  const all = procs.reduce((sum, row) => sum + row.gc, 0);
  // Assists are a finding of their own. Of what they took, only the time on a P counts here.
  const work = all - procs.reduce((sum, row) => sum + row.assists, 0);
  const [longest] = gc.longestCycles;
  const worst = longest && { time: longest.since, duration: longest.duration };
  const cycles = cyclesOf(gc);
  if (total === 0 || work / total < GC_SHARE || cycles < CYCLES) return [];
  const sentence = `The GC took ${shareText(work, total)} of the time of all Ps, without mark assists: ${grouped(cycles)} cycles, ${durationText(gc.cycles.total)} in all.${forcedText(forced)}`;
  const frames = areForced(forced, cycles) ? (forced.most?.frames ?? []) : [];
  return [
    finding({
      kind: "gc",
      weight: work / total,
      sentence,
      figures: [
        share("of the Ps", work / total),
        ns("P time for the GC", all),
        count("cycles", cycles),
        count("cycles that the program began itself", forced.count),
        ns("cycles in all", gc.cycles.total),
        ns("assists", gc.assists.total),
        ns("stop-the-world", gc.allStops.total),
      ],
      frames,
      at: programIndex(frames, WAITING),
      ...(worst && { worst }),
      next: [...(worst ? [showCommand(trace, worst)] : []), "go2perfetto stats IN"],
    }),
  ];
}

const cyclesOf = ({ cycles }: GcCycles): number => cycles.durations.count + cycles.cut;

/** Whether the program began most cycles itself. */
const areForced = ({ count: number }: ForcedCycles, cycles: number): boolean => number * 2 > cycles;

/** Adds how large the heap was, and what began the cycles if GOGC=100 did not. */
function withHeap(found: Finding, { cycles, goals, live, withLowGoal, withoutGoal }: HeapGoals): Finding {
  if (cycles === 0) return found;
  const mean = bytes("mean live heap", live / cycles);
  const withGoal = cycles - withoutGoal;
  const before = `${found.sentence} The live heap was ${sizeText(Math.round(mean.value))} on average`;
  if (withoutGoal > withGoal)
    return {
      ...found,
      sentence: `${before}. There was no heap goal (GOGC=off): a memory limit began the cycles.`,
      figures: [...found.figures, mean],
    };
  const goal = bytes("mean heap goal", goals / withGoal);
  const which = withLowGoal < withGoal ? `in ${grouped(withLowGoal)} of ${grouped(cycles)} cycles ` : "";
  const why = `: ${which}less than twice as much, so a lower GOGC than 100 or a memory limit was in force`;
  const isLow = withLowGoal >= LOW_GOALS * cycles;
  return {
    ...found,
    sentence: `${before}, the heap goal ${sizeText(Math.round(goal.value))}${isLow ? why : ""}.`,
    figures: [...found.figures, mean, goal],
  };
}

/** Which cycles the program began itself. */
function forcedText({ count: number, most }: ForcedCycles): string {
  if (most === undefined) return "";
  const place = placeText(placeOf(most.frames[programIndex(most.frames, WAITING)]));
  const which = number === most.count ? `at ${place}` : `most often at ${place}`;
  return ` The program began ${grouped(number)} of them itself, ${which}.`;
}

/** Nanoseconds of all assists, and of all goroutines that ran. */
interface AssistTimes {
  readonly all: number;
  readonly execution: number;
}

function assistFinding(
  { stacks, table, taken }: AssistSites,
  { all, execution }: AssistTimes,
  names: TakenNames,
  trace: ExplainedTrace,
): Finding[] {
  if (all < ASSIST_SHARE * execution || all < ASSIST_TIME * trace.duration) return [];
  let site = 0;
  for (let at = 1; at < table.length; at++)
    if ((table.total[at] as number) > (table.total[site] as number)) site = at;
  const frames = table.length === 0 ? [] : stacks.frames(table.longestStack[site] as number);
  const most = table.length === 0 ? 0 : (table.total[site] as number);
  const at = programIndex(frames, WAITING);
  const place = calledText(frames, at, LONGEST_FROM);
  const worst = {
    time: table.longestSince[site] as number,
    duration: table.longest[site] as number,
    goroutine: table.longestGoroutine[site] as number,
  };
  return [
    finding({
      kind: "gc-assist",
      weight: all / Math.max(execution, trace.duration),
      sentence: `Goroutines had to help the GC before they could allocate, or waited for it, for ${durationText(all)} in all, against ${durationText(execution)} of running. ${shareText(most, all)} of that was at ${place}.${takenText(taken, names)}`,
      figures: [
        ns("assists", all),
        share("per execution time", execution === 0 ? 0 : all / execution),
        ns("at this place", most),
        count("assists at this place", table.count[site] ?? 0),
        ns("longest at this place", worst.duration),
        ...takenFigures(taken, names),
      ],
      frames,
      at,
      ...(frames.length > 0 && { worst }),
      next: [...(frames.length > 0 ? [showCommand(trace, worst)] : []), "go2perfetto stats IN"],
    }),
  ];
}

/** Whose time it took: the function of the goroutines that lost most, and the type of the tasks. */
function takenText({ functions, tasks }: TakenTime, names: TakenNames): string {
  const [func] = functions.greatestOf(1);
  if (func === undefined || func.sum === 0) return "";
  const [task] = knownTasks(tasks, 1);
  const from = `${shareText(func.sum, functions.total)} of the time was taken from goroutines of ${functionName(func.key, names.functions)}`;
  if (task === undefined) return ` ${from}.`;
  return ` ${from}, ${shareText(task.sum, tasks.total)} from tasks "${names.taskTypes.text(task.key)}".`;
}

function takenFigures({ functions, tasks }: TakenTime, names: TakenNames): FindingFigure[] {
  const lost = functions.greatestOf(NAMED).filter(({ sum }) => sum > 0);
  return [
    ...lost.map(({ key, sum }) => ns(`taken from ${functionName(key, names.functions)}`, sum)),
    ...knownTasks(tasks, NAMED).map(({ key, sum }) =>
      ns(`taken from tasks "${names.taskTypes.text(key)}"`, sum),
    ),
  ];
}

function knownTasks(tasks: TopSums, count: number): { readonly key: number; readonly sum: number }[] {
  return tasks
    .greatestOf(count + 1)
    .filter(({ key, sum }) => key !== NONE && sum > 0)
    .slice(0, count);
}

function isNotable({ total, worst }: StopDelayRow, { duration }: ExplainedTrace): boolean {
  return total / duration >= STOP_SHARE || worst.delay >= LONG_DELAY;
}

/** For whom a stop waited. */
function lastText({ frames, function: func, goroutine, proc }: WorstStop): string {
  if (proc === undefined) return "";
  const who = goroutine === undefined ? "" : `goroutine ${goroutine} (${func}) on `;
  const at = frames.length === 0 ? "" : ` at ${placeText(placeOf(frames[frameIndex(frames, WAITING)]))}`;
  return `, until ${who}P ${proc} stopped${at}`;
}

/** The stack of the program's line that stops the world most; empty for the GC, which any allocation may begin. */
function callerFrames({ callers, kind }: StopDelayRow): readonly StackFrame[] {
  return kind.startsWith("GC ") ? [] : (callers.most?.frames ?? []);
}

/** @param frames of the line that stops the world most @param lines that do */
function callerText(frames: readonly StackFrame[], lines: number): string {
  if (frames.length === 0) return "";
  const place = placeText(placeOf(frames[programIndex(frames, WAITING)]));
  return lines === 1 ? ` at ${place}` : `, mostly at ${place}`;
}

/** Why a P kept the world waiting, as far as a trace can tell. */
function delayText({ delay, profile, total, worst }: StopDelayRow): string {
  const isReason = delay >= MOSTLY * total || worst.delay >= LONG_DELAY;
  if (!isReason || worst.delay < NOTABLE_DELAY || worst.proc === undefined) return "";
  // Of a goroutine that is older than the trace, the stack may be the first that tells what it runs.
  const func = worst.function || worst.frames.at(-1)?.func || "";
  if (worst.goroutine === undefined || runsRuntimeOnly(func))
    return " What the runtime runs there stops within microseconds: the operating system kept its thread from going on, as on a machine that is busy or with a CPU limit.";
  if (profile.hadCpu === true)
    return " CPU samples show that what stopped last did run: it did not give way.";
  if (profile.hadCpu === false)
    return " CPU samples show that what stopped last did not run: its thread had no CPU.";
  return " It did not give way, or its thread had no CPU: the trace does not tell which.";
}

/** Why the world stood still after the last P had stopped. */
function stoppedText({ count: number, delay, kind, total }: StopDelayRow): string {
  const stopped = (total - delay) / number;
  if (!kind.startsWith("GC ") || stopped < USUAL_STOP) return "";
  return ` Then it took ${durationText(stopped)} on average until the world went on, where the GC usually needs well below 1 ms: the thread that stopped the world may have had no CPU.`;
}

function stopFinding(row: StopDelayRow, names: TakenNames, trace: ExplainedTrace): Finding {
  const { callers, count: number, delay, kind, taken, total, worst } = row;
  const { duration } = trace;
  const why = kind === "" ? "an unknown reason" : `"${kind}"`;
  const caller = callerFrames(row);
  const what = `The world was stopped ${number === 1 ? "once" : `${grouped(number)} times`} for ${why}${callerText(caller, callers.count)}, ${durationText(total)} in all.`;
  const isDelay = delay >= MOSTLY * total;
  const frames = isDelay ? worst.frames : caller;
  const first = { time: worst.since, duration: worst.delay + worst.stopped };
  const wait =
    delay === 0
      ? "No P kept it waiting"
      : `${shareText(delay, total)} of that went by before the last P stopped; at most ${durationText(worst.delay)}${lastText(worst)}`;
  return finding({
    kind: "stop-the-world",
    weight: total / duration,
    sentence: `${what} ${wait}.${delayText(row)}${stoppedText(row)}${takenText(taken, names)}`,
    subject: kind,
    figures: [
      ns("stop-the-world", total),
      count("stops", number),
      ns("until all Ps had stopped", delay),
      ns("longest delay", worst.delay),
      ...takenFigures(taken, names),
    ],
    ...(frames.length > 0 && {
      frames,
      at: isDelay ? frameIndex(frames, WAITING) : programIndex(frames, WAITING),
    }),
    worst: { ...first, ...(worst.goroutine !== undefined && { goroutine: worst.goroutine }) },
    next: [showCommand(trace, first)],
  });
}
