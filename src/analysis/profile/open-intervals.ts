import { grown } from "../../base/columns.js";

/** The current states of goroutines, in columns by slot. */
export class OpenIntervals {
  /** When it began, in nanoseconds since the start of the trace. */
  since = new Float64Array(256);
  /** Number of the stack that it began with. */
  stack = new Int32Array(256);
  /** For running goroutines: 1 if a part of the run has been counted. */
  isCounted = new Uint8Array(256);
  /** Number of the stack with only the goroutine's start function; 0 while unknown. */
  root = new Int32Array(256);

  ensure(slot: number): void {
    if (slot < this.since.length) return;
    this.since = grown(this.since, slot + 1);
    this.stack = grown(this.stack, slot + 1);
    this.isCounted = grown(this.isCounted, slot + 1);
    this.root = grown(this.root, slot + 1);
  }
}
