import type { WireRun } from "./v1/trace-reader.js";
import type { Batch } from "./v2/batch-reader.js";

/** A part of the input as stored: whole events in formats before Go 1.22, a batch since. */
export type StoredPart = WireRun | Batch;

/**
 * Called with every part as stored, before it is decoded. Reading waits for the returned promise, if any. An
 * exception ends the reading.
 */
export type WireObserver = (part: StoredPart) => Promise<void> | void;

/** Whether a part is of a format before Go 1.22. */
export function isRun(part: StoredPart): part is WireRun {
  return "minor" in part;
}
