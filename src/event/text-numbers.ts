import type { Interner } from "../base/interner.js";
import type { Generation } from "./generation.js";

/** An interner's numbers for the strings of a generation. Each string is looked up once per generation. */
export class TextNumbers {
  readonly #interner: Interner;
  readonly #label: (text: string) => string;
  #generation: Generation | undefined;
  /** Number + 1 by index of the generation's string; 0 is "not looked up yet". */
  #numbers = new Int32Array(64);

  /** @param label transforms a string before it gets a number */
  constructor(interner: Interner, label: (text: string) => string = (text) => text) {
    this.#interner = interner;
    this.#label = label;
  }

  enter(generation: Generation | undefined): void {
    if (generation === undefined || generation === this.#generation) return;
    this.#generation = generation;
    this.#numbers = new Int32Array(generation.strings.length + 16);
  }

  /** The number of the string at an index of the generation. */
  of(index: number): number {
    const known = index < this.#numbers.length ? (this.#numbers[index] as number) - 1 : -1;
    if (known >= 0) return known;
    const number = this.#interner.intern(this.#label(this.#generation?.strings.text(index) ?? ""));
    if (index < this.#numbers.length) this.#numbers[index] = number + 1;
    return number;
  }
}
