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
  "serial",
  "too-few-ps",
  "hog",
  "gc",
  "gc-assist",
  "stop-the-world",
  "syscalls",
  "leak",
  "churn",
  "yields",
  "polling",
  "herd",
  "locked-thread",
  "trace",
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Most types of tasks in a report. */
export const TASK_TYPES = 10;

/** A number that proves a finding. */
export interface FindingFigure {
  readonly name: string;
  /** A duration in nanoseconds, a size in bytes, a number of things, a share from 0 to 1, or a number per second. */
  readonly unit: "ns" | "bytes" | "count" | "share" | "per second";
  readonly value: number;
}

/** The instance of a finding to look at first. Times are nanoseconds since the start of the whole trace, as `--from` takes them. */
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
  /** What it is about, apart from the place: the kind of stop-the-world, or what the trace lacks. */
  readonly subject?: string;
  /** Where: the first frame of the stack outside of the runtime and its packages. */
  readonly place?: Place;
  /** If the place is in a library: the line of the program from which it was called. */
  readonly caller?: Place;
  /** From the innermost frame to the outermost; empty if unknown. */
  readonly stack: readonly Place[];
  readonly worst?: WorstInstance;
  /** Commands that show more; `IN` stands for the trace. */
  readonly next: readonly string[];
}

/** Sums that findings are made of, whether they pass a threshold or not. Times are nanoseconds. */
export interface ExplainTotals {
  /** Waits for locks, and the most goroutines that waited for one at once. */
  readonly contention: {
    readonly count: number;
    readonly total: number;
    readonly max: number;
    readonly most: number;
  };
  /** Stop-the-world: from its beginning until the last P stopped. */
  readonly stopDelays: { readonly count: number; readonly total: number; readonly max: number };
  /** Goroutines were runnable and all Ps busy; those goroutines, summed; and goroutines were runnable and a P idle. */
  readonly load: { readonly saturated: number; readonly queued: number; readonly unused: number };
  /** System calls and calls into C; those that lost their P or took 1 ms; the number of those that lost it. */
  readonly syscalls: {
    readonly count: number;
    readonly total: number;
    readonly max: number;
    readonly long: number;
    readonly lostProc: number;
  };
}

/** A stretch of a trace that was explained: nanoseconds since the start of the whole trace. */
export interface ExplainedPart {
  readonly from: number;
  /** May be infinite. */
  readonly to: number;
}

/** What held a program back, as `go2perfetto explain --json` writes it; see docs/explain-schema.md. */
export interface ExplainReport {
  readonly version: typeof EXPLAIN_VERSION;
  readonly trace: TraceFigures;
  /** When the part begins that was explained, in nanoseconds since the start of the whole trace; 0 for all of it. */
  readonly start: number;
  /** Whether waits, system calls, leaks and short lives are those of all goroutines or of a selection. */
  readonly scope: "program" | "selection";
  /** The weightiest first. */
  readonly findings: readonly Finding[];
  /** Number of findings beyond those listed. */
  readonly more: number;
  readonly totals: ExplainTotals;
  /** Types of the trace's tasks, at most {@link TASK_TYPES}, in the order of their first occurrence. */
  readonly tasks: readonly string[];
  /** Why the requested regions, tasks or goroutines take as long as they do; absent unless some begin and end in the trace. */
  readonly path?: PathReport;
}
