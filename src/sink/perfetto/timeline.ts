import { isLeftOut, NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind, isUser, Wake } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import type { SchedListener } from "../../sched/listener.js";
import { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import type { Steps } from "../trace-sink.js";
import type { TrackGroup } from "../view-options.js";
import { BlockedReasons } from "./blocked-reasons.js";
import { BlockingProfile } from "./blocking-profile.js";
import { Level } from "./carrier-tracks.js";
import { Carriers } from "./carriers.js";
import type { TimelineOutput } from "./event-output.js";
import { FrequentEvents } from "./frequent-events.js";
import { GoroutineTracks } from "./goroutine-tracks.js";
import type { Lanes } from "./lanes.js";
import type { LeanParts } from "./lean-sink.js";
import { LogRows } from "./log-rows.js";
import type { PerfettoChoices } from "./options.js";
import { RuntimeEvents } from "./runtime-events.js";
import { ANOTHER_GOROUTINE, NETPOLL } from "./sched-tables.js";
import { StringNumbers } from "./string-numbers.js";
import { SyncWaits } from "./sync-waits.js";
import { TaskTracks } from "./task-tracks.js";
import { ThreadProcs } from "./thread-procs.js";
import type { Threads } from "./threads.js";
import { SilentEvents } from "./track-events.js";
import { describeGroups, Group, TrackIds, threadTrack } from "./tracks.js";
import { UserTracks } from "./user-tracks.js";
import type { Yields } from "./yields.js";

const K = EventKind;
const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;

/** Upper estimates of the bytes that end the slices of a goroutine, a P or thread, a task. */
const GOROUTINE_BYTES = 120;
const CARRIER_BYTES = 100;
const SLICE_BYTES = 40;

/**
 * Turns events into slices, instants and arrows, on a track for each goroutine, P, thread and task. The scheduling
 * tables already show when goroutines run or are runnable; the viewer draws both together.
 */
export class Timeline implements SchedListener {
  readonly #out: TimelineOutput;
  readonly #threads: Threads;
  readonly #slow: boolean;
  readonly #model = new SchedModel(this);
  readonly #goroutines: GoroutineTracks;
  readonly #procs: Carriers;
  readonly #ms: Carriers;
  readonly #threadProcs: ThreadProcs;
  /** Whether the rows of Ps and threads show runs of goroutines, in place of the P that a thread has. */
  readonly #withRuns: boolean;
  readonly #yields: Yields;
  readonly #lanes: Lanes;
  readonly #tasks: TaskTracks;
  readonly #user: UserTracks;
  readonly #runtime: RuntimeEvents;
  readonly #logs: LogRows | undefined;
  readonly #blocked: BlockedReasons;
  /** Undefined unless requested. */
  readonly #profile: BlockingProfile | undefined;
  /** Why goroutines stop, as texts of annotations. */
  readonly #stops: StringNumbers;
  readonly #syncWaits: SyncWaits;
  readonly #frequent: FrequentEvents;
  /**
   * Begin waits and system calls that are open where a part of a trace begins: regions and assists enclose
   * them.
   */
  readonly #inner: (() => void)[] = [];
  #block!: EventBlock;
  /** Where the trace ends. */
  #end = 0;

  constructor(parts: LeanParts<TimelineOutput>, choices: PerfettoChoices) {
    const { tracks: wanted } = choices;
    const { packets, threads, base, wall, output, yields, lanes, lives } = parts;
    const { events, interning, names } = output;
    this.#out = output;
    this.#threads = threads;
    this.#withRuns = wanted.has("runs");
    this.#yields = yields;
    this.#lanes = lanes;
    this.#slow = choices.slow || !FrequentEvents.fits(choices);
    const eventsOf = (group: TrackGroup) => (wanted.has(group) ? events : new SilentEvents(packets, base));
    const ids = new TrackIds();
    const ofGoroutines = eventsOf("goroutines");
    this.#goroutines = new GoroutineTracks(
      this.#model,
      ofGoroutines,
      interning,
      names,
      lives,
      this.#withRuns,
    );
    this.#procs = new Carriers(packets, interning, ids, eventsOf("procs"), names, {
      group: Group.Procs,
      letter: "P",
      annotation: names.proc,
      isOrdered: true,
      isWanted: wanted.has("procs"),
    });
    this.#ms = new Carriers(packets, interning, ids, eventsOf("threads"), names, {
      group: Group.Threads,
      letter: "M",
      annotation: names.thread,
      isOrdered: false,
      isWanted: wanted.has("threads"),
    });
    this.#threadProcs = new ThreadProcs(this.#procs, this.#ms);
    this.#tasks = new TaskTracks(packets, events, names, ids);
    this.#logs = wall === undefined ? undefined : new LogRows(packets, threads, wall);
    this.#user = new UserTracks(output, this.#goroutines, this.#tasks, this.#logs, wanted);
    this.#runtime = new RuntimeEvents(this.#model, output, {
      goroutines: this.#goroutines,
      procs: this.#procs,
      slices: wanted.has("gc") ? parts.slices : undefined,
    });
    this.#blocked = new BlockedReasons(packets, base, this.#model.reasons);
    // Viewers without callstacks of slices would mix it with the CPU samples.
    if (wanted.has("blocking") && choices.stacks === "callstack")
      this.#profile = new BlockingProfile(packets, threads, this.#model, base, output.program);
    this.#stops = new StringNumbers(interning, "value");
    this.#syncWaits = new SyncWaits(interning);
    this.#frequent = new FrequentEvents(this.#model, packets, threads, output, {
      goroutines: this.#goroutines,
      procs: this.#procs,
      ms: this.#ms,
      threadProcs: this.#threadProcs,
      blocked: this.#blocked,
      profile: this.#profile,
      yields,
      syncWaits: this.#syncWaits,
    });
    describeGroups(packets, wanted);
  }

  /** Time of the last event. */
  get time(): number {
    return this.#model.time;
  }

  /** About how many bytes {@link end} writes. */
  get pending(): number {
    const carriers = CARRIER_BYTES * (this.#procs.count + this.#ms.count);
    const tasks = SLICE_BYTES * this.#tasks.open;
    return GOROUTINE_BYTES * this.#goroutines.live + carriers + tasks + this.#blocked.pending;
  }

  /** Takes the events of a block. Call it before `Threads` takes them. */
  events(block: EventBlock): void {
    this.#model.enter(block);
    for (let i = 0; i < block.length; ) {
      if (!this.#slow) i = this.#frequent.take(block, i);
      if (i < block.length) this.#model.event(block, i++);
    }
  }

  /** Writes what waited until `Threads` knows the block's goroutines, also at the end. */
  eventsTaken(): void {
    this.#logs?.flush(this.#slotOf);
    this.#profile?.release();
    this.#threads.forgetEnded();
  }

  /** Ends everything that is open. */
  *end(): Steps {
    this.#beginInner();
    this.#model.finish();
    const { goroutines } = this.#model;
    const time = this.#end;
    for (const slot of goroutines.live()) {
      if (goroutines.state[slot] === Waiting) this.#blockedBy(slot, time);
      yield;
    }
    yield* this.#goroutines.finish(time);
    this.#procs.finish(time);
    this.#ms.finish(time);
    yield* this.#tasks.finish(time);
    this.#blocked.flush();
  }

  /** Writes what waits. Call it when `Threads` has given groups to all. */
  finishWaiting(): void {
    this.#logs?.finish();
    this.#profile?.release();
    this.#threads.flush();
  }

  block(block: EventBlock): void {
    this.#block = block;
    const { generation } = block;
    if (!generation?.isSnapshot) this.#beginInner();
    if (generation === undefined) return;
    this.#runtime.enter(generation);
    this.#out.stacks.enter(generation);
    this.#out.callstacks.enter(generation);
    this.#stops.enter(generation);
    this.#syncWaits.enter(generation);
    this.#user.enter(generation);
    this.#profile?.enter(generation);
  }

  leave(slot: number, to: number, time: number, event: number): void {
    const from = this.#model.goroutines.state[slot] as number;
    if (from === Waiting) this.#endWait(slot, time, event);
    else if (from === Running && to !== Syscall && to !== SyscallBlocked) this.#stop(slot, to, time, event);
    else if (from === Syscall || from === SyscallBlocked) this.#leaveSyscall(slot, from, to, time);
    else if (from === Runnable) this.#leaveRunnable(slot, to, time, event);
  }

  enter(slot: number, from: number, time: number, event: number): void {
    const { goroutines } = this.#model;
    const to = goroutines.state[slot] as number;
    if (from === None) this.#appear(slot, time, event);
    if (to === Waiting) this.#wait(slot, time, event);
    else if (to === Runnable) this.#ready(slot, time, event);
    else if (to === Running) this.#run(slot, from, time);
    else if (to === None) this.#goroutines.end(slot, time);
    else if (from !== Syscall) this.#enterSyscall(slot, from, time, event);
  }

  #appear(slot: number, time: number, event: number): void {
    const lane = this.#lanes.tids[event] as number;
    if (lane === 0) {
      this.#goroutines.begin(slot, this.#threads.ownTid(this.#model.goroutines.id[slot] as number));
      return;
    }
    this.#goroutines.beginOnLane(slot, lane);
    // Otherwise it begins with the end of an arrow.
    if (this.#block.kind[event] === K.GoCreate) return;
    this.#goroutines.beginLife(slot, time, this.#lanes.coroutines.nameOf(this.#block, event));
  }

  named(slot: number): void {
    this.#goroutines.named(slot);
  }

  /** Between stop and start a P is idle. */
  proc(_slot: number, event: number): void {
    const block = this.#block;
    const proc = block.subject[event] as number;
    const time = block.time[event] as number;
    const { names } = this.#out;
    const isStatus = block.kind[event] === K.ProcStatus;
    const thread = isStatus ? NONE : (block.thread[event] as number);
    if (block.to[event] === ProcState.Running) {
      this.#procs.set(proc, Level.Base, time, 0);
      if (!this.#withRuns) this.#threadProcs.take(thread, proc, time);
      return;
    }
    const isOld = isStatus && block.from[event] === ProcState.Undetermined;
    if (block.kind[event] === K.ProcSteal) this.#procs.instant(proc, time, names.stolen);
    this.#procs.stop(proc, time);
    this.#procs.set(proc, Level.Base, isOld ? 0 : time, names.idle, 0, names.thread, this.#ms.label(thread));
    this.#threadProcs.lose(proc, time);
  }

  other(event: number): void {
    const block = this.#block;
    const kind = block.kind[event] as number;
    if (isUser(kind)) this.#user.event(block, event);
    else if (kind !== K.CpuSample) this.#runtime.event(block, event, kind);
  }

  finish(time: number): void {
    this.#end = time;
  }

  #wait(slot: number, time: number, event: number): void {
    const stack = this.#ownStack(event);
    const shown = this.#out.stacks.of(stack);
    const sync = this.#goroutines.waitsInSync(slot) ? this.#syncWaits.of(stack) : 0;
    this.#within(() => this.#goroutines.wait(slot, time, shown, sync));
    this.#profile?.begin(slot, time, stack, this.#model.goroutines.reason[slot] as number);
  }

  /**
   * Begins a slice that may be within a region or assist. At the edge of a part it waits until these are
   * known.
   */
  #within(begin: () => void): void {
    if (this.#block.generation?.isSnapshot) this.#inner.push(begin);
    else begin();
  }

  #beginInner(): void {
    for (const begin of this.#inner) begin();
    this.#inner.length = 0;
  }

  #endWait(slot: number, time: number, event: number): void {
    const { goroutine, kind } = this.#block;
    const isUnblock = kind[event] === K.GoUnblock;
    const by =
      isUnblock || kind[event] === K.GoSwitch ? this.#goroutines.labelOf(goroutine[event] as number) : 0;
    this.#goroutines.waitEnd(slot, time, isUnblock ? this.#stack(event) : 0, by);
    this.#blockedBy(slot, time);
    this.#profile?.end(slot, time);
  }

  #blockedBy(slot: number, time: number): void {
    this.#blocked.add(time, this.#goroutines.tid(slot), this.#model.goroutines.reason[slot] as number);
  }

  /** A goroutine becomes runnable: another goroutine or the runtime wakes it, or it yields. */
  #ready(slot: number, time: number, event: number): void {
    const { kind, goroutine } = this.#block;
    const k = kind[event] as number;
    if (k === K.GoStop) this.#goroutines.yield(slot, time, this.#stack(event));
    if (k === K.GoSnapshot) this.#readyBefore(slot, event);
    if (k !== K.GoUnblock && k !== K.GoSwitch && k !== K.GoCreate) return;
    const stack = k === K.GoSwitch ? 0 : this.#stack(event);
    this.#wake(slot, time, goroutine[event] as number, stack, k === K.GoCreate);
  }

  /** It became runnable before the part of the trace began: the arrow comes from the edge. */
  #readyBefore(slot: number, event: number): void {
    const { value, goroutine, stack: stacks } = this.#block;
    const wake = value[event];
    if (wake !== Wake.Unblocked && wake !== Wake.Created) return;
    const stack = this.#out.stacks.of(stacks[event] as number);
    this.#goroutines.beganBefore();
    this.#wake(slot, 0, goroutine[event] as number, stack, wake === Wake.Created);
  }

  #wake(slot: number, time: number, waker: number, stack: number, isNew: boolean): void {
    const by = isLeftOut(waker) ? waker : this.#goroutines.slot(waker);
    const track = by < 0 ? this.#pseudoTrack(by) : this.#goroutines.track(by);
    this.#goroutines.wake(slot, time, track, stack, isNew);
  }

  /** The track of a waker other than a goroutine. */
  #pseudoTrack(by: number): number {
    const waker = isLeftOut(by) ? ANOTHER_GOROUTINE : NETPOLL;
    return threadTrack(this.#threads.pseudo(waker).tid);
  }

  #leaveRunnable(slot: number, to: number, time: number, event: number): void {
    if (this.#yields.resumes[event] === 1) this.#goroutines.resume(slot);
    else this.#goroutines.yieldEnd(slot, time);
    // Only where events are missing.
    if (to !== Running) this.#goroutines.endWithoutRun(slot, time);
  }

  #run(slot: number, from: number, time: number): void {
    if (from === Syscall) return;
    this.#goroutines.run(slot, time);
    this.#carry(slot, time);
  }

  /** A goroutine starts on a P and a thread. */
  #carry(slot: number, time: number): void {
    const { goroutines } = this.#model;
    const proc = goroutines.proc[slot] as number;
    const thread = goroutines.thread[slot] as number;
    if (!this.#withRuns) {
      this.#threadProcs.take(thread, proc, time);
      return;
    }
    const { names } = this.#out;
    const label = this.#goroutines.label(slot);
    this.#procs.set(proc, Level.Run, time, label, 0, names.thread, this.#ms.label(thread));
    this.#ms.set(thread, Level.Run, time, label, 0, names.proc, this.#procs.label(proc));
  }

  #stop(slot: number, to: number, time: number, event: number): void {
    const { proc, thread } = this.#model.goroutines;
    const { kind, name } = this.#block;
    const hasReason = kind[event] === K.GoStop || kind[event] === K.GoBlock;
    const why = this.#withRuns && hasReason ? this.#stops.of(name[event] as number) : 0;
    if (to !== Runnable) this.#goroutines.runEnd(slot, time);
    this.#procs.stop(proc[slot] as number, time, why);
    this.#ms.stop(thread[slot] as number, time);
  }

  #enterSyscall(slot: number, from: number, time: number, event: number): void {
    const { goroutines } = this.#model;
    const proc = goroutines.proc[slot] as number;
    const thread = goroutines.thread[slot] as number;
    const stack = this.#out.stacks.of(this.#ownStack(event));
    const by = this.#ms.label(thread);
    this.#within(() => this.#goroutines.syscall(slot, time, stack, by));
    if (from !== Running) this.#carry(slot, time);
    const { syscall } = this.#out.names;
    this.#procs.set(proc, Level.Syscall, time, syscall);
    this.#ms.set(thread, Level.Syscall, time, syscall);
  }

  #leaveSyscall(slot: number, from: number, to: number, time: number): void {
    const { goroutines } = this.#model;
    const proc = goroutines.proc[slot] as number;
    const thread = goroutines.thread[slot] as number;
    if (from === Syscall) {
      if (to === Running) this.#procs.set(proc, Level.Syscall, time, 0);
      else this.#procs.stop(proc, time);
    }
    if (to === SyscallBlocked) return;
    this.#goroutines.syscallEnd(slot, time);
    if (to !== Running) this.#goroutines.runEnd(slot, time);
    // While the P was the goroutine's, its row tells whose call it is.
    const whose = from === SyscallBlocked ? this.#goroutines.label(slot) : 0;
    this.#ms.set(thread, Level.Syscall, time, 0, 0, this.#out.names.goroutine, whose);
    if (to !== Running) this.#ms.stop(thread, time);
  }

  readonly #slotOf = (goroutine: number): number => this.#goroutines.slot(goroutine);

  #stack(event: number): number {
    return this.#out.stacks.of(this.#block.stack[event] as number);
  }

  /**
   * The stack of a transition's goroutine at its new state, as an index into the generation's. A goroutine that enters
   * from C has none.
   */
  #ownStack(event: number): number {
    const { kind, subjectStack } = this.#block;
    if (kind[event] === K.GoCreateSyscall) return 0;
    return (kind[event] === K.GoCreateBlocked ? subjectStack : this.#block.stack)[event] as number;
  }
}
