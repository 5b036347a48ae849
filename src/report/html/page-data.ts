/** What the script of a page draws. All texts are safe to show, and all lists are bounded. */
export interface PageData {
  /** One trace, or two that are compared. */
  readonly traces: readonly TraceData[];
}

export interface TraceData {
  /** "" for a single trace, otherwise "A" or "B". */
  readonly label: string;
  /** In nanoseconds. */
  readonly duration: number;
  readonly timeline: TimelineData;
  readonly latencies: readonly LatencyData[];
  readonly mmu: readonly MmuData[];
  readonly flames: readonly FlameData[];
}

/** Series over time, in buckets of the same width. */
export interface TimelineData {
  /** In nanoseconds. */
  readonly width: number;
  /** Use of each P, or of several together, in percent. */
  readonly procs: readonly { readonly label: string; readonly busy: readonly number[] }[];
  /** Number of Ps. */
  readonly procCount: number;
  /** Number of goroutines in each state. */
  readonly states: readonly { readonly state: string; readonly values: readonly number[] }[];
  /** Share of the time in percent: of GC cycles, and of stop-the-world. */
  readonly gc: readonly number[];
  readonly stw: readonly number[];
  /** Number of goroutines that assist the GC. */
  readonly assists: readonly number[];
  /** In bytes. */
  readonly heap: readonly (number | null)[];
  readonly goal: readonly (number | null)[];
}

export interface LatencyData {
  readonly label: string;
  readonly count: number;
  /** Lower bounds of bins in nanoseconds, each a quarter of a power of two wide, and the number of values in each. */
  readonly bins: readonly (readonly [number, number])[];
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export interface MmuData {
  readonly label: string;
  /** Windows in nanoseconds, and the least utilization from 0 to 1. */
  readonly points: readonly (readonly [number, number])[];
}

/** A flame graph. */
export interface FlameData {
  readonly kind: string;
  readonly title: string;
  /** What all of it is, such as "all that is blocked". */
  readonly root: FlameNode;
  /** The texts of frames. */
  readonly names: readonly string[];
}

/** Number of the name, nanoseconds with all below, and what it calls, the longest first. */
export type FlameNode = readonly [number, number, (readonly FlameNode[])?];
