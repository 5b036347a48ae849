import type { Distribution, HistogramBin } from "../histogram.js";

/** The shape of a distribution of latencies: of the scheduler, of tasks of a type, or of regions of a name. */
export interface LatencyShape {
  readonly of: "sched" | "task" | "region";
  /** The type or name; "" for the scheduler. */
  readonly name: string;
  /** Of whole ones. */
  readonly latency: Distribution;
  /** Number of them by duration in nanoseconds, the shortest first; without empty bins. */
  readonly bins: readonly HistogramBin[];
}
