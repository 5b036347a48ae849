import { isRun, type StoredPart } from "./observer.js";
import { runLines } from "./v1/dump.js";
import { batchLines } from "./v2/dump.js";

/**
 * Prints a part of the input as stored, one line per event: the offset in the input, the event's name, and
 * its raw arguments (ids are not resolved).
 */
export function storedLines(part: StoredPart): Iterable<string> {
  return isRun(part) ? runLines(part) : batchLines(part);
}
