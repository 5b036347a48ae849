import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import { DOINGS, Doing } from "./doing.js";
import { Majority } from "./majority.js";

/** Changes that are exact; a power of two. */
const KEPT = 32;
/** Places in a goroutine's ring: as many changes leave it at once as are exact. */
const RING = 2 * KEPT;
/** Sums kept of a goroutine's past. */
const POINTS = 16;
/** A sum is a time and the time of each {@link Doing} up to then. */
const POINT = 1 + DOINGS;
/**
 * Goroutines whose past is kept, in 87 MB at most. Beyond, two goroutines share a place and lose their past to each
 * other.
 */
const LINES = 1 << 15;
/** Goroutines that have ended and whose past is kept: they had what others waited for. */
const ENDED = 1024;
/** How often goroutines that wait for one another are followed, and through how many stretches of a wait. */
const HOPS = 256;
const MOST_FOLLOWED = 1024;
/** By {@link Doing}: 1 if it keeps others waiting, and does not wait for others itself. */
const KEEPS = new Uint8Array(DOINGS);
for (const doing of [Doing.Running, Doing.Syscall, Doing.Assisting, Doing.Sleeping, Doing.Network])
  KEEPS[doing] = 1;

/** Takes nanoseconds by stack and {@link Doing}: by stack times {@link DOINGS} plus doing. */
export interface PlaceSums {
  add(key: number, value: number): void;
}

/**
 * What each goroutine did, to tell afterwards what it did in the time that another one waited for it. At least the last
 * {@link KEPT} changes are exact. Of what is older there are sums at up to {@link POINTS} times of its life: between
 * two of them, what it did is taken as evenly spread. When there are as many, every other one is dropped. A wait for
 * what another goroutine had is in the sums as what that one did.
 */
