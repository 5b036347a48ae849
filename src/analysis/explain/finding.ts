import type { Place, TraceFigures } from "../stats/stats-report.js";
import type { PathReport } from "./path/path-report.js";

/** The version of {@link ExplainReport}. It changes if a field is removed or gets another meaning, not if one is added. */
export const EXPLAIN_VERSION = 1;

/** Kinds of findings; docs/explain.md has the rule of each. */
export const FINDING_KINDS = [
  "lock-contention",
  "slow-consumer",
  "slow-producer",
  "straggler",
  "too-few-ps",
  "hog",
  "gc",
  "gc-assist",
  "stop-the-world",
  "syscalls",
  "leak",
  "churn",
  "yields",
  "trace",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A number that proves a finding. */
export interface FindingFigure {
  readonly name: string;
  /** A duration in nanoseconds, a number of things, a share from 0 to 1, or a number per second. */
  readonly unit: "ns" | "count" | "share" | "per second";
  readonly value: number;
}

/** The instance of a finding to look at first. Times are nanoseconds since the start of the trace. */
export interface WorstInstance {
  readonly time: number;
  readonly duration: number;
  readonly goroutine?: number;
}

/** Something that held the program back. */
export interface Finding {
  readonly kind: FindingKind;
  /** How much it cost, from 0 to 1: a share of the duration, of the time of Ps or of goroutines, by kind. Findings are sorted by it. */
  readonly weight: number;
  /** What it is, in one sentence. */
  readonly sentence: string;
  readonly figures: readonly FindingFigure[];
  /** Where: the first frame of the stack outside of the runtime and its packages. */
  readonly place?: Place;
  /** From the innermost frame to the outermost; empty if unknown. */
  readonly stack: readonly Place[];
  readonly worst?: WorstInstance;
  /** Commands that show more; `IN` stands for the trace. */
  readonly next: readonly string[];
}

/** What held a program back, as `go2perfetto explain --json` writes it; see docs/explain-schema.md. */
export interface ExplainReport {
  readonly version: typeof EXPLAIN_VERSION;
  readonly trace: TraceFigures;
  /** Whether waits, system calls, leaks and short lives are those of all goroutines or of a selection. */
  readonly scope: "program" | "selection";
  /** The weightiest first. */
  readonly findings: readonly Finding[];
  /** Number of findings beyond those listed. */
  readonly more: number;
  /** Why the requested regions, tasks or goroutines take as long as they do; absent unless some begin and end in the trace. */
  readonly path?: PathReport;
}
