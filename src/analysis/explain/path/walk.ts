import { NONE } from "../../../base/ids.js";
import { Doing } from "../doing.js";
import type { IntervalRing } from "./interval-ring.js";

/** How deep goroutines are followed that wait for one another. */
const DEPTH = 1000;

/** A wait on the way to a piece. */
export interface FollowedWait {
  /** The interval in which a goroutine waits, which another one ended. */
  readonly interval: number;
  /** Where to go on after it: the interval before it, and the time down to which its goroutine counts. */
  readonly before: number;
  readonly low: number;
}

/**
 * Takes a piece of a critical path.
 * @param interval its number, or −1 for what is unknown
 * @param stack at the end of the piece; 0 if the interval alone tells it
 * @param waits in which others wait for it meanwhile, the outermost first; valid during the call
 */
export type PieceVisitor = (
  interval: number,
  stack: number,
  since: number,
  until: number,
  waits: readonly FollowedWait[],
) => void;

/**
 * Follows a goroutine back in time. Its own intervals are pieces of the path, apart from waits that another goroutine
 * ended: those are replaced by what that goroutine did in the meantime, and so on. Before its creation comes its creator.
 * The pieces, from the last to the first, cover the stretch without gap or overlap.
 * @param last the interval in which the stretch ends
 * @param stack at which it ends; 0 if unknown
 */
export function walkBack(
  ring: IntervalRing,
  last: number,
  since: number,
  until: number,
  stack: number,
  visit: PieceVisitor,
): void {
  const waits: FollowedWait[] = [];
  let interval = last;
  let low = since;
  // Where the interval's goroutine is at the time, if it acts there on another one.
  let at = stack;
  for (let time = until; time > since; ) {
    if (time <= low) {
      const wait = waits.pop();
      if (wait === undefined) return;
      interval = wait.before;
      low = wait.low;
      at = 0;
    } else if (!ring.has(interval)) {
      visit(NONE, 0, low, time, waits);
      time = low;
    } else if (ring.since(interval) >= time) {
      at = ring.createdAt(interval);
      interval = ring.previous(interval);
    } else {
      const begin = Math.max(ring.since(interval), low);
      const next = waits.length < DEPTH && isFollowed(ring.doing(interval)) ? ring.endedBy(interval) : NONE;
      if (next === NONE) {
        visit(interval, at, begin, time, waits);
        time = begin;
        at = 0;
      } else {
        waits.push({ interval, before: ring.previous(interval), low });
        at = ring.endedAt(interval);
        interval = next;
        low = begin;
      }
    }
  }
}

function isFollowed(doing: number): boolean {
  return doing === Doing.Lock || doing === Doing.Blocked;
}
