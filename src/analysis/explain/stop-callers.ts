import type { StackFrame } from "../../event/tables.js";
import { lineKey, programIndex, WAITING } from "./places.js";

/** A line of the program that stops the world. */
export interface StopCaller {
  /** A stack that does; empty if the trace has none. */
  readonly frames: readonly StackFrame[];
  /** Nanoseconds of its stop-the-world. */
  total: number;
}

/** Which lines of the program stop the world. */
export class StopCallers {
  readonly #lines = new Map<string, StopCaller>();

  add(frames: readonly StackFrame[], time: number): void {
    const key = lineKey(frames[programIndex(frames, WAITING)]);
    const known = this.#lines.get(key);
    if (known === undefined) this.#lines.set(key, { frames, total: time });
    else known.total += time;
  }

  /** The line whose stops took most of the time; undefined if there is none. */
  get most(): StopCaller | undefined {
    return [...this.#lines.values()].sort((a, b) => b.total - a.total)[0];
  }

  /** Number of lines. */
  get count(): number {
    return this.#lines.size;
  }
}
