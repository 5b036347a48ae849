import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge, SchedState } from "../../sched/state.js";
import type { BlockedReasons } from "./blocked-reasons.js";
import type { Carriers } from "./carriers.js";
import type { TimelineOutput } from "./event-output.js";
import type { GoroutineTracks } from "./goroutine-tracks.js";
import { NETPOLL } from "./sched-tables.js";
import type { StringNumbers } from "./string-numbers.js";
import type { Threads } from "./threads.js";
import { threadTrack } from "./tracks.js";

const K = EventKind;
const { Runnable, Running, Waiting, Syscall } = SchedState;
/** These are numbered together, from the one behind Sync to this one. */
const LAST = K.GoSyscallEnd;

/** What the events are written on. */
export interface TimelineTracks {
  readonly goroutines: GoroutineTracks;
  readonly procs: Carriers;
  readonly ms: Carriers;
  readonly blocked: BlockedReasons;
  /** Why goroutines stop, as texts of annotations. */
  readonly stops: StringNumbers;
}

/**
 * The six kinds that make up nine tenths of a trace, written to the timeline at once where nothing is special about
 * them: the goroutine is known with its start function, and in the state that the event ends.
 *
 * The model would tell {@link Timeline} of the same changes, which would write the same; a test compares. But asking
 * twice an event what it is about takes as long as writing it.
 */
export class FrequentEvents {
  readonly #model: SchedModel;
  readonly #threads: Threads;
  readonly #out: TimelineOutput;
  readonly #goroutines: GoroutineTracks;
  readonly #procs: Carriers;
  readonly #ms: Carriers;
  readonly #blocked: BlockedReasons;
  readonly #stops: StringNumbers;

  constructor(model: SchedModel, threads: Threads, out: TimelineOutput, tracks: TimelineTracks) {
    this.#model = model;
    this.#threads = threads;
    this.#out = out;
    this.#goroutines = tracks.goroutines;
    this.#procs = tracks.procs;
    this.#ms = tracks.ms;
    this.#blocked = tracks.blocked;
    this.#stops = tracks.stops;
  }

  /**
   * Takes events from one on up to the first that is not of these kinds or not plain.
   * @returns the index of the event where it stopped
   */
  take(block: EventBlock, start: number): number {
    const { kind, slot: slots, subject, length } = block;
    const { state, func, id } = this.#model.goroutines;
    let i = start;
    for (; i < length; i++) {
      const k = kind[i] as number;
      if (k > LAST || k === K.Sync) break;
      const slot = slots[i] as number;
      if (slot >= func.length || (func[slot] as number) < 0 || id[slot] !== subject[i]) break;
      const from = state[slot] as number;
      if (k === K.GoStart) {
        if (from !== Runnable) break;
        this.#start(block, i, slot);
      } else if (k === K.GoUnblock) {
        if (from !== Waiting) break;
        this.#unblock(block, i, slot);
      } else if (k === K.GoSyscallEnd) {
        if (from !== Syscall) break;
        this.#endSyscall(block, i, slot);
      } else {
        if (from !== Running) break;
        if (k === K.GoSyscallBegin) this.#beginSyscall(block, i, slot);
        else this.#stop(block, i, slot, k);
      }
    }
    return i;
  }

  #start(block: EventBlock, i: number, slot: number): void {
    const time = block.time[i] as number;
    const proc = block.proc[i] as number;
    const thread = block.thread[i] as number;
    const { names } = this.#out;
    const procs = this.#procs;
    const ms = this.#ms;
    const label = this.#goroutines.label[slot] as number;
    this.#goroutines.run(slot, time);
    const m = ms.number(thread);
    const p = procs.number(proc);
    procs.tracks.start(p, time, label, names.thread, ms.labels[m] as number);
    ms.tracks.start(m, time, label, names.proc, procs.labels[p] as number);
    this.#change(slot, Running, NONE);
    this.#model.goroutines.proc[slot] = proc;
    this.#model.goroutines.thread[slot] = thread;
  }

  #stop(block: EventBlock, i: number, slot: number, kind: number): void {
    const time = block.time[i] as number;
    const name = block.name[i] as number;
    const { goroutines } = this.#model;
    this.#procs.tracks.stop(this.#procs.number(goroutines.proc[slot] as number), time, this.#stops.of(name));
    this.#ms.tracks.stop(this.#ms.number(goroutines.thread[slot] as number), time, 0);
    this.#change(slot, kind === K.GoBlock ? Waiting : Runnable, this.#model.reason(name));
    goroutines.proc[slot] = NONE;
    goroutines.thread[slot] = NONE;
    if (kind === K.GoBlock) this.#goroutines.wait(slot, time, this.#out.stacks.of(block.stack[i] as number));
  }

  #unblock(block: EventBlock, i: number, slot: number): void {
    const time = block.time[i] as number;
    const goroutines = this.#goroutines;
    const stack = this.#out.stacks.of(block.stack[i] as number);
    const by = goroutines.slot(block.goroutine[i] as number);
    goroutines.waitEnd(slot, time, stack, by === NONE ? 0 : (goroutines.label[by] as number));
    const tid = this.#threads.tidOf(block.subject[i] as number);
    this.#blocked.add(time, tid, this.#model.goroutines.reason[slot] as number);
    this.#change(slot, Runnable, NONE);
    const track = by === NONE ? threadTrack(this.#threads.pseudo(NETPOLL).tid) : goroutines.track(by);
    goroutines.wake(slot, time, by, track, stack, false);
  }

  #beginSyscall(block: EventBlock, i: number, slot: number): void {
    const time = block.time[i] as number;
    const { procs: states, goroutines } = this.#model;
    const proc = goroutines.proc[slot] as number;
    const p = this.#procs.number(proc);
    const m = this.#ms.number(goroutines.thread[slot] as number);
    const stack = this.#out.stacks.of(block.stack[i] as number);
    const { syscall } = this.#out.names;
    states.inSyscall[states.slot(proc)] = slot;
    this.#change(slot, Syscall, NONE);
    this.#goroutines.syscall(
      slot,
      time,
      stack,
      this.#procs.labels[p] as number,
      this.#ms.labels[m] as number,
    );
    this.#procs.tracks.beginSyscall(p, time, syscall, stack);
    this.#ms.tracks.beginSyscall(m, time, syscall, stack);
  }

  /** Back from a system call, with the P still there. */
  #endSyscall(block: EventBlock, i: number, slot: number): void {
    const time = block.time[i] as number;
    const { procs: states, goroutines } = this.#model;
    const proc = goroutines.proc[slot] as number;
    states.inSyscall[states.slot(proc)] = NONE;
    this.#procs.tracks.endSyscall(this.#procs.number(proc), time);
    this.#goroutines.syscallEnd(slot, time);
    this.#ms.tracks.endSyscall(this.#ms.number(goroutines.thread[slot] as number), time);
    this.#change(slot, Running, NONE);
  }

  /** What the model is asked for of the interval that begins. */
  #change(slot: number, to: number, reason: number): void {
    const { state, sinceEdge, reason: reasons } = this.#model.goroutines;
    state[slot] = to;
    sinceEdge[slot] = Edge.Seen;
    reasons[slot] = reason;
  }
}
