import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";

/** Goroutines and their current states, in columns by slot. */
export class OpenIntervals {
  /** The goroutine; −1 if the slot is free. */
  goroutine = new Float64Array(256).fill(NONE);
  /** Number of its start function; −1 while unknown. */
  func = new Int32Array(256).fill(NONE);
  /** When it began, in nanoseconds since the start of the trace. */
  since = new Float64Array(256);
  /** Number of the stack that it began with. */
  stack = new Int32Array(256);
  /** For running goroutines: 1 if a part of the run has been counted. */
  isCounted = new Uint8Array(256);
  /** Number of the stack with only the goroutine's start function; 0 while unknown. */
  root = new Int32Array(256);

  ensure(slot: number): void {
    const { length } = this.since;
    if (slot < length) return;
    this.goroutine = grown(this.goroutine, slot + 1);
    this.goroutine.fill(NONE, length);
    this.func = grown(this.func, slot + 1);
    this.func.fill(NONE, length);
    this.since = grown(this.since, slot + 1);
    this.stack = grown(this.stack, slot + 1);
    this.isCounted = grown(this.isCounted, slot + 1);
    this.root = grown(this.root, slot + 1);
  }
}
