import type { Generation } from "../../event/generation.js";
import type { InternedTable, Interning } from "./interning.js";

/** Interned numbers of the trace's frequent strings, for one table. */
export class StringNumbers {
  readonly #interning: Interning;
  readonly #table: InternedTable;
  #generation: Generation | undefined;
  /** Number by index of the generation's string; 0 is "not looked up yet". */
  known = new Int32Array(0);

  constructor(interning: Interning, table: InternedTable) {
    this.#interning = interning;
    this.#table = table;
  }

  /** The following strings are of this generation. */
  enter(generation: Generation): void {
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.known = new Int32Array(generation.strings.length + 1);
  }

  /** The number of a string of the generation; 0 for the empty one. */
  of(string: number): number {
    if (string === 0) return 0;
    const known = string < this.known.length ? (this.known[string] as number) : 0;
    return known !== 0 ? known : this.#lookUp(string);
  }

  #lookUp(string: number): number {
    const text = this.#generation?.strings.text(string) ?? "";
    if (text === "") return 0;
    const iid = this.#interning.text(this.#table, text);
    if (string < this.known.length) this.known[string] = iid;
    return iid;
  }
}
