import { type EventBlock, stackOf } from "../event/block.js";
import { COROUTINE, coroutineName } from "../event/coroutine.js";
import type { Generation } from "../event/generation.js";
import { EventKind } from "../event/kind.js";
import { Wrappers } from "../sched/wrappers.js";

const K = EventKind;

/**
 * Finds goroutines by the names that pictures and findings give them, where these are not start functions: what a wrapper
 * calls, such as the function that an `errgroup` runs, and who pulls a coroutine.
 */
export class RunNames {
  readonly #wants: (name: string) => boolean;
  readonly #found: Set<number>;
  readonly #wrappers = new Wrappers();
  readonly #names = new Set<string>();
  #generation: Generation | undefined;
  /** By index of a stack: whether the goroutine whose it is, and the coroutine that it creates, are wanted. */
  #own: boolean[] = [];
  #created: boolean[] = [];

  /**
   * @param wants whether a name is wanted
   * @param found gets the goroutines
   */
  constructor(wants: (name: string) => boolean, found: Set<number>) {
    this.#wants = wants;
    this.#found = found;
  }

  /** All names so far. */
  get names(): Iterable<string> {
    return this.#names;
  }

  events(block: EventBlock): void {
    const { generation, goroutine, kind, length, subject, subjectStack } = block;
    if (generation !== this.#generation) {
      this.#generation = generation;
      this.#own = [];
      this.#created = [];
    }
    for (let i = 0; i < length; i++) {
      const stack = stackOf(block, i);
      if (stack === 0) continue;
      const k = kind[i];
      const id = (k === K.GoStatus || k === K.GoSnapshot ? subject[i] : goroutine[i]) as number;
      this.#own[stack] ??= this.#wantsOwn(stack);
      if (id >= 0 && this.#own[stack]) this.#found.add(id);
      if (k !== K.GoCreateBlocked) continue;
      this.#created[stack] ??= this.#wantsCreated(stack, subjectStack[i] as number);
      if (this.#created[stack]) this.#found.add(subject[i] as number);
    }
  }

  #wantsOwn(stack: number): boolean {
    const stacks = this.#generation?.stacks;
    if (stacks === undefined || !this.#wrappers.has(stacks.startFunction(stack))) return false;
    return this.#wantsName(this.#wrappers.within(stacks.frames(stack)));
  }

  #wantsCreated(stack: number, start: number): boolean {
    const stacks = this.#generation?.stacks;
    if (stacks === undefined || stacks.startFunction(start) !== COROUTINE) return false;
    return this.#wantsName(coroutineName(stacks.frames(stack)));
  }

  #wantsName(name: string): boolean {
    if (name === "") return false;
    this.#names.add(name);
    return this.#wants(name);
  }
}
