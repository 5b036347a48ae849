import { grown } from "../../base/columns.js";
import type { StackNumbers } from "../profile/stack-numbers.js";
import { lineKey, programIndex } from "./places.js";
import type { SiteTable } from "./site-table.js";

/** Gives stacks that lead to the same line of the program the same site of a table. */
export class LineSites {
  readonly #stacks: StackNumbers;
  readonly #table: SiteTable;
  readonly #packages: RegExp;
  readonly #byLine = new Map<string, number>();
  /** By stack: site + 1. */
  #byStack = new Int32Array(256);

  /** @param packages as for `programIndex` */
  constructor(stacks: StackNumbers, table: SiteTable, packages: RegExp) {
    this.#stacks = stacks;
    this.#table = table;
    this.#packages = packages;
  }

  /** @param stack its number in the stacks */
  of(stack: number): number {
    const known = stack < this.#byStack.length ? (this.#byStack[stack] as number) : 0;
    return known > 0 ? known - 1 : this.#lookUp(stack);
  }

  #lookUp(stack: number): number {
    const frames = this.#stacks.frames(stack);
    const key = lineKey(frames[programIndex(frames, this.#packages)]);
    const site = this.#byLine.get(key) ?? this.#table.add();
    this.#byLine.set(key, site);
    if (stack >= this.#byStack.length) this.#byStack = grown(this.#byStack, stack + 1);
    this.#byStack[stack] = site + 1;
    return site;
  }
}
