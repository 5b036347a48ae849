import { NONE } from "../../base/ids.js";
import type { Lives } from "./lives.js";
import { merged, Tally } from "./sample-table.js";
import type { UserRegions } from "./user-regions.js";

/** Which regions count. */
export interface RegionQuery {
  readonly name: string;
  /** Limits on their duration, in nanoseconds, inclusive. Regions that the trace cuts last up to its edges. */
  readonly min?: number;
  readonly max?: number;
}

/**
 * Selects samples within certain regions, as `go tool trace` does for its profiles of regions. Of nested regions the
 * outermost counts. A region's duration is known at its end; until then its samples are held, and those that count if
 * it is too short or long.
 *
 * A goroutine that is older than the trace may be in regions without a beginning. The first of those begins with the
 * trace, and encloses everything that its goroutine did before.
 */
export class RegionFilter {
  /** Number of regions with the name, and of those with the requested duration. */
  named = 0;
  matches = 0;
  readonly #regions: UserRegions;
  readonly #lives: Lives;
  readonly #name: number;
  readonly #min: number;
  readonly #max: number;
  /** By row of a region: samples within it, and those that count if the region does not. */
  readonly #within: (Tally | undefined)[] = [];
  readonly #inner: (Tally | undefined)[] = [];
  /** The same for a region without a beginning, by slot. */
  readonly #mayBeWithin: boolean[] = [];
  readonly #unseen: (Tally | undefined)[] = [];
  readonly #innerOfUnseen: (Tally | undefined)[] = [];

  constructor(regions: UserRegions, lives: Lives, { name, min, max }: RegionQuery) {
    this.#regions = regions;
    this.#lives = lives;
    this.#name = regions.names.intern(name);
    this.#min = min ?? 0;
    this.#max = max ?? Number.POSITIVE_INFINITY;
  }

  /** @param isOld whether the goroutine is older than the trace */
  begin(slot: number, isOld: boolean): void {
    this.#mayBeWithin[slot] = isOld;
  }

  /** Whether a goroutine is certainly outside of the regions. */
  lacks(slot: number): boolean {
    return !this.#mayBeWithin[slot] && !this.isWithin(slot);
  }

  /** Whether a goroutine is in a region of the name with a beginning. */
  isWithin(slot: number): boolean {
    return this.#matching(this.#regions.stacks.innermost(slot)) !== NONE;
  }

  add(slot: number, row: number, count: number, delay: number): void {
    const { stacks } = this.#regions;
    for (let region = this.#matching(stacks.innermost(slot)); region !== NONE; ) {
      addTo(this.#within, region, row, count, delay);
      region = this.#matching(stacks.outer[region] as number);
    }
    if (this.#mayBeWithin[slot]) addTo(this.#unseen, slot, row, count, delay);
  }

  /** A region of a goroutine ends; −1: one without a beginning. {@link UserRegions} ends it after this. */
  endRegion(slot: number, region: number, name: number, time: number): void {
    const { stacks } = this.#regions;
    if (region === NONE) this.#endUnseen(slot, name, time);
    else this.#end(slot, region, time - (stacks.since[region] as number));
  }

  /**
   * A goroutine ends, or the trace does, and its regions with it.
   * @param isSystem whether it is the runtime's own: those are in no region, even if created in one
   */
  endAll(slot: number, time: number, isSystem: boolean): void {
    const { stacks } = this.#regions;
    for (let region = stacks.innermost(slot); region !== NONE; region = stacks.innermost(slot)) {
      this.#end(slot, region, isSystem ? Number.NaN : time - (stacks.since[region] as number));
      stacks.end(slot);
    }
    this.#count(slot, this.#innerOfUnseen[slot]);
    this.#forgetUnseen(slot);
  }

  #end(slot: number, region: number, duration: number): void {
    const { stacks } = this.#regions;
    const isAsked = stacks.name[region] === this.#name && this.#takes(duration);
    const counted = isAsked ? this.#within[region] : this.#inner[region];
    this.#within[region] = undefined;
    this.#inner[region] = undefined;
    const outer = this.#matching(stacks.outer[region] as number);
    if (outer !== NONE) this.#inner[outer] = merged(this.#inner[outer], counted);
    else if (this.#mayBeWithin[slot]) this.#innerOfUnseen[slot] = merged(this.#innerOfUnseen[slot], counted);
    else this.#count(slot, counted);
  }

  #endUnseen(slot: number, name: number, time: number): void {
    if (name !== this.#name || !this.#takes(time) || !this.#mayBeWithin[slot]) return;
    this.#count(slot, this.#unseen[slot]);
    this.#forgetUnseen(slot);
  }

  #forgetUnseen(slot: number): void {
    this.#mayBeWithin[slot] = false;
    this.#unseen[slot] = undefined;
    this.#innerOfUnseen[slot] = undefined;
  }

  /** Whether a region of the name, which ends now, has the requested duration. */
  #takes(duration: number): boolean {
    const takes = duration >= this.#min && duration <= this.#max;
    this.named++;
    if (takes) this.matches++;
    return takes;
  }

  /** The innermost region of the name, from a region on outwards, or −1. */
  #matching(from: number): number {
    const { name, outer } = this.#regions.stacks;
    let region = from;
    while (region !== NONE && name[region] !== this.#name) region = outer[region] as number;
    return region;
  }

  #count(slot: number, tally: Tally | undefined): void {
    tally?.forEach((row, count, delay) => {
      this.#lives.add(slot, row, count, delay);
    });
  }
}

function addTo(
  tallies: (Tally | undefined)[],
  index: number,
  row: number,
  count: number,
  delay: number,
): void {
  let tally = tallies[index];
  if (tally === undefined) {
    tally = new Tally();
    tallies[index] = tally;
  }
  tally.add(row, count, delay);
}
