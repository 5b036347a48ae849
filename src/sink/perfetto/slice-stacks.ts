import type { Generation } from "../../event/generation.js";
import type { Interning } from "./interning.js";

/** The stacks of slices and instants, by numbers as the events have them; 0 is none. */
export interface SliceStacks {
  /** The stacks that follow are of this generation. */
  enter(generation: Generation): void;
  /** The number of a stack of the generation. */
  of(stack: number): number;
}

/** Leaves stacks out. */
export const NO_STACKS: SliceStacks = { enter: () => {}, of: () => 0 };

/** Stacks as texts, a line for each frame, the innermost first: for annotations. Each is written once. */
export class StackTexts implements SliceStacks {
  readonly #interning: Interning;
  #generation: Generation | undefined;
  /** Number of the text by the index of a stack of the generation; 0 is "not looked up yet". */
  #known = new Int32Array(0);

  constructor(interning: Interning) {
    this.#interning = interning;
  }

  enter(generation: Generation): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#known = new Int32Array(generation.stacks.length + 1);
  }

  of(stack: number): number {
    if (stack === 0) return 0;
    const known = stack < this.#known.length ? (this.#known[stack] as number) : 0;
    return known !== 0 ? known : this.#lookUp(stack);
  }

  #lookUp(stack: number): number {
    const frames = this.#generation?.stacks.frames(stack) ?? [];
    if (frames.length === 0) return 0;
    const text = frames.map(({ func, file, line }) => `${func} ${file}:${line}`).join("\n");
    const iid = this.#interning.text("value", text);
    if (stack < this.#known.length) this.#known[stack] = iid;
    return iid;
  }
}
