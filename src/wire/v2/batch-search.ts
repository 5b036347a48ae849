import { TraceError } from "../../base/errors.js";
import { type BatchHeader, END_OF_GENERATION, MAX_HEADER, readHeader } from "./batch-header.js";
import { LIMITS, wireType } from "./spec.js";

const EVENT_BATCH = wireType("EventBatch");
const EXPERIMENTAL_BATCH = wireType("ExperimentalBatch");

/** Bytes that must be at hand to judge what may be a batch: the largest one, and the header behind it. */
export const JUDGED = MAX_HEADER + LIMITS.batch + 1 + MAX_HEADER;

/** What is known where a batch is searched for. */
export interface Known {
  /** Number of the generation at hand, 0 before the first batch. */
  readonly generation: number;
  /** Time of the last batch, in ticks. */
  readonly time: number;
}

/** Ticks that may lie between batches: a quarter of an hour at least. */
const LONGEST_GAP = 2 ** 40;

/** Whether a batch with a time may follow another: times count from the start of the machine, so by chance they are less. */
export function isTimeAfter(last: number, time: number): boolean {
  return time >= last / 2 && time <= last * 2 + LONGEST_GAP;
}

/** Generations that may be missing, where a batch is searched for. */
const MOST_MISSING = 64;

/** What is at a place: a batch, the mark that ends a generation, the end of the input, or none of these. */
type Found = BatchHeader | "mark" | "end" | "second-trace" | undefined;

/**
 * Tells batches from other bytes: what looks like a header counts if its generation fits to those before, and what stands
 * behind its data is the header of a batch too, a mark or the end of the input.
 */
export class BatchSearch {
  /** The first format whose generations end with a mark. */
  readonly #hasMarks: boolean;

  constructor(hasMarks: boolean) {
    this.#hasMarks = hasMarks;
  }

  /** What stands at a position, of which the bytes up to `end` are at hand: all there are, or enough for a header. */
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

  /** Whether a batch fits between the generation at hand (0 if there is none yet) and what stands behind it. */
  fits(header: BatchHeader, behind: Found, current: number): boolean {
    const { generation } = header;
    if (generation < Math.max(current, 1)) return false;
    if (generation === current) return true;
    // The number may be damaged: then what follows goes on with the one at hand.
    if (typeof behind === "object")
      return behind.generation === generation || behind.generation === generation + 1;
    return behind !== undefined || current === 0 || generation === current + 1;
  }

  /**
   * The same of what may be a batch by chance: its neighbour must be one too, or the end, and both have times near the last one.
   * Generations between may be missing, but not many.
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
   * The position of the first batch or mark in a range, −1 if there is none; what is behind the range must be at hand as far as
   * {@link JUDGED}, or as far as the input goes.
   */
  find(bytes: Uint8Array, from: number, to: number, end: number, known: Known): number {
    for (let position = from; position < to; position++) {
      const type = bytes[position];
      // A mark is a byte as any other, but before the next generation and at the end of the input.
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
