import { grouped } from "../../base/grouped.js";
import type { Interner } from "../../base/interner.js";
import { durationText, shareText } from "../../base/rounded.js";
import type { ProcRow } from "../proc-use.js";
import { dialingOf, openedConnections } from "./connections.js";
import type { Finding, FindingFigure } from "./finding.js";
import { count, type ExplainedTrace, finding, ns, rate, share, showCommand } from "./finding-writer.js";
import { mostOf, sharesText, sum } from "./function-shares.js";
import { programIndex, WAITING } from "./places.js";
import { Load, type ProgramLoad } from "./program-load.js";
import { HOGGING } from "./saturated-runs.js";
import type { SyscallSites } from "./syscall-sites.js";
import type { Waits } from "./waits.js";

/** From this share of the trace on. */
const SATURATED = 0.1;
const HOGGED = 0.1;
/** From this share on, opening connections is what ran. */
const DIALED = 0.1;

/** Findings about Ps: too few, or taken by one goroutine. */
export function loadFindings(
  { functions: { names }, load, runs, stacks }: Waits,
  syscalls: SyscallSites,
  procs: readonly ProcRow[],
  trace: ExplainedTrace,
): Finding[] {
  const { duration } = trace;
  const { longest } = runs;
  const saturated = load.times[Load.Saturated] as number;
  const unused = load.times[Load.Unused] as number;
  const hogged = sum(runs.hogs);
  // GOMAXPROCS may change.
  const used = Math.round(procs.reduce((all, { total }) => all + total, 0) / duration);
  const worst = longest && {
    time: longest.since,
    duration: longest.duration,
    goroutine: longest.goroutine,
  };
  const findings: Finding[] = [];
  const who = mostOf(runs.byFunction, names);
  // Runs may lie side by side on several Ps.
  const hogShare = Math.min(saturated, hogged) / duration;
  const isHogged = hogShare >= HOGGED && hogged * 2 >= saturated;
  const ran = isHogged ? runs.hogProfile.hadCpu : undefined;
  if (isHogged && ran !== false && worst !== undefined) {
    const frames = stacks.frames(longest?.stack ?? 0);
    findings.push(
      finding({
        kind: "hog",
        weight: hogShare,
        sentence: `While other goroutines were runnable and no P was free, ${runs.hogging === 1 ? "one run" : `${grouped(runs.hogging)} runs`} went on for ${durationText(HOGGING)} or longer without a break, ${durationText(worst.duration)} at most. These were goroutines of ${sharesText(mostOf(runs.hogs, names))}. The scheduler asks for the P after 10 ms.${hogText(ran)}`,
        figures: [
          ns("longest run", worst.duration),
          count("long runs", runs.hogging),
          ns("all long runs", hogged),
          ns("others were runnable", load.times[Load.Queued] as number),
        ],
        frames,
        at: programIndex(frames, WAITING),
        worst,
        next: [showCommand(trace, worst), `go2perfetto pprof running IN`],
      }),
    );
  } else if (saturated / duration >= SATURATED) {
    const dialed = dialedOf(runs.byFunction, names, syscalls, trace);
    findings.push(
      finding({
        kind: "too-few-ps",
        weight: saturated / duration,
        sentence: `Goroutines were runnable while ${procsText(load.procs)} busy, in ${shareText(saturated, duration)} of the time: ${(queuedOf(load.times) / saturated).toFixed(1)} of them on average. Goroutines of ${sharesText(who)} ran then.${dialed.text}${ran === false ? STOOD : ""}`,
        figures: [
          ns("all Ps busy, goroutines runnable", saturated),
          ns("runnable then, sum of goroutines", queuedOf(load.times)),
          ns("a P idle, goroutines runnable", unused),
          count("Ps", used),
          count("Ps at least", load.procs.fewest),
          count("Ps at most", load.procs.most),
          ...who.map((row) => share(`ran then: ${row.name}`, row.share)),
          ...dialed.figures,
        ],
        next: ["go2perfetto pprof running IN", "go2perfetto pprof sched IN"],
      }),
    );
  }
  return findings;
}

/** Said of long runs that were none. */
const STOOD =
  " Runs went on for 50 ms or longer, but CPU samples show that their threads had no CPU: the machine was busy, or its container has a CPU limit.";

/** @param ran whether the runs had a CPU, if that is known */
function hogText(ran: boolean | undefined): string {
  if (ran === true) return " CPU samples show that they did run.";
  return " They did not give way, or their threads had no CPU: the trace does not tell which.";
}

/** What opening connections took of what ran, if that is much: clients of net/http can use connections again. */
function dialedOf(
  ran: readonly number[],
  names: Interner,
  syscalls: SyscallSites,
  { duration }: ExplainedTrace,
): { readonly text: string; readonly figures: readonly FindingFigure[] } {
  const part = dialingOf(ran, names) / Math.max(1, sum(ran));
  if (part < DIALED) return { text: "", figures: [] };
  const opened = openedConnections(syscalls);
  const perSecond = (opened / duration) * 1e9;
  const often = opened === 0 ? "" : `: ${grouped(opened)}, ${grouped(Math.round(perSecond))} per second`;
  return {
    text: ` ${shareText(part)} of that was net/http opening connections${often}.`,
    figures: [
      share("ran then: opening connections", part),
      count("connections opened", opened),
      rate("connections opened", perSecond),
    ],
  };
}

function procsText({ fewest, most }: ProgramLoad["procs"]): string {
  if (fewest < most) return `all Ps, whose number was between ${grouped(fewest)} and ${grouped(most)}, were`;
  return most === 1 ? "the only P was" : `all ${grouped(most)} Ps were`;
}

function queuedOf(times: Float64Array): number {
  return times[Load.Queued] as number;
}
