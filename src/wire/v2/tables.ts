import { TraceError } from "../../base/errors.js";
import type { ByteCursor } from "../../bytes/byte-cursor.js";
import type { WireFrame, WireStacks } from "../stack-table.js";
import type { WireStrings } from "../string-table.js";
import { LIMITS, wireType } from "./spec.js";

const STRING = wireType("String");
const STACK = wireType("Stack");

/**
 * Adds the strings of a batch to a table.
 * @param data the batch's data after its first byte
 * @param report receives the error of an entry with an existing id, and the entry is skipped; without it, the
 *   error is thrown
 * @throws TraceError `malformed-table`; MalformedBytes if the data ends within a string
 */
export function readStrings(
  data: ByteCursor,
  strings: WireStrings,
  report?: (error: TraceError) => void,
): void {
  while (data.remaining > 0) {
    const type = data.byte();
    if (type !== STRING) throw new TraceError("malformed-table", `expected a string, found event ${type}`);
    const id = data.uvarint();
    const size = data.uvarint();
    if (size > LIMITS.string) {
      throw new TraceError(
        "malformed-table",
        `a string of ${size} bytes; the most there can be is ${LIMITS.string}`,
      );
    }
    const start = data.skip(size);
    if (!strings.add(id, data.bytes, start, size)) tell(`two strings with the id ${id}`, report);
  }
}

/**
 * Adds the stacks of a batch to a table.
 * @param data the batch's data after its first byte
 * @param report receives the error of an entry with an existing id, and the entry is skipped; without it, the
 *   error is thrown
 * @throws TraceError `malformed-table`; MalformedBytes if the data ends within a stack
 */
export function readStacks(data: ByteCursor, stacks: WireStacks, report?: (error: TraceError) => void): void {
  while (data.remaining > 0) {
    const type = data.byte();
    if (type !== STACK) throw new TraceError("malformed-table", `expected a stack, found event ${type}`);
    const id = data.uvarint();
    const count = data.uvarint();
    if (count > LIMITS.frames) {
      throw new TraceError(
        "malformed-table",
        `a stack of ${count} frames; the most there can be is ${LIMITS.frames}`,
      );
    }
    const frames: WireFrame[] = [];
    for (let i = 0; i < count; i++) frames.push(stacks.frame(data));
    if (!stacks.add(id, frames)) tell(`two stacks with the id ${id}`, report);
  }
}

function tell(message: string, report: ((error: TraceError) => void) | undefined): void {
  const error = new TraceError("malformed-table", message);
  if (report === undefined) throw error;
  report(error);
}
