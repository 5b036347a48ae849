import { TraceError } from "../../base/errors.js";
import { type BatchHeader, END_OF_GENERATION, MAX_HEADER, readHeader } from "./batch-header.js";
import { LIMITS, wireType } from "./spec.js";

const EVENT_BATCH = wireType("EventBatch");
const EXPERIMENTAL_BATCH = wireType("ExperimentalBatch");

/** Bytes that must be available to judge a possible batch: the largest batch, and the header after it. */
export const JUDGED = MAX_HEADER + LIMITS.batch + 1 + MAX_HEADER;

/** What is known at the start of a search for a batch. */
export interface Known {
  /** Number of the current generation, 0 before the first batch. */
  readonly generation: number;
  /** Time of the last batch, in ticks. */
  readonly time: number;
}

/** The most ticks between batches: at least a quarter of an hour. */
const LONGEST_GAP = 2 ** 40;

/**
 * Whether a batch with a time may follow another. Times count from the start of the machine. Bytes that look
 * like a time by chance are mostly smaller.
 */
export function isTimeAfter(last: number, time: number): boolean {
  return time >= last / 2 && time <= last * 2 + LONGEST_GAP;
}

/** The most generations that may be missing in a search. */
const MOST_MISSING = 64;

/**
 * What is at a position: a batch, the mark that ends a generation, the end of the input, or something else.
 */
type Found = BatchHeader | "mark" | "end" | "second-trace" | undefined;

/**
 * Tells batches from other bytes. What looks like a header counts under two conditions: its generation fits
 * those before, and a batch header, a mark or the end of the input follows its data.
 */
export class BatchSearch {
  /** The first format whose generations end with a mark. */
  readonly #hasMarks: boolean;

  constructor(hasMarks: boolean) {
    this.#hasMarks = hasMarks;
  }

  /**
   * What is at a position. `end` is the end of the available bytes: all of the input, or enough for a header.
   */
  at(bytes: Uint8Array, position: number, end: number): Found {
    if (position >= end) return "end";
    if (this.#hasMarks && bytes[position] === END_OF_GENERATION) return "mark";
    try {
      return readHeader(bytes, position, end, 0, undefined);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      if (error.code === "second-trace") return "second-trace";
      return error.code === "truncated" ? "end" : undefined;
    }
  }

  /**
   * Whether a batch fits between the current generation (0 if there is none yet) and what follows the batch.
   */
  fits(header: BatchHeader, behind: Found, current: number): boolean {
    const { generation } = header;
    if (generation < Math.max(current, 1)) return false;
    if (generation === current) return true;
    // The generation number may be damaged. Then what follows continues the current generation.
    if (typeof behind === "object")
      return behind.generation === generation || behind.generation === generation + 1;
    return behind !== undefined || current === 0 || generation === current + 1;
  }

  /**
   * Stricter than {@link fits}, for bytes that may look like a batch by chance. A batch or the end must
   * follow, and both times must be near the last one. Some generations between may be missing, but not many.
   */
  #isPlausible(
    { generation, time }: BatchHeader,
    behind: Found,
    { generation: current, time: last }: Known,
  ): boolean {
    if (generation === 0 || !isTimeAfter(last, time)) return false;
    if (typeof behind === "object" && !isTimeAfter(time, behind.time)) return false;
    const isNext = generation === current || generation === current + 1;
    if (typeof behind !== "object") return behind === "end" && isNext;
    const isNear = current === 0 || (generation > current && generation <= current + MOST_MISSING);
    if (behind.generation === generation) return isNext || isNear;
    return behind.generation === generation + 1 && isNext;
  }

  /**
   * The position of the first batch or mark in a range, −1 if there is none. The bytes after the range must
   * be available as far as {@link JUDGED}, or to the end of the input.
   */
  find(bytes: Uint8Array, from: number, to: number, end: number, known: Known): number {
    for (let position = from; position < to; position++) {
      const type = bytes[position];
      // A mark is a single byte that can occur anywhere. It counts only before the next generation and at the
      // end of the input.
      if (this.#hasMarks && type === END_OF_GENERATION && position + 1 === end && to === end) return position;
      if (type !== EVENT_BATCH && type !== EXPERIMENTAL_BATCH && type !== 0x67) continue;
      const found = this.at(bytes, position, end);
      if (found === "second-trace") return position;
      if (typeof found !== "object") continue;
      const behind = position + found.length + found.size;
      if (behind > end) continue;
      let next = this.at(bytes, behind, end);
      if (next === "mark") next = this.at(bytes, behind + 1, end);
      if (!this.#isPlausible(found, next, known)) continue;
      const isMarked =
        this.#hasMarks && found.generation > known.generation && bytes[position - 1] === END_OF_GENERATION;
      return isMarked && position > from ? position - 1 : position;
    }
    return -1;
  }
}
