import type { ExitCode } from "../../process/exit-codes.js";

/** What became of one trace. Fields are absent where there is nothing to tell. */
export interface BatchRow {
  readonly input: string;
  readonly exitCode: ExitCode;
  /** As the header says, `go 1.22`. */
  readonly format?: string;
  /** Nanoseconds. */
  readonly duration?: number;
  readonly events?: number;
  /** What was lost, in words. */
  readonly lost?: readonly string[];
  /** What was left out on purpose, in words. */
  readonly leftOut?: readonly string[];
  /** The first part, if it is in parts. */
  readonly output?: string;
  /** How many, if more than one. */
  readonly parts?: number;
  /** Bytes of the output, all parts together. */
  readonly size?: number;
  readonly seconds?: number;
  readonly error?: string;
  readonly advice?: string;
  /** What else was written, by what it is. */
  readonly also?: { readonly pprof?: string; readonly stats?: string };
  readonly limits?: readonly LimitRow[];
  /** It was there already, from an earlier run: all of this is from then. */
  readonly skipped?: true;
}

/** A limit with the figure that it is about. */
export interface LimitRow {
  readonly limit: string;
  /** In the figure's unit; absent if the trace has no such figure. */
  readonly value?: number;
  readonly holds: boolean;
  /** The function, type of task or region in it that the trace does not have. */
  readonly missing?: string;
}
