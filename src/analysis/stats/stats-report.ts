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

/**
 * The version of {@link StatsReport}. It changes if a field is removed or gets another meaning, not if one is added.
 */
export const STATS_VERSION = 1;

/**
 * All figures of a trace, as `go2perfetto stats --json` writes them; see docs/stats-schema.md. Times are nanoseconds;
 * points in time count from the start of the whole trace, also in a report on a part of it.
 */
export interface StatsReport {
  readonly version: typeof STATS_VERSION;
  readonly trace: TraceFigures;
  /** When the part begins whose figures these are, in nanoseconds since the start of the whole trace; 0 for all of it. */
  readonly start: number;
  /**
   * The goroutines that `goroutines`, `blocking`, `sched`, `tasks` and `regions` cover: all, or a selection. Other
   * figures are of the whole program.
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
  /** Whether part of the trace was lost; the figures cover the rest. */
  readonly incomplete: boolean;
  /** Whether the trace lacks its clock's frequency. All times use an estimate, and are off by the same factor. */
  readonly timesEstimated: boolean;
}

/** States in which a goroutine can be left, as keys. */
export type StateKey = "runnable" | "running" | "waiting" | "syscall" | "syscallBlocked";

export interface FunctionFigures extends FunctionRow {
  /** Durations of states; whole intervals only. */
  readonly states: Readonly<Partial<Record<StateKey, Distribution>>>;
}

export interface GoroutineFigures {
  readonly count: number;
  /** By execution time, the longest first. */
  readonly byFunction: readonly FunctionFigures[];
  /** Those that ran most, up to the requested number. */
  readonly top: readonly Omit<GoroutineRow, "pc">[];
}

/** Waiting for one reason. */
export interface BlockingFigures {
  /** "" for an unknown reason: waits that began before the trace, and waits of coroutines for each other. */
  readonly reason: string;
  /** Of all goroutines, waits that the trace cuts included. */
  readonly total: number;
  /** Whole waits only. */
  readonly durations: Distribution;
}

/** Scheduler latency: how long goroutines are runnable before they run; whole intervals only. */
export interface SchedFigures extends Distribution {
  readonly worst: readonly LatencyRow[];
}

export interface TaskFigures {
  readonly count: number;
  readonly complete: number;
  readonly byType: readonly TaskTypeRow[];
  /** The longest, up to the requested number. An open one lasts until the end of the trace. */
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
  /** By name and place of their beginning. */
  readonly byPlace: readonly RegionTypeFigures[];
  /** By name alone; by latency in total, the longest first. */
  readonly byName: readonly RegionNameRow[];
  /** The longest, up to the requested number. */
  readonly top: readonly RegionRow[];
}

export interface GcFigures {
  readonly cycles: RangeDurations;
  /** The longest cycles, up to the requested number. */
  readonly top: readonly GcCycleRow[];
  /** Stop-the-world of all kinds together. */
  readonly stw: RangeDurations;
  /** The same by kind, for the GC and other causes. */
  readonly stopTheWorld: readonly StopRow[];
  readonly assists: RangeDurations;
  /** Of the execution time of all goroutines, from 0 to 1. */
  readonly assistShare: number;
  readonly sweeps: RangeDurations & { readonly bytesSwept: number; readonly bytesReclaimed: number };
}

/** Minimum mutator utilization under some flags. */
export interface MmuFigures {
  readonly flags: readonly (keyof MutatorFlags)[];
  /**
   * 0 if the values are exact. Otherwise steps of the utilization this close together were averaged, in nanoseconds.
   */
  readonly resolution: number;
  readonly curve: readonly { readonly window: number; readonly utilization: number }[];
  /** The worst windows of a millisecond that do not overlap. */
  readonly worst: readonly UtilizationWindow[];
}
