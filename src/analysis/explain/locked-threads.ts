import { grown } from "../../base/columns.js";
import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import type { Changes } from "../../sched/changes.js";
import type { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import { ALL, type Analysis, type Reported } from "../analysis.js";
import { ProcSlots } from "../proc-slots.js";
import { StackNumbers } from "../profile/stack-numbers.js";

const K = EventKind;
const { None, Runnable, Running, Syscall, Waiting } = SchedState;
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
export class LockedThreads implements Analysis {
  readonly stacks = new StackNumbers();
  /** By function. */
  readonly groups = new Map<number, LockedGroup>();
  readonly #reported: Reported;
  #model!: SchedModel;
  #block!: EventBlock;
  #stops = 0;
  /** By P: the thread that stopped it last, while it is idle; and, until it runs a goroutine, that which gave it away. */
  readonly #stoppedBy = new ProcSlots();
  readonly #givenBy = new ProcSlots();
  /** By slot of the P: when it was stopped last. */
  #stopped = new Float64Array(64);
  /** Threads that give a P away or get one, numbered; by number, the slot of the goroutine that was last handed over there. */
  readonly #threads = new Map<number, number>();
  #owner = new Int32Array(64);
  /** By slot: its starts; the thread of its last handovers, their number and times, and where it waits. */
  #starts = new Int32Array(256);
  #thread = new Int32Array(256).fill(NONE);
  #handovers = new Int32Array(256);
  #onTheWay = new Float64Array(256);
  #longest = new Float64Array(256);
  #longestSince = new Float64Array(256);
  #stack = new Int32Array(256);
  #votes = new Int32Array(256);

  constructor(reported: Reported = ALL) {
    this.#reported = reported;
  }

  start(model: SchedModel): void {
    this.#model = model;
  }

  block(block: EventBlock): void {
    this.#block = block;
    this.stacks.enter(block.generation);
  }

  changes(changes: Changes): void {
    const { from, length, slot: slots, to, toProc } = changes;
    for (let i = 0; i < length; i++) {
      const slot = slots[i] as number;
      const before = from[i] as number;
      const after = to[i] as number;
      if (before === None) this.#begin(slot);
      if (after === Running) {
        if (before === Syscall) continue;
        this.#starts[slot] = (this.#starts[slot] as number) + 1;
        if (this.#givenBy.get(toProc[i] as number) !== NONE) this.#startGiven(changes, i);
      } else if (after === Waiting) {
        if ((this.#handovers[slot] as number) > 0) this.#wait(changes, i);
      } else if (after === None) this.#end(slot, changes.goroutine[i] as number, changes.func[i] as number);
    }
  }

  proc(slot: number, event: number): void {
    const { kind, subject, thread, time, to } = this.#block;
    const proc = subject[event] as number;
    if (slot >= this.#stopped.length) this.#stopped = grown(this.#stopped, slot + 1);
    if (to[event] === ProcState.Running) {
      const by = this.#stoppedBy.get(proc);
      const isGiven = by !== NONE && by !== this.#number(thread[event] as number);
      this.#givenBy.set(proc, isGiven ? by : NONE);
      return;
    }
    this.#stopped[slot] = time[event] as number;
    // Stop-the-world stops each P too, and so does whoever takes the P of a system call.
    const isLeft = kind[event] === K.ProcStop && this.#stops === 0;
    this.#stoppedBy.set(proc, isLeft ? this.#number(thread[event] as number) : NONE);
    this.#givenBy.set(proc, NONE);
  }

  other(event: number): void {
    const kind = this.#block.kind[event];
    if (kind === K.StwBegin) this.#stops++;
    else if (kind === K.StwEnd) this.#stops = Math.max(0, this.#stops - 1);
  }

  cut(slot: number): void {
    const { func, id } = this.#model.goroutines;
    this.#end(slot, id[slot] as number, func[slot] as number);
  }

  /** A goroutine starts on a P that another thread gave away. */
  #startGiven({ event: events, from, goroutine, since, slot: slots, toProc }: Changes, i: number): void {
    const slot = slots[i] as number;
    const proc = toProc[i] as number;
    const event = events[i] as number;
    const giver = this.#givenBy.get(proc);
    this.#givenBy.set(proc, NONE);
    const stopped = this.#stopped[this.#model.procs.slot(proc)] as number;
    // Otherwise the P was idle before.
    if (from[i] !== Runnable || (since[i] as number) > stopped) return;
    const onTheWay = (this.#block.time[event] as number) - stopped;
    const thread = this.#number(this.#block.thread[event] as number);
    if (this.#thread[slot] !== thread || this.#owner[thread] !== slot) this.#bind(slot, thread);
    if (!this.#reported.has(goroutine[i] as number)) return;
    this.#handovers[slot] = (this.#handovers[slot] as number) + 1;
    this.#onTheWay[slot] = (this.#onTheWay[slot] as number) + onTheWay;
    if (onTheWay > (this.#longest[slot] as number)) {
      this.#longest[slot] = onTheWay;
      this.#longestSince[slot] = stopped;
    }
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

  /** Finds the stack of most waits, if one has more than half of them. */
  #wait({ event, slot: slots }: Changes, i: number): void {
    const slot = slots[i] as number;
    const stack = this.stacks.of(this.#block.stack[event[i] as number] as number);
    const votes = this.#votes[slot] as number;
    if (votes === 0) this.#stack[slot] = stack;
    this.#votes[slot] = votes === 0 || this.#stack[slot] === stack ? votes + 1 : votes - 1;
  }

  #begin(slot: number): void {
    if (slot >= this.#starts.length) this.#grow(slot + 1);
    this.#starts[slot] = 0;
    this.#thread[slot] = NONE;
    this.#handovers[slot] = 0;
  }

  #end(slot: number, goroutine: number, func: number): void {
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

  #grow(length: number): void {
    const used = this.#thread.length;
    this.#starts = grown(this.#starts, length);
    this.#thread = grown(this.#thread, length).fill(NONE, used);
    this.#handovers = grown(this.#handovers, length);
    this.#onTheWay = grown(this.#onTheWay, length);
    this.#longest = grown(this.#longest, length);
    this.#longestSince = grown(this.#longestSince, length);
    this.#stack = grown(this.#stack, length);
    this.#votes = grown(this.#votes, length);
  }
}
