import { grouped } from "../../base/grouped.js";
import { NONE } from "../../base/ids.js";
import { durationText, shareText } from "../../base/rounded.js";
import { COROUTINE, coroutineName } from "../../event/coroutine.js";
import { standardFile } from "../../event/standard-library.js";
import type { StackFrame } from "../../event/tables.js";
import type { SchedModel } from "../../sched/model.js";
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
import type { GoroutineLives, LastingGroup, ShortLives, Yields } from "./goroutine-lives.js";
import type { Herd } from "./herds.js";
import { calledText, callerText, frameIndex, lineKey, WAITING } from "./places.js";
import type { RunFunctions } from "./run-functions.js";
import type { SleepLoop } from "./sleep-loops.js";

/** A leak has at least as many goroutines, of which some came in this many tenths of the trace. */
const LEAKED = 10;
const LEAK_PARTS = 4;
const LEAK_SHARE = 0.05;
/** Per second. */
const CHURN_RATE = 10_000;
/** The runtime itself does not count. */
const RUNTIME = /^runtime\./;
const GOSCHED = "runtime.Gosched";
const SLEEP = "time.Sleep";
/** From this share of all runs, or of the time of one P, on. */
const CHURN_SHARE = 0.1;
const YIELD_SHARE = 0.05;
/** Sleeps per second of loops at one line, and their share of all runs. */
const POLL_RATE = 200;
const POLL_SHARE = 0.1;
/** A herd has at least as many goroutines; of its wake-ups, so many a second and this share are for nothing, and cost this share of all runs. */
const HERD = 3;
const HERD_RATE = 1000;
const HERD_VAIN = 0.5;
const HERD_SHARE = 0.1;

/** Findings about goroutines that never end, that end at once, that yield or sleep in a loop, or that are woken for nothing. */
export function lifeFindings(
  lives: GoroutineLives,
  functions: RunFunctions,
  model: SchedModel,
  trace: ExplainedTrace,
): Finding[] {
  return [
    ...leakFindings(lives, functions, model, trace),
    ...churnFindings(lives, model, trace),
    ...yieldFindings(lives, trace),
    ...pollingFindings(lives, trace),
    ...herdFindings(lives, trace),
  ];
}

function leakFindings(
  lives: GoroutineLives,
  functions: RunFunctions,
  model: SchedModel,
  trace: ExplainedTrace,
): Finding[] {
  const leaks = joined(
    lives.lasting.values(),
    ({ createdAt, func, waitsAt }) => `${func} ${lineOf(lives, createdAt)} ${lineOf(lives, waitsAt)}`,
    joinLeaks,
  ).filter((group) => isLeak(group, lives) && !isRuntime(group.func, model));
  // What the standard library started for the program's own goroutines, such as those of a connection, waits with them.
  const own = leaks.filter((group) => isOfProgram(group, lives));
  const [most] = [...own].sort((a, b) => b.count - a.count);
  if (most === undefined) return leaks.map((group) => leakFinding(group, [], lives, functions, model, trace));
  const others = leaks.filter((group) => !own.includes(group));
  return own.map((group) => leakFinding(group, group === most ? others : [], lives, functions, model, trace));
}

/** Whether the program itself created goroutines, or has a function in the stack in which they wait. */
function isOfProgram({ createdAt, waitsAt }: LastingGroup, { stacks }: GoroutineLives): boolean {
  return [createdAt, waitsAt].some((stack) =>
    stacks.frames(stack).some((frame) => standardFile(frame) === undefined),
  );
}

function isLeak({ count: number, parts }: LastingGroup, { alive }: GoroutineLives): boolean {
  let tenths = 0;
  for (let rest = parts; rest !== 0; rest &= rest - 1) tenths++;
  return number >= LEAKED && tenths >= LEAK_PARTS && number / alive >= LEAK_SHARE;
}

function leakFinding(
  { count: number, createdAt, func, goroutine, reason, since, waitsAt }: LastingGroup,
  others: readonly LastingGroup[],
  { alive, stacks }: GoroutineLives,
  functions: RunFunctions,
  model: SchedModel,
  trace: ExplainedTrace,
): Finding {
  const frames = stacks.frames(createdAt);
  const wait = stacks.frames(waitsAt);
  const at = frameIndex(frames, WAITING);
  const place = enclosedText(frames, at);
  const start = functionName(func, model.functions);
  const isCoroutine = start === COROUTINE;
  const name = (isCoroutine && coroutineName(frames)) || functions.nameOf(start, wait);
  const why = reason === NONE ? "" : model.reasons.text(reason);
  const perSecond = number / (trace.duration / 1e9);
  const worst = { time: since, duration: trace.duration - since, goroutine };
  const standard = others.reduce((sum, each) => sum + each.count, 0);
  const started = others.map((each) => functionName(each.func, model.functions));
  const beside =
    standard === 0
      ? ""
      : ` So do ${grouped(standard)} goroutines that the standard library created: ${started.join(", ")}.`;
  return finding({
    kind: "leak",
    weight: number / alive,
    sentence: `${grouped(number)} ${isCoroutine ? "coroutines" : "goroutines"} of ${name}, created at ${place} all through the trace, wait at its end${why && ` (${why})`} ${isCoroutine ? "for next or stop" : `at ${waitText(wait)}`}: ${perSecond.toFixed(1)} more per second, the oldest for ${durationText(worst.duration)}.${beside}`,
    figures: [
      count("goroutines", number),
      rate("more", perSecond),
      share("of all goroutines at the end", number / alive),
      ns("longest wait", worst.duration),
      ...(standard === 0 ? [] : [count("goroutines of the standard library", standard)]),
    ],
    frames,
    at,
    worst,
    next: [`go2perfetto open --goroutine ${goroutine} IN`, `go2perfetto stats --goroutine '${start}' IN`],
  });
}

