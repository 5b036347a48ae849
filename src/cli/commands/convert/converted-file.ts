import type { ExitCode } from "../../process/exit-codes.js";

/** What became of a trace that was converted. */
export interface ConvertedFile {
  /** Done, or incomplete. */
  readonly code: ExitCode;
  /** As its header says, `go 1.26`. */
  readonly format: string;
  /** Nanoseconds. */
  readonly duration: number;
  readonly events: number;
  /** What was lost, in words. */
  readonly lost: readonly string[];
  /** What was left out on purpose, in words. */
  readonly leftOut: readonly string[];
  /** Files that were written: more than one if it was split. */
  readonly outputs: readonly string[];
}
