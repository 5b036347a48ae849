import type { ExitCode } from "../../process/exit-codes.js";

/** The result for one trace. Fields without a value are absent. */
export interface BatchRow {
  readonly input: string;
  readonly exitCode: ExitCode;
  /** As in the header of the trace, `go 1.22`. */
  readonly format?: string;
  /** Nanoseconds. */
  readonly duration?: number;
  readonly events?: number;
  /** What was lost, in words. */
  readonly lost?: readonly string[];
  /** What was left out on purpose, in words. */
  readonly leftOut?: readonly string[];
  /** The first part, if the output is split. */
  readonly output?: string;
  /** The number of parts, if more than one. */
  readonly parts?: number;
  /** Bytes of the output, in all parts. */
  readonly size?: number;
  readonly seconds?: number;
  readonly error?: string;
  readonly advice?: string;
  /** Further files. */
  readonly also?: { readonly pprof?: string; readonly stats?: string };
  readonly limits?: readonly LimitRow[];
  /** The trace was skipped: all values are from an earlier run. */
  readonly skipped?: true;
}

/** A limit and its figure. */
export interface LimitRow {
  readonly limit: string;
  /** In the unit of the figure; absent if the trace has no such figure. */
  readonly value?: number;
  readonly holds: boolean;
  /** The function, type of task or region that is missing in the trace. */
  readonly missing?: string;
}