export class GoroutineHistory {
  /** By slot: the line of its goroutine, or −1. */
  #lines = new Int32Array(256).fill(NONE);
  /** Lines so far; and those of goroutines that ended, the oldest first, from an index on. */
  #used = 0;
  #ended: number[] = [];
  #oldest = 0;
  /** By line: the goroutine, its slot, since when it is known, and the number of its changes. */
  #goroutine = new Float64Array(256).fill(NONE);
  #slot = new Int32Array(256);
  #born = new Float64Array(256);
  #count = new Int32Array(256);
  /** By line and place in its ring: what begins, when, and the line of who ended it, −1 if nobody is to be followed. */
  #doing = new Uint8Array(256 * RING);
  #since = new Float64Array(256 * RING);
  #endedBy = new Int32Array(256 * RING);
  #stack = new Int32Array(256 * RING);
  /** By line, once its ring is full: sums of what has left the ring, the number of points, and changes between two. */
  #sums = new Float64Array(256 * DOINGS);
  #pointCount = new Int32Array(256);
  #spacing = new Int32Array(256);
  /** By line and point. */
  #points = new Float64Array(0);
  /** By line times {@link DOINGS} plus doing, of the sums: the place where it did that most. */
  readonly #places = new Majority();
  readonly #placeOf: (stack: number) => number;
  /** What leaves the ring, and the line whose it is. */
  readonly #leaving = new Float64Array(DOINGS);
  #leavingLine = 0;
  readonly #leavingPlaces: PlaceSums = {
    add: (key, value) => {
      const place = this.#placeOf(Math.floor(key / DOINGS));
      this.#places.add(this.#leavingLine * DOINGS + (key % DOINGS), place, value);
    },
  };
  #followed = 0;
  /** Of the last {@link split}: the longest stretch of one that kept others waiting, and its slot. */
  #longest = 0;
  #keeper = NONE;
  readonly #now = new Float64Array(DOINGS);
  readonly #then = new Float64Array(DOINGS);

  /** @param placeOf the stack that stands for all of one place */
  constructor(placeOf: (stack: number) => number = (stack) => stack) {
    this.#placeOf = placeOf;
  }

  begin(slot: number, goroutine: number): void {
    if (slot >= this.#lines.length) this.#growSlots(slot + 1);
    const before = this.#lines[slot] as number;
    if (before !== NONE && this.#slot[before] === slot) this.#ended.push(before);
    const line = this.#newLine(slot);
    this.#lines[slot] = line;
    this.#goroutine[line] = goroutine;
    this.#slot[line] = slot;
    this.#count[line] = 0;
  }

  /** A line for another goroutine: a new one, or that of the one that ended longest ago. */
  #newLine(slot: number): number {
    const ended = this.#ended.length - this.#oldest;
    if (ended > ENDED || (this.#used === LINES && ended > 0)) {
      const line = this.#ended[this.#oldest++] as number;
      if (this.#oldest > ENDED) {
        this.#ended = this.#ended.slice(this.#oldest);
        this.#oldest = 0;
      }
      return line;
    }
    if (this.#used === LINES) return slot % LINES;
    if (this.#used >= this.#count.length) this.#grow(this.#used + 1);
    return this.#used++;
  }

  /** Whether the slot's goroutine is this one. */
  has(slot: number, goroutine: number): boolean {
    const line = slot === NONE ? NONE : (this.#lines[slot] ?? NONE);
    return line !== NONE && this.#goroutine[line] === goroutine;
  }

  /**
   * @param endedBy slot of the goroutine that ended what it did before, or −1
   * @param isContested whether it waited for what that one had, apart from a lock: for a token, say
   * @param stack where it is while it does this, 0 if unknown; −1 for where it was before
   */
  change(
    slot: number,
    goroutine: number,
    time: number,
    doing: number,
    endedBy: number,
    isContested = false,
    stack = 0,
  ): void {
    if (!this.has(slot, goroutine)) this.begin(slot, goroutine);
    const line = this.#lines[slot] as number;
    const count = this.#count[line] as number;
    const at = line * RING + (count % RING);
    if (count > 0) {
      const before = line * RING + ((count - 1) % RING);
      const isFollowed = endedBy !== NONE && (isContested || this.#doing[before] === Doing.Lock);
      this.#endedBy[before] = isFollowed ? (this.#lines[endedBy] ?? NONE) : NONE;
    } else this.#born[line] = time;
    if (count >= RING && count % KEPT === 0) this.#leaveRing(line, count);
    const last = line * RING + ((count + RING - 1) % RING);
    this.#stack[at] = stack !== NONE ? stack : count > 0 ? (this.#stack[last] as number) : 0;
    this.#doing[at] = doing;
    this.#since[at] = time;
    this.#count[line] = count + 1;
  }

  /**
   * Adds what a goroutine did in a stretch of time. While it waited itself for what another one had, what counts is what
   * that one did, and so on.
   * @param into nanoseconds by {@link Doing}
   * @param places of what has a stack
   */
  split(slot: number, from: number, until: number, into: Float64Array, places?: PlaceSums): void {
    this.#followed = 0;
    this.#longest = 0;
    this.#keeper = NONE;
    this.#split(this.#lines[slot] ?? NONE, from, until, into, places, 0);
  }

  /** Who was busy longest at a stretch in the time that was split last, by slot; −1 if nobody was. */
  get keeper(): number {
    return this.#keeper;
  }

  #split(
    line: number,
    from: number,
    until: number,
    into: Float64Array,
    places: PlaceSums | undefined,
    hops: number,
  ): void {
    const count = this.#count[line] ?? 0;
    const oldest = leftOf(count);
    let end = until;
    for (let n = count - 1; n >= oldest && end > from; n--) {
      const at = line * RING + (n % RING);
      const since = this.#since[at] as number;
      if (since >= end) continue;
      const begin = Math.max(since, from);
      const doing = this.#doing[at] as number;
      const next = n === count - 1 ? NONE : this.#ender(line, n);
      const isFollowed = next !== NONE && next !== line && hops < HOPS && this.#followed++ < MOST_FOLLOWED;
      if (isFollowed) this.#split(next, begin, end, into, places, hops + 1);
      else {
        this.#add(at, end - begin, into, places);
        if (end - begin > this.#longest && KEEPS[doing] === 1) {
          this.#longest = end - begin;
          const slot = this.#slot[line] as number;
          this.#keeper = this.#lines[slot] === line ? slot : NONE;
        }
      }
      end = begin;
    }
    if (end > from) this.#splitOlder(line, from, end, into, places);
  }

  /** Adds a stretch of what stands at a place of the rings. */
  #add(at: number, duration: number, into: Float64Array, places: PlaceSums | undefined): void {
    const doing = this.#doing[at] as number;
    const stack = this.#stack[at] as number;
    into[doing] = (into[doing] as number) + duration;
    if (stack !== 0) places?.add(stack * DOINGS + doing, duration);
  }

  /** The line of who ended what a goroutine did, unless another goroutine has it by now. */
  #ender(line: number, n: number): number {
    const next = this.#endedBy[line * RING + (n % RING)] as number;
    const ended = this.#since[line * RING + ((n + 1) % RING)] as number;
    return next !== NONE && (this.#born[next] as number) <= ended ? next : NONE;
  }

  /** The older half of a full ring makes room. @param count of changes so far, a multiple of {@link KEPT} */
  #leaveRing(line: number, count: number): void {
    const base = line * DOINGS;
    const ring = line * RING;
    let at = ring + (count % RING);
    if (count === RING) {
      this.#sums.fill(0, base, base + DOINGS);
      for (let row = base; row < base + DOINGS; row++) this.#places.clear(row);
      this.#pointCount[line] = 0;
      this.#spacing[line] = KEPT;
      this.#addPoint(line, this.#since[at] as number);
    }
    this.#leavingLine = line;
    this.#leaving.fill(0);
    for (let n = count - RING; n < count - KEPT; n++, at++)
      this.#leave(line, n, this.#since[at + 1 < ring + RING ? at + 1 : ring] as number);
    for (let doing = 0; doing < DOINGS; doing++)
      this.#sums[base + doing] = (this.#sums[base + doing] as number) + (this.#leaving[doing] as number);
    if ((count - KEPT) % (this.#spacing[line] as number) === 0)
      this.#addPoint(line, this.#since[at < ring + RING ? at : ring] as number);
  }

  /** Adds a change of a goroutine to {@link #leaving}. @param n its number @param until when the next one came */
  #leave(line: number, n: number, until: number): void {
    const at = line * RING + (n % RING);
    const since = this.#since[at] as number;
    const next = this.#ender(line, n);
    if (next === NONE || next === line) this.#add(at, until - since, this.#leaving, this.#leavingPlaces);
    else {
      this.#followed = 1;
      this.#split(next, since, until, this.#leaving, this.#leavingPlaces, 1);
    }
  }

  #addPoint(line: number, time: number): void {
    if (this.#pointCount[line] === POINTS) this.#thin(line);
    if (this.#points.length < this.#count.length * POINTS * POINT)
      this.#points = grown(this.#points, this.#count.length * POINTS * POINT);
    const at = (line * POINTS + (this.#pointCount[line] as number)) * POINT;
    this.#points[at] = time;
    this.#points.set(this.#sums.subarray(line * DOINGS, (line + 1) * DOINGS), at + 1);
    this.#pointCount[line] = (this.#pointCount[line] as number) + 1;
  }

  /** Keeps every other point, the first included. */
  #thin(line: number): void {
    const base = line * POINTS * POINT;
    for (let kept = 1; kept < POINTS / 2; kept++)
      this.#points.copyWithin(base + kept * POINT, base + 2 * kept * POINT, base + (2 * kept + 1) * POINT);
    this.#pointCount[line] = POINTS / 2;
    this.#spacing[line] = 2 * (this.#spacing[line] as number);
  }

  /** Adds what a goroutine did before the intervals in its ring. */
  #splitOlder(
    line: number,
    from: number,
    end: number,
    into: Float64Array,
    places: PlaceSums | undefined,
  ): void {
    const now = this.#sumsAt(line, end, this.#now);
    const then = this.#sumsAt(line, from, this.#then);
    let known = 0;
    for (let doing = 0; doing < DOINGS; doing++) {
      const time = Math.max(0, (now[doing] as number) - (then[doing] as number));
      into[doing] = (into[doing] as number) + time;
      known += time;
      if (time > 0 && places !== undefined) this.#addPlace(line, doing, time, places);
    }
    // Before the goroutine was seen.
    const rest = end - from - known;
    if (rest > 0) into[Doing.Unknown] = (into[Doing.Unknown] as number) + rest;
  }

  /** Of what a goroutine did before the intervals in its ring, the part that was at one stack. */
  #addPlace(line: number, doing: number, time: number, places: PlaceSums): void {
    const row = line * DOINGS + doing;
    const { key: stack, lead } = this.#places.leaderOf(row);
    if (stack !== NONE) places.add(stack * DOINGS + doing, time * (lead / (this.#sums[row] as number)));
  }

  /** The sums at a time that has left the ring, between the two points around it. */
  #sumsAt(line: number, time: number, into: Float64Array): Float64Array {
    const left = leftOf(this.#count[line] ?? 0);
    into.fill(0);
    if (left === 0) return into;
    const points = this.#pointCount[line] as number;
    const base = line * POINTS * POINT;
    let next = 0;
    while (next < points && (this.#points[base + next * POINT] as number) <= time) next++;
    if (next === 0) return into;
    const before = base + (next - 1) * POINT;
    // Behind the last point come the sums up to the oldest interval in the ring.
    const ring = this.#since[line * RING + (left % RING)] as number;
    const after = next < points ? (this.#points[before + POINT] as number) : ring;
    const passed = after > (this.#points[before] as number) ? time - (this.#points[before] as number) : 0;
    const share = passed === 0 ? 0 : Math.min(1, passed / (after - (this.#points[before] as number)));
    for (let doing = 0; doing < DOINGS; doing++) {
      const from = this.#points[before + 1 + doing] as number;
      const to = (
        next < points ? this.#points[before + POINT + 1 + doing] : this.#sums[line * DOINGS + doing]
      ) as number;
      into[doing] = from + share * (to - from);
    }
    return into;
  }

  #growSlots(length: number): void {
    const used = this.#lines.length;
    this.#lines = grown(this.#lines, length).fill(NONE, used);
  }

  #grow(length: number): void {
    const used = this.#count.length;
    this.#goroutine = grown(this.#goroutine, length).fill(NONE, used);
    this.#slot = grown(this.#slot, length);
    this.#born = grown(this.#born, length);
    this.#count = grown(this.#count, length);
    const lines = this.#count.length;
    this.#doing = grown(this.#doing, lines * RING);
    this.#since = grown(this.#since, lines * RING);
    this.#endedBy = grown(this.#endedBy, lines * RING);
    this.#stack = grown(this.#stack, lines * RING);
    this.#sums = grown(this.#sums, lines * DOINGS);
    this.#pointCount = grown(this.#pointCount, lines);
    this.#spacing = grown(this.#spacing, lines);
  }
}

/** Changes that have left the ring. @param count of all changes */
function leftOf(count: number): number {
  return count <= RING ? 0 : (Math.floor((count - 1) / KEPT) - 1) * KEPT;
}
