import { type Arg, type Frame, wireBytes, wireStack, wireString } from "../trace-builder.js";
import type { Random } from "./random.js";

/** A stack in the terms of the simulator: functions with lines, innermost first. */
export type SimStack = readonly string[];

/** The strings and stacks of one generation, with ids that are given as they come. */
export class WireTables {
  readonly #random: Random;
  readonly #strings = new Map<string, number>();
  readonly #stacks = new Map<string, number>();
  readonly #stringBytes: Uint8Array[] = [];
  readonly #stackBytes: Uint8Array[] = [];
  #nextString: number;
  #nextStack: number;

  constructor(random: Random) {
    this.#random = random;
    this.#nextString = random.between(1, 5);
    this.#nextStack = random.chance(0.1) ? 2 ** 33 : 1;
  }

  /** Id of a string; 0 is the empty one. */
  string(text: string): number {
    if (text === "") return 0;
    let id = this.#strings.get(text);
    if (id === undefined) {
      id = this.#nextString;
      this.#nextString += this.#random.between(1, 3);
      this.#strings.set(text, id);
      this.#stringBytes.push(wireString(id, text));
    }
    return id;
  }

  /** Id of a stack; 0 is none. */
  stack(stack: SimStack): number {
    if (stack.length === 0) return 0;
    const key = stackText(stack);
    let id = this.#stacks.get(key);
    if (id === undefined) {
      id = this.#nextStack++;
      this.#stacks.set(key, id);
      this.#stackBytes.push(wireStack(id, stack.map(this.#frame)));
    }
    return id;
  }

  /** The data of the batches that hold the tables. */
  batches(): Uint8Array[][] {
    return [
      [wireBytes("Strings"), ...this.#stringBytes],
      [wireBytes("Stacks"), ...this.#stackBytes],
    ];
  }

  readonly #frame = (place: string): Frame => {
    const [func = "", line = "0"] = place.split(":");
    const id: Arg = this.string(func);
    // A PC names one place: of several that claim the same, Go's reader takes the first.
    return [id * 1000 + Number(line), id, this.string(`/src/${func}.go`), Number(line)];
  };
}

/** A stack as one text. */
export function stackText(stack: SimStack): string {
  return stack.join(" < ");
}
