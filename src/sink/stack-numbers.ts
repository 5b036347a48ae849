import type { Generation } from "../event/generation.js";
import type { StackFrame } from "../event/tables.js";

/** The stacks of slices and instants, by numbers that events of a file have; 0 is none. */
export interface StackTable {
  /** The following stacks are of this generation. */
  enter(generation: Generation): void;
  /** The number of a stack of the generation. */
  of(stack: number): number;
}

/** Leaves stacks out. */
export const NO_STACKS: StackTable = { enter: () => {}, of: () => 0 };

/** Looks each stack of a generation up once. */
export abstract class StackNumbers implements StackTable {
  #generation: Generation | undefined;
  /** Number by the index of a stack of the generation; 0 is "not looked up yet". */
  known = new Int32Array(64);

  enter(generation: Generation): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.known = new Int32Array(generation.stacks.length + 1);
  }

  of(stack: number): number {
    if (stack === 0) return 0;
    const known = stack < this.known.length ? (this.known[stack] as number) : 0;
    return known !== 0 ? known : this.#lookUp(stack);
  }

  /** Frames of a stack of the generation, from the innermost to the outermost. */
  protected frames(stack: number): readonly StackFrame[] {
    return this.#generation?.stacks.frames(stack) ?? [];
  }

  /** The number of a stack, from the innermost frame to the outermost; 0 without frames. */
  protected abstract define(frames: readonly StackFrame[]): number;

  #lookUp(stack: number): number {
    const number = this.define(this.frames(stack));
    if (stack < this.known.length) this.known[stack] = number;
    return number;
  }
}
