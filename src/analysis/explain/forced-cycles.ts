import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { StackFrame } from "../../event/tables.js";
import type { Analysis } from "../analysis.js";
import { lineKey, programIndex, WAITING } from "./places.js";

const FORCING = /^runtime(\.GC|\/debug\.FreeOSMemory|\/debug\.freeOSMemory)$/;

/** A line that begins GC cycles. */
export interface ForcingLine {
  readonly frames: readonly StackFrame[];
  count: number;
}

/** GC cycles that the program begins itself, by `runtime.GC` or `debug.FreeOSMemory`. */
export class ForcedCycles implements Analysis {
  readonly otherKinds = [EventKind.GcBegin];
  count = 0;
  readonly #lines = new Map<string, ForcingLine>();
  #block!: EventBlock;

  /** The line that begins most. */
  get most(): ForcingLine | undefined {
    return [...this.#lines.values()].sort((a, b) => b.count - a.count)[0];
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  other(event: number): void {
    const { generation, kind, stack } = this.#block;
    if (kind[event] !== EventKind.GcBegin) return;
    const frames = generation?.stacks.frames(stack[event] as number) ?? [];
    if (!frames.some(({ func }) => FORCING.test(func))) return;
    this.count++;
    const key = lineKey(frames[programIndex(frames, WAITING)]);
    const known = this.#lines.get(key);
    if (known === undefined) this.#lines.set(key, { frames, count: 1 });
    else known.count++;
  }
}
