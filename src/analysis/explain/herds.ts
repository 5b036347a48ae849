import { grown } from "../../base/columns.js";
import type { StackNumbers } from "../profile/stack-numbers.js";
import { WokenTogether } from "./woken-together.js";

const BROADCAST = "sync.(*Cond).Broadcast";
/** A goroutine that runs no longer than this and waits again was woken for nothing. */
const SHORT = 10_000;

/** Goroutines that a `sync.Cond` wakes all at once. Times are nanoseconds. */
export interface Herd {
  /** Numbers of the stacks where they wait, and of the first broadcast that woke them. */
  readonly waitsAt: number;
  readonly wokenAt: number;
  /** Waits that broadcasts ended, and those after which the goroutine soon waited there again. */
  woken: number;
  vain: number;
  /** Of the latter: runs, and how long they were. */
  runs: number;
  ran: number;
  /** The most that one broadcast woke. */
  most: number;
}

/** How often a goroutine has run so far, and for how long. */
export interface Lived {
  readonly runs: number;
  readonly ran: number;
}

/** Finds goroutines that `sync.Cond.Broadcast` wakes and that wait at the same place again at once. */
export class Herds {
  /** By stack where they wait. */
  readonly found = new Map<number, Herd>();
  readonly #stacks: StackNumbers;
  /** By stack: whether it is of a broadcast. */
  readonly #isBroadcast = new Map<number, boolean>();
  /** By slot: the stack at which a broadcast ended its wait, 0 if none did, and its runs and their time then. */
  #woken = new Int32Array(256);
  #runs = new Int32Array(256);
  #ran = new Float64Array(256);
  /** The broadcast under way, and how many it woke so far. */
  readonly #together = new WokenTogether();
  #size = 0;

  constructor(stacks: StackNumbers) {
    this.#stacks = stacks;
  }

  /** A goroutine begins or ends. */
  reset(slot: number): void {
    if (slot < this.#woken.length) this.#woken[slot] = 0;
  }

  /**
   * A goroutine's wait for a Cond ends.
   * @param waker the goroutine that ended it
   * @param wokenAt number of the stack that did
   * @param lived what the goroutine that waited ran so far
   */
  wake(slot: number, waitsAt: number, waker: number, wokenAt: number, time: number, lived: Lived): void {
    if (!this.#broadcasts(wokenAt)) return;
    let herd = this.found.get(waitsAt);
    if (herd === undefined) {
      herd = { waitsAt, wokenAt, woken: 0, vain: 0, runs: 0, ran: 0, most: 0 };
      this.found.set(waitsAt, herd);
    }
    herd.woken++;
    // At one line, several goroutines may each wake one that waits for another Cond.
    this.#size = this.#together.goesOn(waker, waitsAt, time) ? this.#size + 1 : 1;
    herd.most = Math.max(herd.most, this.#size);
    if (slot >= this.#woken.length) this.#grow(slot + 1);
    this.#woken[slot] = waitsAt;
    this.#runs[slot] = lived.runs;
    this.#ran[slot] = lived.ran;
  }

  /** A goroutine begins to wait for a Cond. */
  wait(slot: number, waitsAt: number, { ran, runs }: Lived): void {
    if (slot >= this.#woken.length || this.#woken[slot] === 0) return;
    const herd = this.found.get(this.#woken[slot] as number);
    this.#woken[slot] = 0;
    const short = ran - (this.#ran[slot] as number);
    if (herd === undefined || herd.waitsAt !== waitsAt || short > SHORT) return;
    herd.vain++;
    herd.runs += runs - (this.#runs[slot] as number);
    herd.ran += short;
  }

  #broadcasts(stack: number): boolean {
    let is = this.#isBroadcast.get(stack);
    if (is === undefined) {
      is = this.#stacks.frames(stack).some(({ func }) => func === BROADCAST);
      this.#isBroadcast.set(stack, is);
    }
    return is;
  }

  #grow(length: number): void {
    this.#woken = grown(this.#woken, length);
    this.#runs = grown(this.#runs, length);
    this.#ran = grown(this.#ran, length);
  }
}
