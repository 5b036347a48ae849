import type { GcCycleRow, RangeDurations, StopRow } from "../gc/gc-cycles.js";
import type { Distribution } from "../histogram.js";
import type { LatencyRow } from "../latency/worst-latencies.js";
import type { UtilizationWindow } from "../mmu/mmu-curve.js";
import type { MutatorFlags } from "../mmu/mutator-flags.js";
import type { ProcRow } from "../proc-use.js";
import type {
  FunctionRow,
  GoroutineRow,
  RegionNameRow,
  RegionRow,
  RegionTypeRow,
  TaskRow,
  TaskTypeRow,
} from "../summary/rows.js";

/** The version of {@link StatsReport}: it changes when a field goes or means something else, not when one is added. */
export const STATS_VERSION = 1;

/**
 * All figures of a trace, as `go2perfetto stats --json` writes them; docs/stats-schema.md says what they mean. Times are
 * nanoseconds, those of events since the start of the trace.
 */
export interface StatsReport {
  readonly version: typeof STATS_VERSION;
  readonly trace: TraceFigures;
  /**
   * Whose figures `goroutines`, `blocking`, `sched`, `tasks` and `regions` are: all goroutines', or those of a selection.
   * All others are the program's.
   */
  readonly scope: "program" | "selection";
  readonly goroutines: GoroutineFigures;
  readonly blocking: readonly BlockingFigures[];
  readonly sched: SchedFigures;
  readonly tasks: TaskFigures;
  readonly regions: RegionFigures;
  readonly gc: GcFigures;
  readonly procs: readonly ProcRow[];
  readonly mmu: readonly MmuFigures[];
}

export interface TraceFigures {
  readonly duration: number;
  readonly events: number;
  readonly threads: number;
  /** Whether part of the trace was lost: the figures are of the rest. */
  readonly incomplete: boolean;
  /** Whether the trace does not tell its clock's frequency: all times are by another one, and off by the same factor. */
  readonly timesEstimated: boolean;
}

/** States in which a goroutine can be left, as keys. */
export type StateKey = "runnable" | "running" | "waiting" | "syscall" | "syscallBlocked";

export interface FunctionFigures extends FunctionRow {
  /** How long the goroutines stayed in each state at a time; whole intervals only. */
  readonly states: Readonly<Partial<Record<StateKey, Distribution>>>;
}

export interface GoroutineFigures {
  readonly count: number;
  /** By execution time, the longest first. */
  readonly byFunction: readonly FunctionFigures[];
  /** Those that ran most, as many as asked for. */
  readonly top: readonly Omit<GoroutineRow, "pc">[];
}

/** Waiting for one reason. */
export interface BlockingFigures {
  /** "" for waits of which no reason is told: those that began before the trace, and of coroutines for each other. */
  readonly reason: string;
  /** Of all goroutines, also what the trace's edges cut. */
  readonly total: number;
  /** Whole waits only. */
  readonly durations: Distribution;
}

/** How long goroutines are runnable before they run: whole intervals. */
export interface SchedFigures extends Distribution {
  readonly worst: readonly LatencyRow[];
}

export interface TaskFigures {
  readonly count: number;
  readonly complete: number;
  readonly byType: readonly TaskTypeRow[];
  /** The longest, as many as asked for; one that does not end lasts until the trace does. */
  readonly top: readonly TaskRow[];
}

/** A place in the program. */
export interface Place {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

export interface RegionTypeFigures extends Omit<RegionTypeRow, "frame"> {
  readonly place?: Place;
}

export interface RegionFigures {
  readonly count: number;
  /** By name and by the place where they begin. */
  readonly byPlace: readonly RegionTypeFigures[];
  /** By name alone; by latency in total, the longest first. */
  readonly byName: readonly RegionNameRow[];
  /** The longest, as many as asked for. */
  readonly top: readonly RegionRow[];
}

export interface GcFigures {
  readonly cycles: RangeDurations;
  /** The longest cycles, as many as asked for. */
  readonly top: readonly GcCycleRow[];
  /** Stop-the-world of all kinds together. */
  readonly stw: RangeDurations;
  /** The same by kind. Of the GC and of others. */
  readonly stopTheWorld: readonly StopRow[];
  readonly assists: RangeDurations;
  /** Of the execution time of all goroutines, from 0 to 1. */
  readonly assistShare: number;
  readonly sweeps: RangeDurations & { readonly bytesSwept: number; readonly bytesReclaimed: number };
}

/** The minimum mutator utilization under some flags. */
export interface MmuFigures {
  readonly flags: readonly (keyof MutatorFlags)[];
  /** 0 if the values are exact; else how close together steps of the utilization were averaged. */
  readonly resolution: number;
  readonly curve: readonly { readonly window: number; readonly utilization: number }[];
  /** The worst windows of a millisecond that do not overlap. */
  readonly worst: readonly UtilizationWindow[];
}