/** Where goroutines wait, with the line of the program from which the standard library was called. */
function waitText(frames: readonly StackFrame[]): string {
  return calledText(frames, frameIndex(frames, WAITING));
}

/** {@link calledText} within a sentence that goes on: what is behind a comma has one after it, too. */
function enclosedText(frames: readonly StackFrame[], at: number): string {
  return `${calledText(frames, at)}${callerText(frames, at) && ","}`;
}

function churnFindings(lives: GoroutineLives, model: SchedModel, trace: ExplainedTrace): Finding[] {
  const seconds = trace.duration / 1e9;
  const keyOf = ({ createdAt, func }: ShortLives) => `${func} ${lineOf(lives, createdAt)}`;
  const most = [...lives.shortLives.values()].sort((a, b) => b.count - a.count);
  const byLine = joined(most, keyOf, joinLives);
  return byLine
    .filter((row) => row.count / seconds >= CHURN_RATE && row.runs / lives.runs >= CHURN_SHARE)
    .filter(({ func }) => !isRuntime(func, model))
    .map((row) => {
      const frames = lives.stacks.frames(row.createdAt);
      const at = frameIndex(frames, WAITING);
      const key = keyOf(row);
      const callers = most
        .filter((each) => keyOf(each) === key)
        .map(({ createdAt }) => callerText(lives.stacks.frames(createdAt), at));
      const words = new Set(callers).size > 1 ? ", most often from" : ", called from";
      const name = row.func === NONE ? "unknown functions" : model.functions.text(row.func);
      return finding({
        kind: "churn",
        weight: row.runs / lives.runs,
        sentence: `${grouped(Math.round(row.count / seconds))} goroutines of ${name} per second, created at ${calledText(frames, at, words)}, ran for ${durationText(row.ran / row.count)} on average and ended: creating and scheduling them takes longer.`,
        figures: [
          count("short-lived goroutines", row.count),
          rate("short-lived goroutines", row.count / seconds),
          ns("ran on average", row.ran / row.count),
          share("of all runs", row.runs / lives.runs),
          rate("wake-ups, of all goroutines", lives.wakeUps / seconds),
          rate("sleeps that a timer ended", lives.sleeps / seconds),
        ],
        frames,
        at,
        next: [`go2perfetto stats --goroutine '${name}' IN`],
      });
    });
}

function yieldFindings(lives: GoroutineLives, trace: ExplainedTrace): Finding[] {
  const { stacks, yields } = lives;
  const seconds = trace.duration / 1e9;
  const byLine = joined(yields.values(), ({ stack }) => lineOf(lives, stack), joinYields);
  return byLine
    .filter((row) => row.count / seconds >= CHURN_RATE && row.ran / trace.duration >= YIELD_SHARE)
    .filter(({ stack }) => !RUNTIME.test(loopOf(stacks.frames(stack))?.func ?? ""))
    .map((row) => {
      const frames = stacks.frames(row.stack);
      const at = frameIndex(frames, WAITING);
      const place = calledText(frames, at);
      return finding({
        kind: "yields",
        weight: row.ran / trace.duration,
        sentence: `runtime.Gosched was called ${grouped(Math.round(row.count / seconds))} times per second at ${place}: the loop around it took ${shareText(row.ran, trace.duration)} of a P.`,
        figures: [
          count("yields", row.count),
          rate("yields", row.count / seconds),
          ns("ran before", row.ran),
          rate("wake-ups, of all goroutines", lives.wakeUps / seconds),
        ],
        frames,
        at,
        next: ["go2perfetto pprof running IN"],
      });
    });
}

