import { NONE } from "../../base/ids.js";
import { SMALL_VARINT } from "../../bytes/small-varint.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { SchedModel } from "../../sched/model.js";
import { Edge, SchedState } from "../../sched/state.js";
import type { BlockedReasons } from "./blocked-reasons.js";
import type { BlockingProfile } from "./blocking-profile.js";
import { type CarrierTracks, LEVEL_SHIFT, Level } from "./carrier-tracks.js";
import type { Carriers } from "./carriers.js";
import type { TimelineOutput } from "./event-output.js";
import type { GoroutineTracks } from "./goroutine-tracks.js";
import type { PerfettoChoices } from "./options.js";
import type { PacketWriter } from "./packets.js";
import { NETPOLL } from "./sched-tables.js";
import type { StringNumbers } from "./string-numbers.js";
import type { Threads } from "./threads.js";
import { ArrowTag, addAnnotation, EVENT_ROOM, EventType, putEvent } from "./track-event-bytes.js";
import { threadTrack } from "./tracks.js";

const K = EventKind;
const { Runnable, Running, Waiting, Syscall } = SchedState;
const { Begin, End, Instant } = EventType;
/** These are numbered together, from the one behind Sync to this one. */
const LAST = K.GoSyscallEnd;
/** Packets that one event of the trace makes at most. */
const MOST_PACKETS = 4;

/** What the events are written on. */
export interface TimelineTracks {
  readonly goroutines: GoroutineTracks;
  readonly procs: Carriers;
  readonly ms: Carriers;
  readonly blocked: BlockedReasons;
  readonly profile: BlockingProfile | undefined;
  /** Why goroutines stop, as texts of annotations. */
  readonly stops: StringNumbers;
}

/**
 * The six kinds that make up nine tenths of a trace, written to the timeline byte by byte where nothing is special
 * about them: the goroutine is known with its start function and in the state that the event ends, and every name and
 * stack has been written before.
 *
 * The model would tell {@link Timeline} of the same changes, which would write the same; a test compares. But that takes
 * three times as long: what is asked twice, and numbers that the engine puts into objects to hand them on, cost more than
 * the bytes. So here it is all in few functions that hand on small integers only, and read columns that are others'.
 */
export class FrequentEvents {
  readonly #model: SchedModel;
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  readonly #out: TimelineOutput;
  readonly #goroutines: GoroutineTracks;
  readonly #procs: Carriers;
  readonly #ms: Carriers;
  readonly #blocked: BlockedReasons;
  readonly #profile: BlockingProfile | undefined;
  readonly #stops: StringNumbers;
  /** Track of what makes goroutines runnable without being one; 0 until there is one. */
  #netpoll = 0;

  constructor(
    model: SchedModel,
    packets: PacketWriter,
    threads: Threads,
    out: TimelineOutput,
    tracks: TimelineTracks,
  ) {
    this.#model = model;
    this.#packets = packets;
    this.#threads = threads;
    this.#out = out;
    this.#goroutines = tracks.goroutines;
    this.#procs = tracks.procs;
    this.#ms = tracks.ms;
    this.#blocked = tracks.blocked;
    this.#profile = tracks.profile;
    this.#stops = tracks.stops;
  }

  /** Whether it writes what is wanted: it has no choices. */
  static fits({ tracks, stacks, minDuration }: PerfettoChoices): boolean {
    const all = (["goroutines", "procs", "threads"] as const).every((group) => tracks.has(group));
    return all && stacks === "callstack" && minDuration === 0;
  }

