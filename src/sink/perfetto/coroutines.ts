import type { EventBlock } from "../../event/block.js";
import { COROUTINE, coroutineName } from "../../event/coroutine.js";
import type { Generation } from "../../event/generation.js";
import { EventKind } from "../../event/kind.js";

/** Names coroutines by the stack that creates them, because few ever have one of their own. */
export class Coroutines {
  #generation: Generation | undefined;
  /** By index of a stack of the generation. */
  #names: (string | undefined)[] = [];

  /** The name of the coroutine that an event creates; "" if it creates something else, or no stack tells. */
  nameOf(block: EventBlock, event: number): string {
    const { generation, kind, stack, subjectStack } = block;
    if (kind[event] !== EventKind.GoCreateBlocked || generation === undefined) return "";
    const { stacks } = generation;
    if (stacks.startFunction(subjectStack[event] as number) !== COROUTINE) return "";
    if (generation !== this.#generation) this.#names = [];
    this.#generation = generation;
    const creator = stack[event] as number;
    const known = this.#names[creator];
    if (known !== undefined) return known;
    const name = coroutineName(stacks.frames(creator));
    while (this.#names.length <= creator) this.#names.push(undefined);
    this.#names[creator] = name;
    return name;
  }
}
