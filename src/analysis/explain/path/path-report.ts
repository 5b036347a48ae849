import type { Distribution } from "../../histogram.js";
import type { Place } from "../../stats/stats-report.js";

/** A part of a critical path: all stretches in which goroutines of a function did something at a place. */
export interface PathPart {
  /** Such as "running" or "lock". */
  readonly doing: string;
  /** The goroutine's start function; "" if unknown. */
  readonly function: string;
  readonly place?: Place;
  /** Nanoseconds; on average, for several instances. */
  readonly time: number;
}

/** The parts of one critical path. They sum to the duration. */
export interface InstancePath {
  /** The id of the task or goroutine; of the goroutine for a region. */
  readonly id: number;
  readonly time: number;
  readonly duration: number;
  /** Of the trace in the program's own tracing that a task belongs to, if the program logged it. */
  readonly traceId?: string;
  /** The longest first. */
  readonly parts: readonly PathPart[];
}

/** The parts of several critical paths on average. */
export interface MeanPath {
  readonly count: number;
  /** Nanoseconds. */
  readonly duration: number;
  readonly parts: readonly PathPart[];
}

/** What the slowest have more than those in the middle, in nanoseconds on average. */
export interface PathDifference extends PathPart {
  readonly slow: number;
  readonly middle: number;
}

/** Why instances of a region, task or goroutine take as long as they do. */
export interface PathReport {
  readonly of: "region" | "task" | "goroutine";
  /** Of all that begin and end in the trace. */
  readonly latency: Distribution;
  readonly slowest: InstancePath;
  /** The slowest one percent, and the half in the middle. */
  readonly slow: MeanPath;
  readonly middle: MeanPath;
  /** The greatest first. */
  readonly differences: readonly PathDifference[];
}