function pollingFindings(lives: GoroutineLives, trace: ExplainedTrace): Finding[] {
  const { loops, runs, stacks } = lives;
  const seconds = trace.duration / 1e9;
  const byLine = joined(loops.found.values(), ({ stack }) => lineOf(lives, stack), joinLoops);
  return byLine
    .filter((loop) => loop.count / seconds >= POLL_RATE && loop.count / runs >= POLL_SHARE)
    .map((loop) => {
      const frames = stacks.frames(loop.stack);
      const at = frameIndex(frames, WAITING);
      const worst = { time: loop.longestSince, duration: loop.longest, goroutine: loop.goroutine };
      const does = frames.some(({ func }) => func === SLEEP) ? "slept" : "waited for a timer";
      return finding({
        kind: "polling",
        weight: loop.count / runs,
        sentence: `A loop at ${enclosedText(frames, at)} ${does} ${grouped(Math.round(loop.count / seconds))} times per second and woke nobody in between: ${shareText(loop.count, runs)} of all runs. Each time it ran for ${durationText(loop.ran / loop.count)}, and looked again ${durationText(loop.duration / loop.count)} later on average.`,
        figures: [
          count("sleeps", loop.count),
          rate("sleeps", loop.count / seconds),
          share("of all runs", loop.count / runs),
          ns("ran on average", loop.ran / loop.count),
          ns("from one to the next", loop.duration / loop.count),
          ns("longest loop", loop.longest),
        ],
        frames,
        at,
        worst,
        next: [showCommand(trace, worst), "go2perfetto pprof wait IN"],
      });
    })
    .filter(({ place }) => !RUNTIME.test(place?.function ?? ""));
}

function herdFindings(lives: GoroutineLives, trace: ExplainedTrace): Finding[] {
  const { herds, runs, stacks } = lives;
  const seconds = trace.duration / 1e9;
  const byLine = joined(herds.found.values(), ({ waitsAt }) => lineOf(lives, waitsAt), joinHerds);
  return byLine
    .filter(({ most, vain, woken }) => most >= HERD && vain >= HERD_VAIN * woken)
    .filter((herd) => herd.vain / seconds >= HERD_RATE && herd.runs / runs >= HERD_SHARE)
    .map((herd) => {
      const frames = stacks.frames(herd.wokenAt);
      const at = frameIndex(frames, WAITING);
      const waits = stacks.frames(herd.waitsAt);
      return finding({
        kind: "herd",
        weight: herd.runs / runs,
        sentence: `sync.(*Cond).Broadcast at ${calledText(frames, at)} woke up to ${grouped(herd.most)} goroutines at once, ${grouped(Math.round(herd.woken / seconds))} per second, that waited at ${calledText(waits, frameIndex(waits, WAITING))}. After ${shareText(herd.vain, herd.woken)} of these wake-ups, the goroutine ran for ${durationText(herd.ran / herd.vain)} on average and waited there again: ${shareText(herd.runs, runs)} of all runs.`,
        figures: [
          count("goroutines woken", herd.woken),
          rate("goroutines woken", herd.woken / seconds),
          count("most at once", herd.most),
          count("woken for nothing", herd.vain),
          share("of all runs", herd.runs / runs),
          ns("ran on average", herd.ran / herd.vain),
        ],
        frames,
        at,
        next: ["go2perfetto pprof sync IN"],
      });
    });
}

/** Rows of one line of the program as one: several stacks may lead there. @param join adds the second to the first */
function joined<Row>(rows: Iterable<Row>, keyOf: (row: Row) => string, join: (a: Row, b: Row) => Row): Row[] {
  const byKey = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? row : join(known, row));
  }
  return [...byKey.values()];
}

/** The line of the program in a stack. */
function lineOf({ stacks }: GoroutineLives, stack: number): string {
  const frames = stacks.frames(stack);
  return lineKey(frames[frameIndex(frames, WAITING)]);
}

function joinLeaks(a: LastingGroup, b: LastingGroup): LastingGroup {
  const oldest = b.since < a.since ? b : a;
  return { ...oldest, count: a.count + b.count, parts: a.parts | b.parts };
}

function joinLives(a: ShortLives, b: ShortLives): ShortLives {
  return { ...a, count: a.count + b.count, ran: a.ran + b.ran, runs: a.runs + b.runs };
}

function joinYields(a: Yields, b: Yields): Yields {
  return { ...a, count: a.count + b.count, ran: a.ran + b.ran };
}

function joinHerds(a: Herd, b: Herd): Herd {
  const sums = { woken: a.woken + b.woken, vain: a.vain + b.vain, runs: a.runs + b.runs, ran: a.ran + b.ran };
  return { ...a, ...sums, most: Math.max(a.most, b.most) };
}

function joinLoops(a: SleepLoop, b: SleepLoop): SleepLoop {
  const longest = b.longest > a.longest ? b : a;
  const sums = { count: a.count + b.count, ran: a.ran + b.ran, duration: a.duration + b.duration };
  return { ...longest, ...sums };
}

/** Whether goroutines are the runtime's own. Coroutines run the program's code. */
function isRuntime(func: number, model: SchedModel): boolean {
  const name = func === NONE ? "" : model.functions.text(func);
  return RUNTIME.test(name) && name !== COROUTINE;
}

/** The frame that calls `runtime.Gosched`. */
function loopOf(frames: readonly StackFrame[]): StackFrame | undefined {
  return frames[0]?.func === GOSCHED ? frames[1] : frames[0];
}
