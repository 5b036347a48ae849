import { isRun, type StoredPart } from "./observer.js";
import { runLines } from "./v1/dump.js";
import { batchLines } from "./v2/dump.js";

/**
 * A part of the input as stored, a line for each event in it: the offset in the input, the event's name, and its
 * arguments as they are (ids are not resolved).
 */
export function storedLines(part: StoredPart): Iterable<string> {
  return isRun(part) ? runLines(part) : batchLines(part);
}
