import { TraceError } from "../../base/errors.js";
import { GREATEST_ID } from "../../base/ids.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import { headerVersion } from "../format.js";
import { LIMITS, wireType } from "./spec.js";

const EVENT_BATCH = wireType("EventBatch");
const EXPERIMENTAL_BATCH = wireType("ExperimentalBatch");
export const END_OF_GENERATION = wireType("EndOfGeneration");

/** The most bytes of a header: type, experiment and four varints of ten bytes. */
export const MAX_HEADER = 42;

/** The header of a batch. */
export interface BatchHeader {
  /** The experiment of the batch; 0 means none. */
  readonly experiment: number;
  readonly generation: number;
  /** −1 means "no thread". */
  readonly thread: number;
  /** In ticks. */
  readonly time: number;
  /** Bytes of the data. */
  readonly size: number;
  /** Bytes of the header. */
  readonly length: number;
}

/**
 * Reads the header at a position.
 * @param end end of the available bytes
 * @param offset of the position in the input
 * @param failure why the input ends, if it was cut
 * @throws TraceError `malformed-batch`, `batch-too-large`, `second-trace`, `truncated` if the bytes end
 *   within it
 */
export function readHeader(
  bytes: Uint8Array,
  position: number,
  end: number,
  offset: number,
  failure: TraceError | undefined,
): BatchHeader {
  const cursor = new ByteCursor(bytes, position, Math.min(end, position + MAX_HEADER));
  let header: BatchHeader;
  try {
    header = parse(cursor, offset);
  } catch (error) {
    if (!(error instanceof MalformedBytes)) throw error;
    // Fewer bytes than the longest header are available only at the end of the input.
    if (cursor.remaining === 0)
      throw failure ?? new TraceError("truncated", "the input ends within a batch header", { offset });
    throw new TraceError("malformed-batch", `malformed batch header: ${error.message}`, { offset });
  }
  if (header.size > LIMITS.batch) {
    const message = `a batch claims ${header.size} bytes; the most there can be is ${LIMITS.batch}`;
    throw new TraceError("batch-too-large", message, { offset });
  }
  if (header.thread > GREATEST_ID) {
    const message = `a batch of thread ${header.thread}, which is too large an id`;
    throw new TraceError("malformed-batch", message, { offset });
  }
  return header;
}

function parse(cursor: ByteCursor, offset: number): BatchHeader {
  const start = cursor.position;
  if (headerVersion(cursor.bytes.subarray(start, cursor.end)) !== undefined) {
    throw new TraceError("second-trace", "another trace begins after the end of the first", { offset });
  }
  const type = cursor.byte();
  if (type !== EVENT_BATCH && type !== EXPERIMENTAL_BATCH) {
    throw new TraceError("malformed-batch", `expected a batch, found byte ${type}`, { offset });
  }
  const experiment = type === EXPERIMENTAL_BATCH ? cursor.byte() : 0;
  const generation = cursor.uvarint();
  const thread = cursor.id();
  const time = cursor.uvarint();
  const size = cursor.uvarint();
  return { experiment, generation, thread, time, size, length: cursor.position - start };
}
