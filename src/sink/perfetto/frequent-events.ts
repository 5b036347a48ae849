import { NONE } from "../../base/ids.js";
import { SMALL_VARINT } from "../../bytes/encode/small-varint.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import type { BlockedReasons } from "./blocked-reasons.js";
import type { BlockingProfile } from "./blocking-profile.js";
import { putEndOf, putLabelOf, putTrackOf } from "./carrier-bytes.js";
import { IN_SYSCALL, Level, OF_RUN } from "./carrier-tracks.js";
import type { Carriers } from "./carriers.js";
import type { TimelineOutput } from "./event-output.js";
import { Encoded, type GoroutineTracks, ROW_SHIFT } from "./goroutine-tracks.js";
import type { PerfettoChoices } from "./options.js";
import type { PacketWriter } from "./packets.js";
import { NETPOLL } from "./sched-tables.js";
import type { SyncWaits } from "./sync-waits.js";
import type { ThreadProcs } from "./thread-procs.js";
import type { Threads } from "./threads.js";
import {
  ArrowTag,
  EVENT_ROOM,
  EventType,
  endNow,
  endPacket,
  HEAD,
  putArrow,
  putCategory,
  putName,
  putStack,
  putText,
  putTextWord,
  putTrack,
  putWord,
  TAG,
} from "./track-event-bytes.js";
import { threadTrack } from "./tracks.js";
import type { Yields } from "./yields.js";

const K = EventKind;
const { Runnable, Running, Waiting, Syscall } = SchedState;
const { Begin, End, Instant } = EventType;
/** The last of these kinds; the first follows Sync. */
const LAST = K.GoSyscallEnd;
/** The most packets of one event. */
const MOST_PACKETS = 4;
/** All levels of a carrier's slices but the outermost. */
const INNER = ~(1 << Level.Base);

/** The tracks that the events are written to. */
export interface TimelineTracks {
  readonly goroutines: GoroutineTracks;
  readonly procs: Carriers;
  readonly ms: Carriers;
  readonly threadProcs: ThreadProcs;
  readonly blocked: BlockedReasons;
  readonly profile: BlockingProfile | undefined;
  readonly syncWaits: SyncWaits;
  readonly yields: Yields;
}

/**
 * Writes the six kinds that make up nine tenths of a trace byte by byte, if nothing about the event is special: the
 * goroutine has a start function and is in the state that the event ends, and all its names and stacks are written.
 *
 * The model and {@link Timeline} would write the same; a test compares. But without this class a full conversion of 9 million
 * events takes an eighth longer, also if the timeline walks columns of changes: the model stores all of each change, and
 * here only what later events need is stored. So this class has few functions, passes small integers only, and reads and
 * writes the columns of others.
 */