  /**
   * Takes events from one on up to the first that is not of these kinds or not plain.
   * @returns the index of the event where it stopped
   */
  take(block: EventBlock, start: number): number {
    const { kind, slot: slots, subject, time, length } = block;
    const { state, func, id } = this.#model.goroutines;
    const { events } = this.#out;
    const { out } = this.#packets;
    if (this.#netpoll === 0) this.#netpoll = this.#knownNetpoll();
    let i = start;
    for (; i < length; i++) {
      const k = kind[i] as number;
      if (k > LAST || k === K.Sync) break;
      const slot = slots[i] as number;
      if (slot >= func.length || (func[slot] as number) < 0 || id[slot] !== subject[i]) break;
      const delta = (time[i] as number) - events.last;
      if (!(delta >= 0 && delta < SMALL_VARINT)) break;
      out.reserve(MOST_PACKETS * EVENT_ROOM);
      const from = state[slot] as number;
      let isTaken = false;
      if (k === K.GoStart) isTaken = from === Runnable && this.#start(block, i, slot, delta | 0);
      else if (k === K.GoUnblock) isTaken = from === Waiting && this.#unblock(block, i, slot, delta | 0);
      else if (k === K.GoSyscallEnd)
        isTaken = from === Syscall && this.#endSyscall(block, i, slot, delta | 0);
      else if (from !== Running) break;
      else if (k === K.GoSyscallBegin) isTaken = this.#beginSyscall(block, i, slot, delta | 0);
      else isTaken = this.#stop(block, i, slot, k, delta | 0);
      if (!isTaken) break;
      events.last = time[i] as number;
    }
    return i;
  }

  #knownNetpoll(): number {
    const known = this.#threads.knownPseudo(NETPOLL);
    return known === undefined ? 0 : threadTrack(known.tid);
  }

  #start(block: EventBlock, i: number, slot: number, delta: number): boolean {
    const procs = this.#procs;
    const ms = this.#ms;
    const p = procs.find(block.proc[i] as number);
    const m = ms.find(block.thread[i] as number);
    if (p < 0 || m < 0 || !isFree(procs.tracks, p) || !isFree(ms.tracks, m)) return false;
    const time = block.time[i] as number;
    if (time < (procs.tracks.last[p] as number) || time < (ms.tracks.last[m] as number)) return false;

    const { names, events } = this.#out;
    const { sequenceAndEvent: head } = events;
    const goroutines = this.#goroutines;
    const label = goroutines.label[slot] as number;
    const arrow = goroutines.arrow[slot] as number;
    const { out } = this.#packets;
    const { data } = out;
    let at = out.length;
    let since = delta;
    if (arrow !== 0) {
      const track = goroutines.uuid[slot] as number;
      const name = goroutines.arrowName[slot] as number;
      const category = goroutines.arrowCategory[slot] as number;
      at = putEvent(data, at, since, head, Instant, track, name, category, 0, ArrowTag.End, arrow, 0, 0);
      goroutines.arrow[slot] = 0;
      since = 0;
    }
    const proc = procs.tracks.uuids[p] as number;
    const thread = ms.tracks.uuids[m] as number;
    const procLabel = procs.labels[p] as number;
    const threadLabel = ms.labels[m] as number;
    at = putEvent(data, at, since, head, Begin, proc, label, 0, 0, 0, 0, names.thread, threadLabel);
    out.length = putEvent(data, at, 0, head, Begin, thread, label, 0, 0, 0, 0, names.proc, procLabel);

