import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { StackFrame } from "../../event/tables.js";
import type { StackNumbers } from "../profile/stack-numbers.js";
import { DOINGS } from "./doing.js";
import { Majority } from "./majority.js";
import { frameIndex, lineKey, WAITING } from "./places.js";
import { SiteTable } from "./site-table.js";
import { TopSums } from "./top-sums.js";
import { WaitKind, waitKind } from "./wait-kind.js";

/** Places where goroutines wait for others: a row for each kind of wait and line of the program. */
export class WaitSites {
  readonly table = new SiteTable();
  /** By site: its {@link WaitKind}, and the time of its waits that the finding's rule counts. */
  kind = new Uint8Array(64);
  cost = new Float64Array(64);
  /** By site: the sum of the squares of what each wait adds to the cost. */
  squares = new Float64Array(64);
  /** By site, of the cost: of waits that goroutines ended which wait at the same line themselves. */
  shared = new Float64Array(64);
  /** By site and {@link Doing}: what those that ended the waits had done meanwhile. */
  doing = new Float64Array(64 * DOINGS);
  /** By site: waiting time by stack that ended it, and by function of the goroutine that did. */
  readonly releases: TopSums[] = [];
  readonly wakers: TopSums[] = [];
  /** By site, of these doings: where they were, as far as it is known: by stack times {@link DOINGS} plus doing. */
  readonly places: TopSums[] = [];
  /** By site, of the cost of waits for channels and Conds: who was busy meanwhile. */
  readonly keepers = new Majority();
  readonly #stacks: StackNumbers;
  readonly #numbers = new Map<string, number>();
  /** By stack: the reason last seen with it, and its site + 2; 1 if it is of no interest, 0 if unknown. */
  #reason = new Int32Array(256);
  #site = new Int32Array(256);

  constructor(stacks: StackNumbers) {
    this.#stacks = stacks;
  }

  /** The site of a wait, or −1 for a reason of no interest. @param reason its number, and its text */
  of(stack: number, reason: number, text: (reason: number) => string): number {
    if (stack < this.#site.length && this.#reason[stack] === reason && this.#site[stack] !== 0)
      return (this.#site[stack] as number) - 2;
    return this.#lookUp(stack, reason, text(reason));
  }

  #lookUp(stack: number, reason: number, text: string): number {
    const site = this.#siteOf(this.#stacks.frames(stack), text);
    if (stack >= this.#site.length) {
      this.#site = grown(this.#site, stack + 1);
      this.#reason = grown(this.#reason, stack + 1);
    }
    this.#site[stack] = site + 2;
    this.#reason[stack] = reason;
    return site;
  }

  #siteOf(frames: readonly StackFrame[], reason: string): number {
    const kind = waitKind(reason, frames);
    if (kind === WaitKind.Other) return NONE;
    const key = `${kind} ${lineKey(frames[frameIndex(frames, WAITING)])}`;
    return this.#numbers.get(key) ?? this.#add(key, kind);
  }

  #add(key: string, kind: WaitKind): number {
    const site = this.table.add();
    this.#numbers.set(key, site);
    if (site >= this.kind.length) {
      this.kind = grown(this.kind, site + 1);
      this.cost = grown(this.cost, site + 1);
      this.squares = grown(this.squares, site + 1);
      this.shared = grown(this.shared, site + 1);
      this.doing = grown(this.doing, this.kind.length * DOINGS);
    }
    this.kind[site] = kind;
    this.releases.push(new TopSums());
    this.wakers.push(new TopSums());
    this.places.push(new TopSums());
    return site;
  }
}
