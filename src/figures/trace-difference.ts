import type { ExplainReport } from "../analysis/explain/finding.js";
import type { ProfileStream } from "../analysis/profile/profile.js";
import type { StatsReport } from "../analysis/stats/stats-report.js";
import { type FigureChange, figureChanges } from "./changes.js";
import { type FindingChange, findingChanges } from "./finding-changes.js";
import { type StackChange, stackChanges } from "./stack-changes.js";

/** What is compared of a trace. */
export interface ComparedTrace {
  readonly name: string;
  readonly report: StatsReport;
  readonly explained: ExplainReport;
  /** Profiles of the kinds `COMPARED_KINDS`, in any order. */
  readonly profiles: readonly ProfileStream[];
}

/** Two traces and what changed from A to B. */
export interface TraceDifference {
  readonly a: Pick<ComparedTrace, "name" | "report">;
  readonly b: Pick<ComparedTrace, "name" | "report">;
  readonly findings: readonly FindingChange[];
  readonly figures: readonly FigureChange[];
  readonly stacks: readonly StackChange[];
}

/** Compares two traces by figures, findings and stacks. */
export function traceDifference(a: ComparedTrace, b: ComparedTrace): TraceDifference {
  return {
    a,
    b,
    findings: findingChanges(a.explained, b.explained),
    figures: figureChanges(a, b),
    stacks: stackChanges(a.profiles, b.profiles),
  };
}
