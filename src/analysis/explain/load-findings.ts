import { grouped } from "../../base/grouped.js";
import { durationText, shareText } from "../../base/rounded.js";
import type { SchedModel } from "../../sched/model.js";
import type { ProcRow } from "../proc-use.js";
import type { Finding } from "./finding.js";
import {
  count,
  type ExplainedTrace,
  finding,
  functionName,
  ns,
  share,
  showCommand,
} from "./finding-writer.js";
import { Load } from "./program-load.js";
import type { Waits } from "./waits.js";

/** From this share of the trace on. */
const SATURATED = 0.1;
const HOGGED = 0.1;
/** Functions named as those that ran. */
const NAMED = 3;

/** Findings about Ps: too few, or taken by one goroutine. */
export function loadFindings(
  { load, runs }: Waits,
  model: SchedModel,
  procs: readonly ProcRow[],
  trace: ExplainedTrace,
): Finding[] {
  const { duration } = trace;
  const saturated = load.times[Load.Saturated] as number;
  const unused = load.times[Load.Unused] as number;
  const hogged = sum(runs.hogs);
  // GOMAXPROCS may change.
  const used = Math.round(procs.reduce((all, { total }) => all + total, 0) / duration);
  const worst = runs.longest && {
    time: runs.longest.since,
    duration: runs.longest.saturated,
    goroutine: runs.longest.goroutine,
  };
  const findings: Finding[] = [];
  const who = mostOf(runs.byFunction, model);
  const ran = who.map((row) => `${shareText(row.share)} goroutines of ${row.name}`);
  // Runs may lie side by side on several Ps.
  const hogShare = Math.min(saturated, hogged) / duration;
  const isHogged = hogShare >= HOGGED && hogged * 2 >= saturated;
  if (isHogged && worst !== undefined) {
    const [hog] = mostOf(runs.hogs, model);
    findings.push(
      finding({
        kind: "hog",
        weight: hogShare,
        sentence: `Goroutines of ${hog?.name} ran ${grouped(runs.hogging)} times without a break, ${durationText(worst.duration)} at most, while others were runnable and no P was free: the scheduler asks for the P after 10 ms.`,
        figures: [
          ns("longest run", worst.duration),
          count("long runs", runs.hogging),
          ns("all long runs", hogged),
          ns("others were runnable", load.times[Load.Queued] as number),
        ],
        worst,
        next: [showCommand(trace, worst), `go2perfetto pprof running IN`],
      }),
    );
  } else if (saturated / duration >= SATURATED) {
    findings.push(
      finding({
        kind: "too-few-ps",
        weight: saturated / duration,
        sentence: `Goroutines were runnable while ${used === 1 ? "the only P was" : `all ${grouped(used)} Ps were`} busy, in ${shareText(saturated, duration)} of the time: ${(queuedOf(load.times) / saturated).toFixed(1)} on average. What ran then were ${ran.join(", ")}.`,
        figures: [
          ns("all Ps busy, goroutines runnable", saturated),
          ns("runnable then, sum of goroutines", queuedOf(load.times)),
          ns("a P idle, goroutines runnable", unused),
          count("Ps", used),
          ...who.map((row) => share(`ran then: ${row.name}`, row.share)),
        ],
        ...(worst && { worst }),
        next: ["go2perfetto pprof sched IN", "go2perfetto pprof running IN"],
      }),
    );
  }
  return findings;
}

function queuedOf(times: Float64Array): number {
  return times[Load.Queued] as number;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + (value ?? 0), 0);
}

/** The functions with the greatest values, and their shares of all. @param values by number of the function + 1 */
function mostOf(
  values: readonly number[],
  model: SchedModel,
): { readonly name: string; readonly share: number }[] {
  const all = Math.max(1, sum(values));
  return Array.from(values, (value = 0, at) => ({ value, at }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, NAMED)
    .map(({ at, value }) => ({ name: functionName(at - 1, model.functions), share: value / all }));
}
