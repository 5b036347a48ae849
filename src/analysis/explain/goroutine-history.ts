import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { Doing } from "./doing.js";

/** Changes kept of a goroutine. */
const KEPT = 32;
/** Goroutines whose changes are kept: 32 MB at most. Beyond, two goroutines share a place and lose their past to each other. */
const LINES = 1 << 15;
/** How often goroutines that wait for one another are followed. */
const HOPS = 32;

/**
 * The last changes of each goroutine, to tell afterwards what it did in the time that another one waited for it.
 * What is older than the last {@link KEPT} changes is unknown.
 */
export class GoroutineHistory {
  /** By line: the goroutine, and the number of its changes. */
  #goroutine = new Float64Array(256).fill(NONE);
  #count = new Int32Array(256);
  /** By line and place in its ring: what begins, when, and who ended it. */
  #doing = new Uint8Array(256 * KEPT);
  #since = new Float64Array(256 * KEPT);
  #endedBy = new Int32Array(256 * KEPT);

  begin(slot: number, goroutine: number): void {
    const line = slot % LINES;
    if (line >= this.#count.length) this.#grow(line + 1);
    this.#goroutine[line] = goroutine;
    this.#count[line] = 0;
  }

  /** Whether the slot's goroutine is this one. */
  has(slot: number, goroutine: number): boolean {
    return slot !== NONE && this.#goroutine[slot % LINES] === goroutine;
  }

  /** @param endedBy slot of the goroutine that ended what it did before, or −1 */
  change(slot: number, goroutine: number, time: number, doing: number, endedBy: number): void {
    const line = slot % LINES;
    if (this.#goroutine[line] !== goroutine) this.begin(slot, goroutine);
    const count = this.#count[line] as number;
    if (count > 0) this.#endedBy[line * KEPT + ((count - 1) % KEPT)] = endedBy;
    const at = line * KEPT + (count % KEPT);
    this.#doing[at] = doing;
    this.#since[at] = time;
    this.#count[line] = count + 1;
  }

  /**
   * Adds what a goroutine did in a stretch of time. While it waited for a lock itself, what counts is what that
   * lock's holder did, and so on.
   * @param into nanoseconds by {@link Doing}
   */
  split(slot: number, from: number, until: number, into: Float64Array, hops = 0): void {
    const line = slot % LINES;
    const count = this.#count[line] as number;
    const oldest = Math.max(0, count - KEPT);
    let end = until;
    for (let n = count - 1; n >= oldest && end > from; n--) {
      const at = line * KEPT + (n % KEPT);
      const since = this.#since[at] as number;
      if (since >= end) continue;
      const begin = Math.max(since, from);
      const doing = this.#doing[at] as number;
      const next = n === count - 1 || doing !== Doing.Lock ? NONE : (this.#endedBy[at] as number);
      if (next !== NONE && next !== slot && hops < HOPS) this.split(next, begin, end, into, hops + 1);
      else into[doing] = (into[doing] as number) + end - begin;
      end = begin;
    }
    if (end > from) into[Doing.Unknown] = (into[Doing.Unknown] as number) + end - from;
  }

  #grow(length: number): void {
    const used = this.#count.length;
    this.#goroutine = grown(this.#goroutine, length).fill(NONE, used);
    this.#count = grown(this.#count, length);
    const places = this.#count.length * KEPT;
    this.#doing = grown(this.#doing, places);
    this.#since = grown(this.#since, places);
    this.#endedBy = grown(this.#endedBy, places);
  }
}
