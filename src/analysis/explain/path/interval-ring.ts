import { grown } from "../../../base/columns.js";
import { NONE } from "../../../base/ids.js";

/** Intervals kept: 51 MB. */
const KEPT = 1 << 20;
/** Begins the numbers that stand for a creator's interval: see {@link IntervalRing.previous}. */
const CREATED = -2;

/**
 * The last intervals of all goroutines, linked: each knows the one before it of its goroutine, or that of its creator,
 * and that of the goroutine that ended it. Intervals are numbered in the order of their beginnings; a number is good
 * until as many others have come ({@link has}).
 */
export class IntervalRing {
  #count = 0;
  readonly #kept: number;
  #since = new Float64Array(1024);
  #previous = new Float64Array(1024);
  #endedBy = new Float64Array(1024);
  #goroutine = new Float64Array(1024);
  #func = new Int32Array(1024);
  #stack = new Int32Array(1024);
  #createdAt = new Int32Array(1024);
  #endedAt = new Int32Array(1024);
  #doing = new Uint8Array(1024);

  constructor(kept = KEPT) {
    this.#kept = kept;
  }

  /**
   * Adds an interval that begins. @returns its number
   * @param previous the interval of its goroutine before it, or −1
   * @param creator the interval in which another goroutine created it, or −1
   * @param createdAt the creator's stack
   */
  add(
    since: number,
    doing: number,
    goroutine: number,
    func: number,
    stack: number,
    previous: number,
    creator = NONE,
    createdAt = 0,
  ): number {
    const number = this.#count++;
    const at = number % this.#kept;
    if (at >= this.#since.length) this.#grow(at + 1);
    this.#since[at] = since;
    this.#doing[at] = doing;
    this.#goroutine[at] = goroutine;
    this.#func[at] = func;
    this.#stack[at] = stack;
    this.#previous[at] = previous === NONE && creator !== NONE ? CREATED - creator : previous;
    this.#createdAt[at] = createdAt;
    this.#endedBy[at] = NONE;
    this.#endedAt[at] = 0;
    return number;
  }

  /** Whether the interval is known still. */
  has(number: number): boolean {
    return number >= 0 && number >= this.#count - this.#kept;
  }

  since(number: number): number {
    return this.#since[number % this.#kept] as number;
  }

  doing(number: number): number {
    return this.#doing[number % this.#kept] as number;
  }

  goroutine(number: number): number {
    return this.#goroutine[number % this.#kept] as number;
  }

  /** Number of the start function; −1 if unknown. */
  func(number: number): number {
    return this.#func[number % this.#kept] as number;
  }

  stack(number: number): number {
    return this.#stack[number % this.#kept] as number;
  }

  /** The interval in which another goroutine ended this one; −1 if none did, or while it goes on. */
  endedBy(number: number): number {
    return this.#endedBy[number % this.#kept] as number;
  }

  /** The stack at which the other goroutine ended this one. */
  endedAt(number: number): number {
    return this.#endedAt[number % this.#kept] as number;
  }

  /** The stack at which another goroutine created the one of this interval, if that is its first. */
  createdAt(number: number): number {
    return this.#createdAt[number % this.#kept] as number;
  }

  /** The interval before, of its goroutine or, if it is the first, of its creator; −1 if unknown. */
  previous(number: number): number {
    const previous = this.#previous[number % this.#kept] as number;
    return previous <= CREATED ? CREATED - previous : previous;
  }

  /**
   * An interval ends.
   * @param endedBy the interval in which another goroutine ends it, or −1
   * @param endedAt that one's stack
   * @param stack its own, if the end tells it
   * @param func its goroutine's function, if known by now
   */
  end(number: number, endedBy: number, endedAt: number, stack: number, func: number): void {
    if (!this.has(number)) return;
    const at = number % this.#kept;
    this.#endedBy[at] = endedBy;
    this.#endedAt[at] = endedAt;
    if (stack !== 0) this.#stack[at] = stack;
    if (func !== NONE) this.#func[at] = func;
  }

  #grow(length: number): void {
    this.#since = grown(this.#since, length);
    this.#previous = grown(this.#previous, length);
    this.#endedBy = grown(this.#endedBy, length);
    this.#goroutine = grown(this.#goroutine, length);
    this.#func = grown(this.#func, length);
    this.#stack = grown(this.#stack, length);
    this.#createdAt = grown(this.#createdAt, length);
    this.#endedAt = grown(this.#endedAt, length);
    this.#doing = grown(this.#doing, length);
  }
}
