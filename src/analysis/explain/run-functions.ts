import { NONE } from "../../base/ids.js";
import { Interner } from "../../base/interner.js";
import { startFunction } from "../../event/start-frame.js";
import type { StackFrame } from "../../event/tables.js";
import type { SchedModel } from "../../sched/model.js";
import { Wrappers } from "../../sched/wrappers.js";
import type { StackNumbers } from "../profile/stack-numbers.js";

/** The number of a start function that is a wrapper. */
const WRAPPER = -2;

/**
 * What goroutines run, for sums by function: their start function. If that is a wrapper, such as `sync.(*WaitGroup).Go`, it is
 * the first function of the program within, as far as the stack tells.
 */
export class RunFunctions {
  /** The functions by number. */
  readonly names = new Interner();
  readonly #wrappers = new Wrappers();
  readonly #stacks: StackNumbers;
  #model!: SchedModel;
  /** By number of the start function: its number here, or {@link WRAPPER}. */
  readonly #numbers: number[] = [];
  /** By stack: the number of the function within the wrapper, or −1. */
  readonly #within = new Map<number, number>();
  /** By stack: the number of the function of a goroutine with it, or −1. */
  readonly #starts = new Map<number, number>();

  constructor(stacks: StackNumbers) {
    this.#stacks = stacks;
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  /**
   * @param func number of the start function; −1 if unknown: then the stack tells
   * @param stack index of a stack of the goroutine in its generation
   * @returns the number of the function; −1 if unknown
   */
  of(func: number, stack: number): number {
    if (func === NONE) return this.#startOf(this.#stacks.of(stack));
    const number = this.#numbers[func] ?? this.#lookUp(func);
    if (number !== WRAPPER) return number;
    const within = this.#withinOf(this.#stacks.of(stack));
    return within === NONE ? this.names.intern(this.#model.functions.text(func)) : within;
  }

  /** The same by name. @param frames of a stack of the goroutine, the innermost first */
  nameOf(func: string, frames: readonly StackFrame[]): string {
    return (this.#wrappers.has(func) && this.#wrappers.within(frames)) || func;
  }

  /** Of a goroutine that is older than the trace: its first stack names it only afterwards. */
  #startOf(stack: number): number {
    const known = this.#starts.get(stack);
    if (known !== undefined) return known;
    const frames = this.#stacks.frames(stack);
    const name = this.nameOf(startFunction(frames), frames);
    const number = name === "" ? NONE : this.names.intern(name);
    this.#starts.set(stack, number);
    return number;
  }

  #lookUp(func: number): number {
    const name = this.#model.functions.text(func);
    const number = this.#wrappers.has(name) ? WRAPPER : this.names.intern(name);
    this.#numbers[func] = number;
    return number;
  }

  #withinOf(stack: number): number {
    const known = this.#within.get(stack);
    if (known !== undefined) return known;
    const name = this.#wrappers.within(this.#stacks.frames(stack));
    const number = name === "" ? NONE : this.names.intern(name);
    this.#within.set(stack, number);
    return number;
  }
}
