import type { GoId, TaskId, TraceTime } from "../../base/ids.js";
import type { StackFrame } from "../../event/tables.js";
import type { Distribution } from "../histogram.js";
import type { ExecTimes } from "./times-table.js";

/** One goroutine, from its first event to its end. Times are nanoseconds since the start of the trace. */
export interface GoroutineRow {
  /** The runtime reuses ids of goroutines that serve calls from C: each life is a row. */
  readonly id: GoId;
  /** Its start function; "" if unknown. */
  readonly function: string;
  /** The first address seen in it, if any. */
  readonly pc: bigint | undefined;
  /** When it was created, or the trace or its part began if it is older. */
  readonly created: TraceTime;
  /** When it first ran, if it did. */
  readonly started: TraceTime | undefined;
  /** When it ended, or began to wait forever, if it did. */
  readonly ended: TraceTime | undefined;
  readonly times: ExecTimes;
  /** Number of its regions. */
  readonly regions: number;
}

/** All goroutines with a start function. */
export interface FunctionRow {
  readonly function: string;
  readonly count: number;
  readonly times: ExecTimes;
}

/** How a region began: by an event; inherited from the goroutine's creator; or before the trace. */
export type RegionBegin = "begun" | "inherited" | "unseen";
/** How it ended: by an event; with its goroutine; or it is open at the end of the trace. */
export type RegionEnd = "ended" | "goroutine-ended" | "unseen";

/** One region of a goroutine, with what the goroutine did while in it. */
export interface RegionRow {
  readonly goroutine: GoId;
  readonly task: TaskId;
  /** "" if inherited. */
  readonly name: string;
  readonly begin: RegionBegin;
  readonly end: RegionEnd;
  /** Undefined if not in the trace. */
  readonly since: TraceTime | undefined;
  readonly until: TraceTime | undefined;
  readonly times: ExecTimes;
}

/** All regions with one name and place of beginning. */
export interface RegionTypeRow {
  readonly name: string;
  readonly begin: RegionBegin;
  /** The innermost frame of their beginning; undefined if missing. */
  readonly frame: StackFrame | undefined;
  readonly count: number;
  /** Whole ones. */
  readonly complete: number;
  /** Durations of whole ones. */
  readonly latency: Distribution;
  /** Of all, complete or not. */
  readonly times: ExecTimes;
}

/** All regions with one name. */
export interface RegionNameRow {
  readonly name: string;
  readonly count: number;
  /** Whole ones. */
  readonly complete: number;
  /** Durations of whole ones. */
  readonly latency: Distribution;
}

/** One task. If it ends twice, the second end counts, without type and parent, as in Go's own summarizer. */
export interface TaskRow {
  readonly id: TaskId;
  /** "" if its beginning is missing. */
  readonly type: string;
  readonly parent: TaskId | undefined;
  readonly begin: TraceTime | undefined;
  readonly end: TraceTime | undefined;
  readonly children: readonly TaskId[];
  /** Goroutines that began or ended it, logged for it or had a region of it. */
  readonly goroutines: readonly GoId[];
  readonly logs: number;
  readonly regions: number;
  /** Of the trace in the program's own tracing, if the program logged it: 32 hexadecimal digits. */
  readonly traceId?: string | undefined;
}

/** All tasks of a type. If a task ends twice, the second end counts as that of another task. */
export interface TaskTypeRow {
  readonly type: string;
  readonly count: number;
  /** Whole ones. */
  readonly complete: number;
  /** Durations of whole ones. */
  readonly latency: Distribution;
  /** Sums of the figures of {@link TaskRow}, without events after a task's end and without the background task. */
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
