import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import type { Changes } from "../../sched/changes.js";
import { SchedState } from "../../sched/state.js";
import { ProcSlots } from "../proc-slots.js";
import type { ProgramLoad } from "./program-load.js";

const K = EventKind;
const { Runnable } = SchedState;
/** A goroutine is locked to a thread if it is handed over at least as often, and in this share of its starts. */
const LEAST = 100;
const MOSTLY = 0.5;

/** Goroutines of one function that are locked to threads. Times are nanoseconds. */
export interface LockedGroup {
  readonly func: number;
  goroutines: number;
  starts: number;
  /** Starts for which another thread gave its P away, and the time that Ps were on the way to the locked threads and back. */
  handovers: number;
  onTheWay: number;
  /** Of the goroutine with the most handovers: their number, and the number of the stack where it mostly waits. */
  most: number;
  stack: number;
  longest: number;
  longestSince: number;
  longestGoroutine: number;
}

/**
 * Goroutines that are locked to a thread, which no event tells. The runtime starts such a goroutine only there: a thread
 * that finds it runnable stops its own P, and the locked thread starts that P (`startlockedm`). When the goroutine stops,
 * its thread gives the P away again (`stoplockedm`). Other goroutines start on the thread that finds them, or with a P
 * that was idle before they became runnable.
 */
export class LockedThreads {
  /** By function. */
  readonly groups = new Map<number, LockedGroup>();
  readonly #load: ProgramLoad;
  #block!: EventBlock;
  /** By slot of the P: when a thread stopped it last, and which; NaN if the thread did not leave it of itself. */
  #stopped = new Float64Array(64).fill(Number.NaN);
  #stopper = new Float64Array(64);
  /** By P, until it runs a goroutine: its slot if another thread gave it away. */
  readonly #given = new ProcSlots();
  /** Threads that give a P away or get one, numbered; by number, the slot of the goroutine that was last handed over there. */
  readonly #threads = new Map<number, number>();
  #owner = new Int32Array(64);
  /** By slot: its starts; the thread of its last handovers, their number and times, and where it waited. */
  #starts = new Int32Array(256);
  #thread = new Int32Array(256);
  #handovers = new Int32Array(256);
  #onTheWay = new Float64Array(256);
  #longest = new Float64Array(256);
  #longestSince = new Float64Array(256);
  #stack = new Int32Array(256);
  #votes = new Int32Array(256);

  /** @param load tells whether the world is stopped */
  constructor(load: ProgramLoad) {
    this.#load = load;
  }

  block(block: EventBlock): void {
    this.#block = block;
  }

