import type { Generation } from "../event/generation.js";
import { startFunction } from "../event/start-frame.js";
import type { StackFrame, StackTable, StringTable } from "../event/tables.js";

const NO_FRAMES: readonly StackFrame[] = [];

/** Strings that are added one at a time. */
class SnapshotStrings implements StringTable {
  readonly #texts = [""];
  readonly #indices = new Map<string, number>();

  get length(): number {
    return this.#texts.length;
  }

  text(index: number): string {
    return this.#texts[index] ?? "";
  }

  /** The index of a text. It is never 0, so an empty text differs from none. */
  add(text: string): number {
    let index = this.#indices.get(text);
    if (index === undefined) {
      index = this.#texts.length;
      this.#texts.push(text);
      this.#indices.set(text, index);
    }
    return index;
  }
}

/** Stacks that are added one at a time. */
class SnapshotStacks implements StackTable {
  readonly #stacks: (readonly StackFrame[])[] = [NO_FRAMES];
  readonly #indices = new Map<readonly StackFrame[], number>();
  readonly #single = new Map<string, readonly StackFrame[]>();

  get length(): number {
    return this.#stacks.length;
  }

  frames(index: number): readonly StackFrame[] {
    return this.#stacks[index] ?? NO_FRAMES;
  }

  startFunction(index: number): string {
    return startFunction(this.frames(index));
  }

  add(frames: readonly StackFrame[]): number {
    if (frames.length === 0) return 0;
    let index = this.#indices.get(frames);
    if (index === undefined) {
      index = this.#stacks.length;
      this.#stacks.push(frames);
      this.#indices.set(frames, index);
    }
    return index;
  }

  /** A stack of one frame: the start function. */
  addRoot(func: string): number {
    let frames = this.#single.get(func);
    if (frames === undefined) {
      frames = [{ pc: 0n, func, file: "", line: 0 }];
      this.#single.set(func, frames);
    }
    return this.add(frames);
  }
}

/** The strings and stacks of a snapshot. Its clock is that of the generation in which the part begins. */
export class SnapshotGeneration implements Generation {
  readonly strings = new SnapshotStrings();
  readonly stacks = new SnapshotStacks();
  readonly number: number;
  readonly nsPerTick: number;
  readonly clock: Generation["clock"];
  readonly wallClock: Generation["wallClock"];
  readonly complete: boolean;
  readonly experimental = [];
  readonly isSnapshot = true;

  constructor(real: Generation) {
    this.number = real.number;
    this.nsPerTick = real.nsPerTick;
    this.clock = real.clock;
    this.wallClock = real.wallClock;
    this.complete = real.complete;
  }
}
