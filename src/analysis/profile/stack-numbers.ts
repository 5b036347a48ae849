import { grown } from "../../base/columns.js";
import type { Generation } from "../../event/generation.js";
import type { StackFrame } from "../../event/tables.js";

/** More frames than a trace can have distinct ones. */
const FRAMES = 2 ** 24;

/**
 * Numbers the stacks of all generations; stacks with the same PCs share a number, and 0 is the empty stack. It keeps
 * them as a tree from the outermost frames on. As in the official profiles, it drops outermost frames at address 0,
 * which the runtime writes for no stack.
 */
export class StackNumbers {
  #generation: Generation | undefined;
  /** Number + 1 by index of the generation's stack; 0 is "not looked up yet". */
  #numbers = new Int32Array(64);
  /** The same for stacks of only their outermost frames. */
  #roots = new Int32Array(64);
  readonly #frameNumbers = new Map<bigint, number>();
  readonly #frames: StackFrame[] = [];
  /** By stack: its parent, without the innermost frame, and that frame. */
  #outer = new Int32Array(256);
  #innermost = new Int32Array(256);
  #length = 1;
  /** By stack and inner frame. */
  readonly #inner = new Map<number, number>();

  enter(generation: Generation | undefined): void {
    if (generation === undefined || generation === this.#generation) return;
    this.#generation = generation;
    this.#numbers = new Int32Array(generation.stacks.length + 16);
    this.#roots = new Int32Array(generation.stacks.length + 16);
  }

  /** The number of the stack at an index of the generation. */
  of(index: number): number {
    const known = index < this.#numbers.length ? (this.#numbers[index] as number) - 1 : -1;
    return known >= 0 ? known : this.#lookUp(index);
  }

  /** The number of a stack with only the outermost frame of the one at an index. */
  rootOf(index: number): number {
    const known = index < this.#roots.length ? (this.#roots[index] as number) - 1 : -1;
    return known >= 0 ? known : this.#lookUpRoot(index);
  }

  /** From the innermost to the outermost. */
  frames(number: number): StackFrame[] {
    const frames: StackFrame[] = [];
    for (let stack = number; stack !== 0; stack = this.#outer[stack] as number)
      frames.push(this.#frames[this.#innermost[stack] as number] as StackFrame);
    return frames;
  }

  /** The number of a stack without its innermost frames. @param count how many to leave out */
  outer(number: number, count: number): number {
    let stack = number;
    for (let left = count; left > 0; left--) stack = this.#outer[stack] as number;
    return stack;
  }

  #lookUpRoot(index: number): number {
    const root = this.#generation?.stacks.frames(index).at(-1);
    const number = root === undefined ? 0 : this.#within(0, root);
    if (index < this.#roots.length) this.#roots[index] = number + 1;
    return number;
  }

  #lookUp(index: number): number {
    const frames = this.#generation?.stacks.frames(index) ?? [];
    const number = frames.reduceRight((stack, frame) => this.#within(stack, frame), 0);
    if (index < this.#numbers.length) this.#numbers[index] = number + 1;
    return number;
  }

  #within(stack: number, frame: StackFrame): number {
    if (stack === 0 && frame.pc === 0n) return 0;
    const frameNumber = this.#frameNumber(frame);
    const key = stack * FRAMES + frameNumber;
    const known = this.#inner.get(key);
    if (known !== undefined) return known;
    const number = this.#length++;
    if (number >= this.#outer.length) {
      this.#outer = grown(this.#outer, number + 1);
      this.#innermost = grown(this.#innermost, number + 1);
    }
    this.#outer[number] = stack;
    this.#innermost[number] = frameNumber;
    this.#inner.set(key, number);
    return number;
  }

  #frameNumber(frame: StackFrame): number {
    let number = this.#frameNumbers.get(frame.pc);
    if (number === undefined) {
      number = this.#frames.length;
      this.#frames.push(frame);
      this.#frameNumbers.set(frame.pc, number);
    }
    return number;
  }
}
