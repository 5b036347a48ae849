import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { CONTESTED, WaitKind } from "./wait-kind.js";
import type { WaitSites } from "./wait-sites.js";
import { WokenTogether } from "./woken-together.js";

/** More sites than a trace can have. */
const SITES = 2 ** 24;

/**
 * Tells which waits are for what another goroutine has, such as a token of a pool, or for what it does for several at
 * once.
 */
export class SharedWaits {
  readonly #sites: WaitSites;
  /** By slot: the site of its last wait for what goroutines may have. */
  #last = new Int32Array(256);
  /** Pairs of sites at which goroutines wait to send: where waits were ended, and where those waited last who ended them. */
  readonly #endedFrom = new Set<number>();
  /** Waits for a WaitGroup that end together, and what of them counts. */
  readonly #released = new WokenTogether();
  #releasedCost = 0;

  constructor(sites: WaitSites) {
    this.#sites = sites;
  }

  /** A goroutine begins. */
  begin(slot: number): void {
    if (slot >= this.#last.length) this.#last = grown(this.#last, slot + 1);
    this.#last[slot] = NONE;
  }

  /** It begins to wait at a site. */
  wait(slot: number, site: number): void {
    if (CONTESTED.has(this.#sites.kind[site] as number)) this.#last[slot] = site;
  }

  /**
   * Whether the goroutine that ends a wait for a channel or Cond had what that wait was for, such as a token: it had waited
   * at the same line, or at another one that sends to the same channel. Several that wait for a WaitGroup wait for what
   * one of them does for all.
   * @param waker its slot
   */
  end(site: number, waker: number, now: number): boolean {
    if (waker === NONE || site === NONE) return false;
    const { kind } = this.#sites;
    if (kind[site] === WaitKind.WaitGroup) return this.#release(site, waker, now);
    const last = this.#last[waker] as number;
    if (last === site) return CONTESTED.has(kind[site] as number);
    return (
      last !== NONE &&
      kind[site] === WaitKind.Send &&
      kind[last] === WaitKind.Send &&
      this.#isMutual(site, last)
    );
  }

  /** What the cost of a wait that has just ended adds to a sum of squares: waits for a WaitGroup that end together are one. */
  square(kind: number, cost: number): number {
    if (kind !== WaitKind.WaitGroup) return cost * cost;
    this.#releasedCost += cost;
    return this.#releasedCost ** 2 - (this.#releasedCost - cost) ** 2;
  }

  /** Whether a goroutine ends a wait for a WaitGroup together with another's. */
  #release(site: number, waker: number, now: number): boolean {
    const goesOn = this.#released.goesOn(waker, site, now);
    if (!goesOn) this.#releasedCost = 0;
    return goesOn;
  }

  /** Whether goroutines that last waited at either of two lines end waits at the other: both take what a channel limits. */
  #isMutual(site: number, last: number): boolean {
    this.#endedFrom.add(site * SITES + last);
    return this.#endedFrom.has(last * SITES + site);
  }
}
