import { grown } from "../../base/columns.js";
import type { StackNumbers } from "../profile/stack-numbers.js";
import { CALLING, callerIndex, programIndex } from "./places.js";

/** Of stacks, the part from the program's own line on: what a library does below that is one place. */
export class OwnStacks {
  readonly #stacks: StackNumbers;
  /** By stack: the number of its part + 1. */
  #byStack = new Int32Array(256);

  constructor(stacks: StackNumbers) {
    this.#stacks = stacks;
  }

  /** The number of the part of a stack. */
  of(stack: number): number {
    const known = stack < this.#byStack.length ? (this.#byStack[stack] as number) : 0;
    return known > 0 ? known - 1 : this.#lookUp(stack);
  }

  #lookUp(stack: number): number {
    const frames = this.#stacks.frames(stack);
    const own = this.#stacks.outer(stack, callerIndex(frames, programIndex(frames, CALLING)));
    if (stack >= this.#byStack.length) this.#byStack = grown(this.#byStack, stack + 1);
    this.#byStack[stack] = own + 1;
    return own;
  }
}
