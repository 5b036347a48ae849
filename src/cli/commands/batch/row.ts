import type { Finding } from "../../../analysis/explain/finding.js";
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
  /** Descriptions of what was lost. */
  readonly lost?: readonly string[];
  /** Descriptions of what was omitted on purpose. */
  readonly leftOut?: readonly string[];
  /** The first part, if the output is split. */
  readonly output?: string;
  /** The number of parts, if more than one. */
  readonly parts?: number;
  /** Bytes of the output, over all parts. */
  readonly size?: number;
  readonly seconds?: number;
  readonly error?: string;
  readonly advice?: string;
  /** Additional files. */
  readonly also?: {
    readonly pprof?: string;
    readonly stats?: string;
    readonly explain?: string;
    readonly html?: string;
  };
  /** The weightiest finding of `explain`, if it was asked for, or a page. */
  readonly finding?: FindingRow;
  readonly limits?: readonly LimitRow[];
  /** The trace was skipped. All values are from an earlier run. */
  readonly skipped?: true;
}

/** A finding: see {@link Finding}. */
export type FindingRow = Pick<Finding, "kind" | "weight" | "sentence">;

/** A limit and the value of its figure. */
export interface LimitRow {
  readonly limit: string;
  /** In the unit of the figure; absent if the trace has no such figure. */
  readonly value?: number;
  readonly holds: boolean;
  /** The function, task type or region that the trace lacks. */
  readonly missing?: string;
}