    procs.tracks.open[p << LEVEL_SHIFT] = label;
    procs.tracks.last[p] = time;
    ms.tracks.open[m << LEVEL_SHIFT] = label;
    ms.tracks.last[m] = time;
    const { proc: procOf, thread: threadOf } = this.#model.goroutines;
    procOf[slot] = block.proc[i] as number;
    threadOf[slot] = block.thread[i] as number;
    this.#change(slot, Running, NONE);
    return true;
  }

  /** It stops to run, because it waits or because it gives way. */
  #stop(block: EventBlock, i: number, slot: number, kind: number, delta: number): boolean {
    const { proc: procOf, thread: threadOf } = this.#model.goroutines;
    const procs = this.#procs;
    const ms = this.#ms;
    const p = procs.find(procOf[slot] as number);
    const m = ms.find(threadOf[slot] as number);
    if (p < 0 || m < 0 || !isRunning(procs.tracks, p) || !isRunning(ms.tracks, m)) return false;
    const text = block.name[i] as number;
    const why = knownAt(this.#stops.known, text);
    const reason = this.#model.reason(text);
    const stack = kind === K.GoBlock ? this.#stack(block.stack[i] as number) : 0;
    const wait = this.#goroutines.reasonNames[reason];
    if (why < 0 || stack < 0 || (kind === K.GoBlock && wait === undefined)) return false;

    const { names, events } = this.#out;
    const { sequenceAndEvent: head } = events;
    const { out } = this.#packets;
    const { data } = out;
    const time = block.time[i] as number;
    const proc = procs.tracks.uuids[p] as number;
    const thread = ms.tracks.uuids[m] as number;
    let at = out.length;
    at = putEvent(data, at, delta, head, End, proc, 0, 0, 0, 0, 0, names.stopped, why);
    at = putEvent(data, at, 0, head, End, thread, 0, 0, 0, 0, 0, 0, 0);
    if (kind === K.GoBlock) {
      const track = this.#goroutines.uuid[slot] as number;
      const { wait: category } = names.category;
      at = putEvent(data, at, 0, head, Begin, track, wait as number, category, stack, 0, 0, 0, 0);
    }
    out.length = at;

    procs.tracks.open[p << LEVEL_SHIFT] = 0;
    procs.tracks.last[p] = time;
    ms.tracks.open[m << LEVEL_SHIFT] = 0;
    ms.tracks.last[m] = time;
    procOf[slot] = NONE;
    threadOf[slot] = NONE;
    this.#change(slot, kind === K.GoBlock ? Waiting : Runnable, reason);
    if (kind === K.GoBlock) this.#profile?.begin(slot, time, block.stack[i] as number, reason);
    return true;
  }

  #unblock(block: EventBlock, i: number, slot: number, delta: number): boolean {
    const goroutines = this.#goroutines;
    const id = block.goroutine[i] as number;
    const by = goroutines.slot(id);
    const stack = this.#stack(block.stack[i] as number);
    // A goroutine that is none here is the runtime; others that are not known are left out on purpose.
    if (stack < 0 || (by < 0 && (id !== NONE || this.#netpoll === 0))) return false;
    const { names, events } = this.#out;
    const name = by < 0 ? names.startedByRuntime : (goroutines.unblockedBy[by] as number);
    if (name === 0) return false;

    const { sequenceAndEvent: head } = events;
    const { out } = this.#packets;
    const { unblock: category } = names.category;
    const label = by < 0 ? 0 : (goroutines.label[by] as number);
    const track = goroutines.uuid[slot] as number;
    const waker = by < 0 ? this.#netpoll : (goroutines.uuid[by] as number);
    const woken = goroutines.label[slot] as number;
    const arrow = ++goroutines.arrows;
    out.length = putEvent(
      out.data,
      out.length,
      delta,
      head,
      End,
      track,
      0,
      0,
      stack,
      0,
      0,
      names.unblockedBy,
      label,
    );
    const tid = this.#threads.tidOf(block.subject[i] as number);
    this.#blocked.add(block.time[i] as number, tid, this.#model.goroutines.reason[slot] as number);
    this.#profile?.end(slot, block.time[i] as number);
    out.reserve(EVENT_ROOM);
    out.length = putEvent(
      out.data,
      out.length,
      0,
      head,
      Instant,
      waker,
      names.unblock,
      category,
      stack,
      ArrowTag.Start,
      arrow,
      names.goroutine,
      woken,
    );

    goroutines.arrow[slot] = arrow;
    goroutines.arrowName[slot] = name;
    goroutines.arrowCategory[slot] = category;
    this.#change(slot, Runnable, NONE);
    return true;
  }

  #beginSyscall(block: EventBlock, i: number, slot: number, delta: number): boolean {
    const { procs: states, goroutines } = this.#model;
    const proc = goroutines.proc[slot] as number;
    const procs = this.#procs;
    const ms = this.#ms;
    const p = procs.find(proc);
    const m = ms.find(goroutines.thread[slot] as number);
    const stack = this.#stack(block.stack[i] as number);
    if (p < 0 || m < 0 || !isRunning(procs.tracks, p) || !isRunning(ms.tracks, m) || stack < 0) return false;

    const { names, events } = this.#out;
    const { sequenceAndEvent: head } = events;
    const { out } = this.#packets;
    const { data } = out;
    const { syscall, category } = names;
    const track = this.#goroutines.uuid[slot] as number;
    const time = block.time[i] as number;
    const own = category.syscall;
    const procLabel = procs.labels[p] as number;
    const threadLabel = ms.labels[m] as number;
    let at = out.length;
    at = putEvent(data, at, delta, head, Begin, track, syscall, own, stack, 0, 0, names.proc, procLabel);
    at = addAnnotation(data, out.length, at, names.thread, threadLabel);
    at = putEvent(data, at, 0, head, Begin, procs.tracks.uuids[p] as number, syscall, 0, stack, 0, 0, 0, 0);
    at = putEvent(data, at, 0, head, Begin, ms.tracks.uuids[m] as number, syscall, 0, stack, 0, 0, 0, 0);
    out.length = at;

    enterSyscall(procs.tracks, p, time, syscall);
    enterSyscall(ms.tracks, m, time, syscall);
    states.inSyscall[states.slot(proc)] = slot;
    this.#change(slot, Syscall, NONE);
    return true;
  }

  /** Back from a system call, with the P still there. */
  #endSyscall(block: EventBlock, i: number, slot: number, delta: number): boolean {
    const { procs: states, goroutines } = this.#model;
    const proc = goroutines.proc[slot] as number;
    const procs = this.#procs;
    const ms = this.#ms;
    const p = procs.find(proc);
    const m = ms.find(goroutines.thread[slot] as number);
    if (p < 0 || m < 0 || !isInSyscall(procs.tracks, p) || !isInSyscall(ms.tracks, m)) return false;

    const { sequenceAndEvent: head } = this.#out.events;
    const { out } = this.#packets;
    const { data } = out;
    const track = this.#goroutines.uuid[slot] as number;
    const time = block.time[i] as number;
    let at = out.length;
    at = putEvent(data, at, delta, head, End, procs.tracks.uuids[p] as number, 0, 0, 0, 0, 0, 0, 0);
    at = putEvent(data, at, 0, head, End, track, 0, 0, 0, 0, 0, 0, 0);
    out.length = putEvent(data, at, 0, head, End, ms.tracks.uuids[m] as number, 0, 0, 0, 0, 0, 0, 0);

    leaveSyscall(procs.tracks, p, time);
    leaveSyscall(ms.tracks, m, time);
    states.inSyscall[states.slot(proc)] = NONE;
    this.#change(slot, Running, NONE);
    return true;
  }

  /** What the model is asked for of the interval that begins. */
  #change(slot: number, to: number, reason: number): void {
    const { state, sinceEdge, reason: reasons } = this.#model.goroutines;
    state[slot] = to;
    sinceEdge[slot] = Edge.Seen;
    reasons[slot] = reason;
  }

  /** Number of a stack of the generation; −1 if it has not been written yet. */
  #stack(stack: number): number {
    return knownAt(this.#out.callstacks.known, stack);
  }
}

