import type { Generation } from "../../event/generation.js";
import { WireStacks } from "../../wire/stack-table.js";
import { WireStrings } from "../../wire/string-table.js";
import type { GenerationFacts, GenerationPart } from "./thread-messages.js";

/** A generation whose tables can be sent. */
interface WireGeneration extends Generation {
  readonly strings: WireStrings;
  readonly stacks: WireStacks;
}

/** What another thread does not have yet of the generations. */
export class GenerationParts {
  #generation: Generation | undefined;
  /** Number of indices that the other thread has. */
  #strings = 1;
  #stacks = 1;

  /** What is new in a generation, or the whole of a new one. */
  next(generation: Generation | undefined): GenerationPart | undefined {
    if (generation === undefined) return undefined;
    const { strings, stacks } = generation as WireGeneration;
    const isNew = generation !== this.#generation;
    if (isNew) this.#strings = this.#stacks = 1;
    const part = {
      facts: isNew ? factsOf(generation) : undefined,
      strings: strings.since(this.#strings),
      stacks: stacks.since(this.#stacks),
    };
    this.#generation = generation;
    this.#strings = strings.length;
    this.#stacks = stacks.length;
    return part;
  }
}

function factsOf({
  number,
  nsPerTick,
  clock,
  wallClock,
  complete,
  experimental,
  threads,
}: Generation): GenerationFacts {
  const ids = threads?.map(({ thread }) => ({ thread }));
  return { number, nsPerTick, clock, wallClock, complete, experimental, threads: ids };
}

/** The generations again, in the other thread. */
export class ReceivedGenerations {
  #generation: WireGeneration | undefined;

  /** The generation of the next blocks. */
  take(part: GenerationPart | undefined): Generation | undefined {
    if (part === undefined) return undefined;
    if (part.facts !== undefined) {
      const strings = new WireStrings();
      this.#generation = { ...part.facts, strings, stacks: new WireStacks(strings) };
    }
    this.#generation?.strings.addPart(part.strings);
    this.#generation?.stacks.addPart(part.stacks);
    return this.#generation;
  }
}