  proc(slot: number, event: number): void {
    const { kind, subject, thread, time, to } = this.#block;
    if (slot >= this.#stopped.length) this.#growProcs(slot + 1);
    if (to[event] === ProcState.Running) {
      const isGiven = (this.#stopped[slot] as number) >= 0 && this.#stopper[slot] !== thread[event];
      this.#given.set(subject[event] as number, isGiven ? slot : NONE);
      return;
    }
    // Stop-the-world stops each P too, and whoever takes the P of a system call.
    const isLeft = kind[event] === K.ProcStop && !this.#load.isStopped;
    this.#stopped[slot] = isLeft ? (time[event] as number) : Number.NaN;
    this.#stopper[slot] = thread[event] as number;
  }

  /** A goroutine appears. */
  begin(slot: number): void {
    if (slot >= this.#starts.length) this.#grow(slot + 1);
    this.#starts[slot] = 0;
    this.#thread[slot] = NONE;
    this.#handovers[slot] = 0;
  }

  /** A goroutine starts. @param stack number of the stack where it waited last */
  start(changes: Changes, i: number, slot: number, stack: number): void {
    this.#starts[slot] = (this.#starts[slot] as number) + 1;
    if (this.#given.get(changes.toProc[i] as number) !== NONE) this.#startGiven(changes, i, slot, stack);
  }

  /** A goroutine starts on a P that another thread gave away. */
  #startGiven({ event: events, from, since, toProc }: Changes, i: number, slot: number, stack: number): void {
    const proc = toProc[i] as number;
    const event = events[i] as number;
    const procSlot = this.#given.get(proc);
    this.#given.set(proc, NONE);
    const stopped = this.#stopped[procSlot] as number;
    // Otherwise the P was idle before.
    if (from[i] !== Runnable || (since[i] as number) > stopped) return;
    const onTheWay = (this.#block.time[event] as number) - stopped;
    const thread = this.#number(this.#block.thread[event] as number);
    if (this.#thread[slot] !== thread || this.#owner[thread] !== slot) this.#bind(slot, thread);
    this.#vote(slot, stack);
    this.#handovers[slot] = (this.#handovers[slot] as number) + 1;
    this.#onTheWay[slot] = (this.#onTheWay[slot] as number) + onTheWay;
    if (onTheWay > (this.#longest[slot] as number)) {
      this.#longest[slot] = onTheWay;
      this.#longestSince[slot] = stopped;
    }
    const giver = this.#number(this.#stopper[procSlot] as number);
    const owner = this.#owner[giver] as number;
    if (owner !== NONE && this.#thread[owner] === giver)
      this.#onTheWay[owner] = (this.#onTheWay[owner] as number) + onTheWay;
  }

  /** A goroutine is handed over to another thread than before, or the first time since the thread had another goroutine. */
  #bind(slot: number, thread: number): void {
    this.#thread[slot] = thread;
    this.#owner[thread] = slot;
    this.#handovers[slot] = 0;
    this.#onTheWay[slot] = 0;
    this.#longest[slot] = 0;
    this.#votes[slot] = 0;
  }

  /** Finds the stack where the goroutine mostly waits, if one has more than half of the times. */
  #vote(slot: number, stack: number): void {
    const votes = this.#votes[slot] as number;
    if (votes === 0) this.#stack[slot] = stack;
    this.#votes[slot] = votes === 0 || this.#stack[slot] === stack ? votes + 1 : votes - 1;
  }

  /** A goroutine, or the trace, ends. @param func number of its start function */
  end(slot: number, goroutine: number, func: number): void {
    const handovers = this.#handovers[slot] as number;
    const starts = this.#starts[slot] as number;
    if (handovers < LEAST || handovers < MOSTLY * starts) return;
    const group = this.#group(func);
    group.goroutines++;
    group.starts += starts;
    group.handovers += handovers;
    group.onTheWay += this.#onTheWay[slot] as number;
    if (handovers > group.most) {
      group.most = handovers;
      group.stack = this.#stack[slot] as number;
    }
    const longest = this.#longest[slot] as number;
    if (longest <= group.longest) return;
    group.longest = longest;
    group.longestSince = this.#longestSince[slot] as number;
    group.longestGoroutine = goroutine;
  }

  #group(func: number): LockedGroup {
    let group = this.groups.get(func);
    if (group === undefined) {
      const times = { onTheWay: 0, longest: 0, longestSince: 0, longestGoroutine: NONE };
      group = { func, goroutines: 0, starts: 0, handovers: 0, most: 0, stack: 0, ...times };
      this.groups.set(func, group);
    }
    return group;
  }

  /** The number of a thread. */
  #number(thread: number): number {
    let number = this.#threads.get(thread);
    if (number === undefined) {
      number = this.#threads.size;
      this.#threads.set(thread, number);
      if (number >= this.#owner.length) this.#owner = grown(this.#owner, number + 1);
      this.#owner[number] = NONE;
    }
    return number;
  }

  #growProcs(length: number): void {
    const used = this.#stopped.length;
    this.#stopped = grown(this.#stopped, length).fill(Number.NaN, used);
    this.#stopper = grown(this.#stopper, length);
  }

  #grow(length: number): void {
    this.#starts = grown(this.#starts, length);
    this.#thread = grown(this.#thread, length);
    this.#handovers = grown(this.#handovers, length);
    this.#onTheWay = grown(this.#onTheWay, length);
    this.#longest = grown(this.#longest, length);
    this.#longestSince = grown(this.#longestSince, length);
    this.#stack = grown(this.#stack, length);
    this.#votes = grown(this.#votes, length);
  }
}