/** A number that has been looked up; −1 if it has not. Index 0 is "none". */
function knownAt(known: Int32Array, index: number): number {
  if (index === 0) return 0;
  const number = index < known.length ? (known[index] as number) : 0;
  return number === 0 ? -1 : number;
}

/** Whether nothing is open on a carrier's track. */
function isFree(tracks: CarrierTracks, carrier: number): boolean {
  return tracks.inner[carrier] === 0 && tracks.open[carrier << LEVEL_SHIFT] === 0;
}

/** Whether a goroutine's run is open, and nothing in it. */
function isRunning(tracks: CarrierTracks, carrier: number): boolean {
  return tracks.inner[carrier] === 0 && tracks.open[carrier << LEVEL_SHIFT] !== 0;
}

/** Whether a system call is open, and nothing else in the goroutine's run. */
function isInSyscall(tracks: CarrierTracks, carrier: number): boolean {
  return tracks.inner[carrier] === 1 && tracks.open[(carrier << LEVEL_SHIFT) + Level.Syscall] !== 0;
}

function enterSyscall(tracks: CarrierTracks, carrier: number, time: number, name: number): void {
  tracks.open[(carrier << LEVEL_SHIFT) + Level.Syscall] = name;
  tracks.inner[carrier] = 1;
  tracks.last[carrier] = time;
}

function leaveSyscall(tracks: CarrierTracks, carrier: number, time: number): void {
  tracks.open[(carrier << LEVEL_SHIFT) + Level.Syscall] = 0;
  tracks.inner[carrier] = 0;
  tracks.last[carrier] = time;
}
