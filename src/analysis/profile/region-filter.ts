import { NONE } from "../../base/ids.js";
import type { Lives } from "./lives.js";
import { merged, Tally } from "./sample-table.js";
import type { UserRegions } from "./user-regions.js";

/** Which regions count. */
export interface RegionQuery {
  readonly name: string;
  /** How long they may take, in nanoseconds, both included. Cut by the edges of the trace they count up to those. */
  readonly min?: number;
  readonly max?: number;
}

/**
 * Lets through what happened within certain regions, as `go tool trace` does for its profiles of regions: of those that
 * are nested, the outermost. Whether a region is as long as asked for is known when it ends; until then it holds what
 * is within it, and what counts of that if it is not.
 *
 * A goroutine that is older than the trace may be in regions of which only the end will be seen. The first of those
 * begins where the trace does, and is around everything that its goroutine did before.
 */
export class RegionFilter {
  /** How many regions had the name, and how many of those were as long as asked for. */
  named = 0;
  matches = 0;
  readonly #regions: UserRegions;
  readonly #lives: Lives;
  readonly #name: number;
  readonly #min: number;
  readonly #max: number;
  /** By row of a region: what was within it, and what of that counts if the region does not. */
  readonly #within: (Tally | undefined)[] = [];
  readonly #inner: (Tally | undefined)[] = [];
  /** The same for the region whose beginning is not seen, by slot. */
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

  /** Whether what a goroutine does now is outside, whatever comes. */
  lacks(slot: number): boolean {
    return !this.#mayBeWithin[slot] && !this.isWithin(slot);
  }

  /** Whether a goroutine is in a region of the name that is seen to begin. */
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

  /** A region of a goroutine ends, or one whose beginning is not seen (−1). {@link UserRegions} ends it after this. */
  endRegion(slot: number, region: number, name: number, time: number): void {
    const { stacks } = this.#regions;
    if (region === NONE) this.#endUnseen(slot, name, time);
    else this.#end(slot, region, time - (stacks.since[region] as number));
  }

  /**
   * A goroutine ends with the regions that it is in, or the trace does.
   * @param isSystem whether it is one of the runtime's: it is in no region, though it may have been created in one
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

  /** Whether a region of the name, which ends now, is as long as asked for. */
  #takes(duration: number): boolean {
    const takes = duration >= this.#min && duration <= this.#max;
    this.named++;
    if (takes) this.matches++;
    return takes;
  }

  /** The innermost region of the name from one on outwards, −1 if there is none. */
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
