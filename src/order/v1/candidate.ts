import type { StreamCursor } from "./stream-cursor.js";

/** Stand in the place of a goroutine that an event waits for: for none, and for a GC. */
export const NOTHING = -1;
export const GC = -2;

/** The next event of a stream, or the next sample. */
export interface Candidate {
  /** The stream's number. */
  readonly number: number;
  /** Undefined for the samples. */
  readonly cursor: StreamCursor | undefined;
  /** What decides between events that may be next: the time in ticks, in formats before 1.7 the sequence number. */
  key: number;
  /** Whether the event at hand has been taken, so that there is to be a next one. */
  isTaken: boolean;
  /** The goroutine for which its event waits, while it does. */
  waitsFor: number;
  /** Number of the GoSysBlock that was the event before, or −1. */
  sysBlock: number;
}

/** Before its first event. @param cursor of the stream; absent for the samples */
export function candidateOf(number: number, cursor?: StreamCursor): Candidate {
  return { number, cursor, key: Number.NaN, isTaken: true, waitsFor: NOTHING, sysBlock: -1 };
}
