import type { TraceError } from "../../../base/errors.js";
import type { Trace } from "../../../order/trace.js";
import { formatName } from "../../../sink/metadata.js";
import { lossesOf } from "../../input/reading.js";
import type { ExitCode } from "../../process/exit-codes.js";

/** The result of converting a trace. */
export interface Conversion {
  /** Done, or incomplete. */
  readonly code: ExitCode;
  /** As in the header of the trace, `go 1.26`. */
  readonly format: string;
  /** Nanoseconds. */
  readonly duration: number;
  readonly events: number;
  /** Descriptions of what was lost. */
  readonly lost: readonly string[];
  /** Descriptions of what was omitted on purpose. */
  readonly leftOut: readonly string[];
  /** The written files: more than one if the output was split. */
  readonly outputs: readonly string[];
}

/** Completes a result with facts from the trace. @param error the error that ended the trace */
export function conversionOf(
  trace: Trace,
  error: TraceError | undefined,
  result: Omit<Conversion, "format" | "lost">,
): Conversion {
  return { ...result, format: formatName(trace), lost: lossesOf(trace, error) };
}