export class FrequentEvents {
  readonly #model: SchedModel;
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  readonly #out: TimelineOutput;
  readonly #goroutines: GoroutineTracks;
  readonly #procs: Carriers;
  readonly #ms: Carriers;
  readonly #threadProcs: ThreadProcs;
  readonly #blocked: BlockedReasons;
  readonly #profile: BlockingProfile | undefined;
  readonly #syncWaits: SyncWaits;
  readonly #yields: Yields;
  /** Track of the network poller, which wakes goroutines; 0 until there is one. */
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
    this.#threadProcs = tracks.threadProcs;
    this.#blocked = tracks.blocked;
    this.#profile = tracks.profile;
    this.#syncWaits = tracks.syncWaits;
    this.#yields = tracks.yields;
  }

  /** Whether the options allow this class, which supports none of them. */
  static fits({ tracks, stacks, minDuration }: PerfettoChoices): boolean {
    const all = (["goroutines", "procs", "threads"] as const).every((group) => tracks.has(group));
    return all && !tracks.has("runs") && stacks === "callstack" && minDuration === 0;
  }

  /**
   * Takes events from an index on, up to the first that is of another kind or special.
   * @returns the index of the event where it stopped
   */
  take(block: EventBlock, start: number): number {
    const { kind, slot: slots, subject, time, length } = block;
    const { state, id } = this.#model.goroutines;
    const { encoded } = this.#goroutines;
    const { events } = this.#out;
    const { out } = this.#packets;
    if (this.#netpoll === 0) this.#netpoll = this.#knownNetpoll();
    let last = events.last;
    let i = start;
    for (; i < length; i++) {
      const k = kind[i] as number;
      if (k > LAST || k === K.Sync) break;
      const slot = slots[i] as number;
      const row = slot << ROW_SHIFT;
      if (row >= encoded.length || encoded[row + Encoded.TrackLength] === 0 || id[slot] !== subject[i]) break;
      const at = time[i] as number;
      const delta = at - last;
      if (!(delta >= 0 && delta < SMALL_VARINT)) break;
      out.reserve(MOST_PACKETS * EVENT_ROOM);
      const before = out.length;
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
      if (out.length === before) continue;
      last = at;
      events.last = at;
    }
    return i;
  }

  #knownNetpoll(): number {
    const known = this.#threads.knownPseudo(NETPOLL);
    return known === undefined ? 0 : threadTrack(known.tid);
  }

  #start(block: EventBlock, i: number, slot: number, delta: number): boolean {
    const { yields, arrow } = this.#goroutines;
    const proc = block.proc[i] as number;
    const thread = block.thread[i] as number;
    if (!this.#threadProcs.has(this.#ms.known(thread), this.#procs.known(proc))) return false;
    if (this.#yields.resumes[i] === 1) {
      if (!yields.isAlike(slot)) return false;
      this.#goroutines.resume(slot);
    } else if ((yields.since[slot] as number) >= 0) return false;
    else if (arrow[slot] !== 0) this.#endArrow(slot, delta);

    const { state, proc: procOf, thread: threadOf } = this.#model.goroutines;
    state[slot] = Running;
    procOf[slot] = proc;
    threadOf[slot] = thread;
    return true;
  }

  /** An arrow ends where a goroutine starts. */
  #endArrow(slot: number, delta: number): void {
    const { arrow, arrowCategory } = this.#goroutines;
    const { out } = this.#packets;
    const { data, length: start } = out;
    let at = this.#putTrack(data, start, slot);
    at = putName(data, at, this.#out.names.started);
    at = putCategory(data, at, arrowCategory[slot] as number);
    at = putArrow(data, at, ArrowTag.End, arrow[slot] as number);
    arrow[slot] = 0;
    out.length = endPacket(data, start, at, Instant, delta);
  }

  /** It stops running, to wait or to yield. */
  #stop(block: EventBlock, i: number, slot: number, kind: number, delta: number): boolean {
    const { state, reason: reasons, proc: procOf, thread: threadOf } = this.#model.goroutines;
    const proc = this.#procs.known(procOf[slot] as number);
    const thread = this.#ms.known(threadOf[slot] as number);
    if ((this.#procs.levels(proc) | this.#ms.levels(thread)) & OF_RUN) return false;
    const reason = this.#model.reason(block.name[i] as number);
    const plain = this.#goroutines.reasonNames[reason];
    const stack = this.#stack(block.stack[i] as number);
    if (plain === undefined || stack < 0) return false;

    const time = block.time[i] as number;
    const { yields } = this.#goroutines;
    if (kind === K.GoStop) yields.begin(slot, time, plain, stack);
    else if ((yields.counts[slot] as number) > 0) return false;
    else {
      const isSync = reason === this.#goroutines.syncReason;
      const name = isSync ? (this.#syncWaits.known[block.stack[i] as number] ?? 0) : plain;
      if (name === 0) return false;
      this.#beginWait(slot, name, name !== plain, stack, delta);
      this.#profile?.begin(slot, time, block.stack[i] as number, reason);
    }
    state[slot] = kind === K.GoBlock ? Waiting : Runnable;
    procOf[slot] = NONE;
    threadOf[slot] = NONE;
    reasons[slot] = reason;
    return true;
  }

  /** @param isSync whether the name is that of a function of package sync, which stands for the reason */
  #beginWait(slot: number, name: number, isSync: boolean, stack: number, delta: number): void {
    const { out } = this.#packets;
    const { data, length: start } = out;
    let at = this.#putTrack(data, start, slot);
    const { category, reason, sync } = this.#out.names;
    if (isSync) at = putText(data, at, reason, sync);
    at = putName(data, at, name);
    at = putCategory(data, at, category.wait);
    if (stack !== 0) at = putStack(data, at, stack);
    out.length = endPacket(data, start, at, Begin, delta);
  }

  #unblock(block: EventBlock, i: number, slot: number, delta: number): boolean {
    const goroutines = this.#goroutines;
    const id = block.goroutine[i] as number;
    const by = goroutines.slot(id);
    const stack = this.#stack(block.stack[i] as number);
    // No goroutine means the runtime. Unknown goroutines are left out on purpose.
    if (stack < 0 || (by < 0 && (id !== NONE || this.#netpoll === 0))) return false;
    if (by >= 0 && !this.#hasLabel(by)) return false;

    const time = block.time[i] as number;
    const { state, reason } = this.#model.goroutines;
    this.#endWait(slot, by, stack, delta);
    this.#blocked.add(time, goroutines.tid(slot), reason[slot] as number);
    this.#profile?.end(slot, time);
    this.#beginArrow(slot, by, stack);
    goroutines.arrowCategory[slot] = this.#out.names.category.unblock;
    state[slot] = Runnable;
    return true;
  }

  /** Whether a goroutine's label has a short number. It is defined now, if it was not needed before. */
  #hasLabel(slot: number): boolean {
    const { encoded } = this.#goroutines;
    const at = (slot << ROW_SHIFT) + Encoded.LabelLength;
    if (encoded[at] !== 0) return true;
    this.#goroutines.label(slot);
    this.#packets.out.reserve(MOST_PACKETS * EVENT_ROOM);
    return encoded[at] !== 0;
  }

  #endWait(slot: number, by: number, stack: number, delta: number): void {
    const { out } = this.#packets;
    const { data, length: start } = out;
    let at = this.#putTrack(data, start, slot);
    if (by >= 0) at = this.#putLabel(data, at, this.#out.names.unblockedBy, by);
    if (stack !== 0) at = putStack(data, at, stack);
    out.length = endPacket(data, start, at, End, delta);
  }

  /** An arrow begins where a goroutine, or the network poller, unblocks another one. */
  #beginArrow(slot: number, by: number, stack: number): void {
    const { out } = this.#packets;
    out.reserve(EVENT_ROOM);
    const { data, length: start } = out;
    const { unblock, category } = this.#out.names;
    const goroutines = this.#goroutines;
    const arrow = ++goroutines.arrows;
    let at = by < 0 ? putTrack(data, start + HEAD, this.#netpoll) : this.#putTrack(data, start, by);
    at = putName(data, at, unblock);
    at = putCategory(data, at, category.unblock);
    if (stack !== 0) at = putStack(data, at, stack);
    at = putArrow(data, at, ArrowTag.Start, arrow);
    out.length = endNow(data, start, at, Instant);
    goroutines.arrow[slot] = arrow;
  }

  #beginSyscall(block: EventBlock, i: number, slot: number, delta: number): boolean {
    const { procs: states, goroutines } = this.#model;
    const procId = goroutines.proc[slot] as number;
    const proc = this.#procs.known(procId);
    const thread = this.#ms.known(goroutines.thread[slot] as number);
    const onProc = this.#procs.bytes(proc);
    const onThread = this.#ms.bytes(thread);
    const stack = this.#stack(block.stack[i] as number);
    if ((this.#procs.levels(proc) | this.#ms.levels(thread)) & INNER) return false;
    if (onProc === undefined || onThread === undefined || stack < 0) return false;

    const { syscall, category } = this.#out.names;
    const { out } = this.#packets;
    const { data } = out;
    let start = out.length;
    let at = this.#putTrack(data, start, slot);
    at = putLabelOf(data, at, onThread);
    at = putName(data, at, syscall);
    at = putCategory(data, at, category.syscall);
    if (stack !== 0) at = putStack(data, at, stack);
    start = endPacket(data, start, at, Begin, delta);
    at = putName(data, putTrackOf(data, start + HEAD, onProc), syscall);
    start = endNow(data, start, at, Begin);
    at = putName(data, putTrackOf(data, start + HEAD, onThread), syscall);
    out.length = endNow(data, start, at, Begin);

    const time = block.time[i] as number;
    this.#procs.tracks.beginSyscall(proc, time, syscall);
    this.#ms.tracks.beginSyscall(thread, time, syscall);
    states.inSyscall[states.slot(procId)] = slot;
    goroutines.state[slot] = Syscall;
    return true;
  }

  /** A system call ends, with the P kept. */
  #endSyscall(block: EventBlock, i: number, slot: number, delta: number): boolean {
    const { procs: states, goroutines } = this.#model;
    const procId = goroutines.proc[slot] as number;
    const proc = this.#procs.known(procId);
    const thread = this.#ms.known(goroutines.thread[slot] as number);
    const onProc = this.#procs.bytes(proc);
    const onThread = this.#ms.bytes(thread);
    if ((this.#procs.levels(proc) & INNER) !== IN_SYSCALL) return false;
    if ((this.#ms.levels(thread) & INNER) !== IN_SYSCALL) return false;
    if (onProc === undefined || onThread === undefined) return false;

    const { out } = this.#packets;
    const { data } = out;
    let start = out.length;
    start = endPacket(data, start, putTrackOf(data, start + HEAD, onProc), End, delta);
    start = endNow(data, start, this.#putTrack(data, start, slot), End);
    out.length = putEndOf(data, start, onThread);

    const time = block.time[i] as number;
    this.#procs.tracks.endSyscall(proc, time);
    this.#ms.tracks.endSyscall(thread, time);
    states.inSyscall[states.slot(procId)] = NONE;
    goroutines.state[slot] = Running;
    return true;
  }

  /** Writes the track of a goroutine into a packet that begins at `start`. @returns the position after it */
  #putTrack(data: DataView, start: number, slot: number): number {
    const { encoded } = this.#goroutines;
    const row = slot << ROW_SHIFT;
    const length = encoded[row + Encoded.TrackLength] as number;
    return putWord(data, start + HEAD, TAG.track, encoded[row + Encoded.Track] as number, length);
  }

  /** Writes the label of a goroutine as an annotation. */
  #putLabel(data: DataView, at: number, name: number, slot: number): number {
    const { encoded } = this.#goroutines;
    const row = slot << ROW_SHIFT;
    const length = encoded[row + Encoded.LabelLength] as number;
    return putTextWord(data, at, name, encoded[row + Encoded.Label] as number, length);
  }

  /** Number of a stack of the generation; −1 if it is not written yet. */
  #stack(stack: number): number {
    return knownAt(this.#out.callstacks.known, stack);
  }
}

/** A number from a look-up table; −1 if absent. Index 0 means none. */
function knownAt(known: Int32Array, index: number): number {
  if (index === 0) return 0;
  const number = index < known.length ? (known[index] as number) : 0;
  return number === 0 ? -1 : number;
}
