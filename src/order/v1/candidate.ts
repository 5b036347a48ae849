import type { StreamCursor } from "./stream-cursor.js";

/** Values in place of a goroutine that an event waits for: nothing, and a GC. */
export const NOTHING = -1;
export const GC = -2;

/** The next event of a stream, or the next sample. */
export interface Candidate {
  /** The stream's number. */
  readonly number: number;
  /** Undefined for the samples. */
  readonly cursor: StreamCursor | undefined;
  /** Decides between ready events: the time in ticks, or before format 1.7 the sequence number. */
  key: number;
  /** Whether the current event has been taken, so that the next one is due. */
  isTaken: boolean;
  /** The goroutine that its event waits for, if any. */
  waitsFor: number;
  /** Number of the GoSysBlock that was the previous event, or −1. */
  sysBlock: number;
}

/** A candidate before its first event. @param cursor of the stream; absent for the samples */
export function candidateOf(number: number, cursor?: StreamCursor): Candidate {
  return { number, cursor, key: Number.NaN, isTaken: true, waitsFor: NOTHING, sysBlock: -1 };
}
