import type { GoId, TaskId, TraceTime } from "../../base/ids.js";
import type { StackFrame } from "../../event/tables.js";
import type { Distribution } from "../histogram.js";
import type { ExecTimes } from "./times-table.js";

/** One goroutine, from its first mention to its end. Times are nanoseconds since the start of the trace. */
export interface GoroutineRow {
  /** The runtime gives the id of a goroutine that serves calls from C again and again: each life is a row. */
  readonly id: GoId;
  /** Its start function, "" if no stack says it. */
  readonly function: string;
  /** The first address that was seen in it, undefined if none was. */
  readonly pc: bigint | undefined;
  /** When it was created; 0 if before the trace. */
  readonly created: TraceTime;
  /** When it first ran; undefined if it did not. */
  readonly started: TraceTime | undefined;
  /** When it ended or began to wait forever; undefined if it did not. */
  readonly ended: TraceTime | undefined;
  readonly times: ExecTimes;
  /** How many regions it was in. */
  readonly regions: number;
}

/** All goroutines that have a start function. */
export interface FunctionRow {
  readonly function: string;
  readonly count: number;
  readonly times: ExecTimes;
}

/** How a region began: an event says so; its goroutine inherited it from its creator; or before the trace. */
export type RegionBegin = "begun" | "inherited" | "unseen";
/** How it ended: an event says so; its goroutine ended; or it is under way at the end of the trace. */
export type RegionEnd = "ended" | "goroutine-ended" | "unseen";

/** One region of a goroutine, with what the goroutine did while in it. */
export interface RegionRow {
  readonly goroutine: GoId;
  readonly task: TaskId;
  /** "" for an inherited one. */
  readonly name: string;
  readonly begin: RegionBegin;
  readonly end: RegionEnd;
  /** Undefined if unseen. */
  readonly since: TraceTime | undefined;
  readonly until: TraceTime | undefined;
  readonly times: ExecTimes;
}

/** All regions that have a name and began at the same place of the program. */
export interface RegionTypeRow {
  readonly name: string;
  readonly begin: RegionBegin;
  /** The innermost frame where they began; undefined if that was not seen. */
  readonly frame: StackFrame | undefined;
  readonly count: number;
  /** Those whose beginning and end were seen. */
  readonly complete: number;
  /** How long these lasted. */
  readonly latency: Distribution;
  /** Of all, complete or not. */
  readonly times: ExecTimes;
}

/** All regions that have a name, wherever they begin. */
export interface RegionNameRow {
  readonly name: string;
  readonly count: number;
  /** Those whose beginning and end were seen. */
  readonly complete: number;
  /** How long these lasted. */
  readonly latency: Distribution;
}

/**
 * One task. If it ends twice, the second end counts, and that knows neither type nor parent any more: so it is in Go's
 * own summarizer.
 */
export interface TaskRow {
  readonly id: TaskId;
  /** "" if its beginning was not seen. */
  readonly type: string;
  readonly parent: TaskId | undefined;
  readonly begin: TraceTime | undefined;
  readonly end: TraceTime | undefined;
  readonly children: readonly TaskId[];
  /** Goroutines that began or ended it, logged for it or were in a region of it. */
  readonly goroutines: readonly GoId[];
  readonly logs: number;
  readonly regions: number;
}

/** All tasks of a type. Of a task that ends twice, the first end counts, and the second as one of a task unseen before. */
export interface TaskTypeRow {
  readonly type: string;
  readonly count: number;
  /** Those whose beginning and end were seen. */
  readonly complete: number;
  /** How long these lasted. */
  readonly latency: Distribution;
  /**
   * Sums over the tasks of what {@link TaskRow} has. What is said of a task after its end is not in them, nor is the
   * background task.
   */
  readonly goroutines: number;
  readonly logs: number;
  readonly regions: number;
}

/** One log message. */
export interface LogRow {
  readonly time: TraceTime;
  readonly goroutine: GoId;
  readonly task: TaskId;
  readonly category: string;
  readonly message: string;
}
