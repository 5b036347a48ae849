import { grouped } from "../../base/grouped.js";
import { durationText, shareText } from "../../base/rounded.js";
import type { ProcRow } from "../proc-use.js";
import type { Finding } from "./finding.js";
import { count, type ExplainedTrace, finding, ns, share, showCommand } from "./finding-writer.js";
import { mostOf, sharesText } from "./function-shares.js";
import { placeOf, placeText, programIndex, WAITING } from "./places.js";
import { isRepeated } from "./wait-findings.js";
import type { Waits } from "./waits.js";

/** From this share of the trace on, and if stretches are at least this share of it on average. */
const SERIAL = 0.2;
const STRETCH = 0.01;
/** In the rest, so many goroutines ran at once, and so many of the Ps: the program can use several. */
const SIDE_BY_SIDE = 1.5;
const OF_PROCS = 0.5;

/** Findings about phases in which one goroutine runs alone, between others in which several run. */
export function serialFindings(waits: Waits, procs: readonly ProcRow[], trace: ExplainedTrace): Finding[] {
  const { functions, serial, stacks } = waits;
  const { duration } = trace;
  const { longest } = serial;
  if (longest === undefined) return [];
  const { alone, stretches } = unexplained(waits);
  const execution = procs.reduce((sum, { busy, gc }) => sum + busy - gc, 0);
  const all = procs.reduce((sum, { total }) => sum + total, 0) / duration;
  const rest = (execution - alone) / Math.max(1, duration - alone);
  if (alone < SERIAL * duration || alone < STRETCH * stretches * duration) return [];
  if (rest < SIDE_BY_SIDE || rest < OF_PROCS * all) return [];
  const who = mostOf(serial.byFunction, functions.names);
  const frames = stacks.frames(longest.stack);
  const at = programIndex(frames, WAITING);
  const worst = { time: longest.since, duration: longest.duration, goroutine: longest.goroutine };
  const often =
    stretches === 1
      ? `once, for ${durationText(alone)}`
      : `${grouped(stretches)} times, for ${durationText(alone / stretches)} on average`;
  return [
    finding({
      kind: "serial",
      weight: alone / duration,
      sentence: `One goroutine ran alone, and other Ps were idle, in ${shareText(alone, duration)} of the time: ${often}, goroutines of ${sharesText(who)}. In the rest, ${rest.toFixed(1)} goroutines ran at once on average. The longest phase was at ${placeText(placeOf(frames[at]))}.`,
      figures: [
        ns("ran alone", alone),
        count("phases", stretches),
        ns("longest phase", longest.alone),
        count("Ps", Math.round(all)),
        ...who.map((row) => share(`ran alone: ${row.name}`, row.share)),
      ],
      frames,
      at,
      worst,
      next: [showCommand(trace, worst), "go2perfetto pprof running IN"],
    }),
  ];
}

/** Without phases for whose end goroutines waited so often that it is a finding of its own. */
function unexplained({ serial, sites }: Waits): { readonly alone: number; readonly stretches: number } {
  const sums = { alone: 0, stretches: 0 };
  serial.alone.forEach((alone, at) => {
    if (at > 0 && isRepeated(sites, at - 1)) return;
    sums.alone += alone;
    sums.stretches += serial.count[at] ?? 0;
  });
  return sums;
}
