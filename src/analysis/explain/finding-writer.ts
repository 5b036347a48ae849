import { formatDuration } from "../../base/duration.js";
import { NONE } from "../../base/ids.js";
import type { Interner } from "../../base/interner.js";
import type { StackFrame } from "../../event/tables.js";
import type { Place } from "../stats/stats-report.js";
import type { Finding, FindingFigure, FindingKind, WorstInstance } from "./finding.js";
import { callerIndex, placeOf, placesOf } from "./places.js";

/** What every finding is about. */
export interface ExplainedTrace {
  /** Nanoseconds of the trace. */
  readonly duration: number;
  /** When it begins, in nanoseconds since the start of the whole trace: more than 0 for a window. */
  readonly start: number;
}

export const ns = (name: string, value: number): FindingFigure => ({ name, unit: "ns", value });
export const bytes = (name: string, value: number): FindingFigure => ({ name, unit: "bytes", value });
export const count = (name: string, value: number): FindingFigure => ({ name, unit: "count", value });
export const share = (name: string, value: number): FindingFigure => ({ name, unit: "share", value });
export const rate = (name: string, value: number): FindingFigure => ({ name, unit: "per second", value });

/** A start function by its number; −1 if unknown. */
export function functionName(func: number, functions: Interner): string {
  return (func === NONE ? "" : functions.text(func)) || "unknown functions";
}

/** What of a finding depends on its kind. */
export interface FindingParts {
  readonly kind: FindingKind;
  readonly weight: number;
  readonly sentence: string;
  readonly subject?: string;
  readonly figures: readonly FindingFigure[];
  readonly frames?: readonly StackFrame[];
  /** Index of the frame that is the place to look at. */
  readonly at?: number;
  readonly worst?: WorstInstance;
  readonly next: readonly string[];
}

export function finding({ at, frames = [], weight, worst, ...rest }: FindingParts): Finding {
  const place = at === undefined ? undefined : placeOf(frames[at]);
  const caller = at === undefined ? NONE : callerIndex(frames, at);
  return {
    ...rest,
    weight: Math.min(1, weight),
    ...(place && { place }),
    ...(at !== undefined && caller > at && { caller: placeOf(frames[caller]) as Place }),
    stack: placesOf(frames),
    ...(worst && { worst }),
  };
}

/** The command that shows an instance in Perfetto, with a tenth of it before and after. */
export function showCommand({ duration, start }: ExplainedTrace, worst: WorstInstance): string {
  const margin = Math.max(1e5, worst.duration / 10);
  const from = Math.max(0, Math.floor((worst.time - margin) / 1000) * 1000) + start;
  const to = Math.min(duration, Math.ceil((worst.time + worst.duration + margin) / 1000) * 1000) + start;
  return `go2perfetto open --from ${formatDuration(from)} --to ${formatDuration(to)} IN`;
}
