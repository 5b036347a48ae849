/** What the script of a page draws. All texts are safe to show, and all lists are bounded. */
export interface PageData {
  /** One trace, or two that are compared. */
  readonly traces: readonly TraceData[];
  readonly latencies: readonly LatencyData[];
  readonly mmu: readonly MmuData[];
}

export interface TraceData {
  /** When it begins, in the whole trace that it is a part of, and how long it is, in nanoseconds. */
  readonly start: number;
  readonly duration: number;
  readonly timeline: TimelineData;
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

/** How a curve looks: those that belong together, of two traces, have one colour, and that of the second is dashed. */
export interface Curve {
  readonly label: string;
  /** Number of its colour. */
  readonly color: number;
  readonly dashed: boolean;
}

export interface LatencyData extends Curve {
  readonly count: number;
  /** Lower bounds of bins in nanoseconds, each a quarter of a power of two wide, and the number of values in each. */
  readonly bins: readonly (readonly [number, number])[];
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export interface MmuData extends Curve {
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
