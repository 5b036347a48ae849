import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { SchedListener } from "../../sched/listener.js";
import { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import { Callstacks } from "./callstacks.js";
import { CarrierTracks, Level } from "./carrier-tracks.js";
import { GoroutineTracks } from "./goroutine-tracks.js";
import { Interning } from "./interning.js";
import { type PacketWriter, Sequence } from "./packets.js";
import { SAMPLE_DEFAULTS, SampleQueue } from "./samples.js";
import { NETPOLL } from "./sched-tables.js";
import { TaskTracks } from "./task-tracks.js";
import type { Threads } from "./threads.js";
import { type TimelineNames, timelineNames } from "./timeline-names.js";
import { EventType, TrackEventWriter } from "./track-events.js";
import {
  describeGroups,
  describeMember,
  Group,
  startSequence,
  Track,
  TrackIds,
  threadTrack,
} from "./tracks.js";

const K = EventKind;
const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;
const { Instant } = EventType;

/**
 * Everything that happened, as slices, instants and arrows: on a track for each goroutine, P, thread and task. That a
 * goroutine runs or is runnable is in the scheduling tables already; the viewer draws both together.
 */
export class Timeline implements SchedListener {
  readonly #packets: PacketWriter;
  readonly #threads: Threads;
  readonly #interning: Interning;
  readonly #stacks: Callstacks;
  readonly #events: TrackEventWriter;
  readonly #names: TimelineNames;
  readonly #model = new SchedModel(this);
  readonly #goroutines: GoroutineTracks;
  readonly #ids = new TrackIds();
  readonly #procs: CarrierTracks;
  readonly #procNumbers = new Map<number, number>();
  readonly #ms: CarrierTracks;
  readonly #mNumbers = new Map<number, number>();
  readonly #tasks: TaskTracks;
  readonly #samples: SampleQueue;
  #block!: EventBlock;

  /**
   * @param base absolute time of the start of the trace
   * @param program what the trace is called
   */
  constructor(packets: PacketWriter, threads: Threads, base: number, program: string) {
    this.#packets = packets;
    this.#threads = threads;
    startSequence(packets, Sequence.Timeline, base, { perf_sample_defaults: SAMPLE_DEFAULTS });
    this.#interning = new Interning(packets, Sequence.Timeline);
    this.#names = timelineNames(this.#interning);
    this.#stacks = new Callstacks(this.#interning, program);
    this.#events = new TrackEventWriter(packets, Sequence.Timeline, base);
    this.#goroutines = new GoroutineTracks(this.#model, this.#events, this.#interning, this.#names);
    this.#procs = new CarrierTracks(this.#events);
    this.#ms = new CarrierTracks(this.#events);
    this.#tasks = new TaskTracks(packets, this.#events, this.#ids);
    this.#samples = new SampleQueue(packets, threads, base);
    describeGroups(packets);
    this.#writeFirstStack(program);
  }

  /** Time of the last event. */
  get time(): number {
    return this.#model.time;
  }

  /** Goroutines so far. */
  get goroutines(): number {
    return this.#goroutines.count;
  }

  /** Takes the events of a block. Those of `Threads` must not have been taken yet. */
  events(block: EventBlock): void {
    this.#model.block(block);
  }

  /** Writes what had to wait until `Threads` knows the block's goroutines. */
  eventsTaken(): void {
    this.#samples.flush();
  }

  /** Ends all that is open. */
  end(): void {
    this.#model.finish();
  }

  block(block: EventBlock): void {
    this.#block = block;
    if (block.generation !== undefined) this.#stacks.enter(block.generation);
  }

  leave(slot: number, to: number, time: number, event: number): void {
    const from = this.#model.goroutines.state[slot] as number;
    if (from === Waiting) this.#endWait(slot, time, event);
    else if (from === Running && to !== Syscall && to !== SyscallBlocked) this.#stop(slot, time);
    else if (from === Syscall || from === SyscallBlocked) this.#leaveSyscall(slot, from, to, time);
  }

  enter(slot: number, from: number, time: number, event: number): void {
    const { goroutines } = this.#model;
    const to = goroutines.state[slot] as number;
    if (from === None) this.#goroutines.begin(slot, this.#threads.tidOf(goroutines.id[slot] as number));
    if (to === Waiting) this.#goroutines.wait(slot, time, this.#stack(event));
    else if (to === Runnable) this.#ready(slot, time, event);
    else if (to === Running) this.#run(slot, from, time);
    else if (to === None) this.#goroutines.end(slot, time);
    else if (from !== Syscall) this.#enterSyscall(slot, from, time, event);
  }

  named(slot: number): void {
    this.#goroutines.named(slot);
  }

  proc(_slot: number, event: number): void {
    const block = this.#block;
    const kind = block.kind[event] as number;
    const carrier = this.#proc(block.subject[event] as number);
    if (kind === K.ProcStatus) return;
    const { procStart, procStop, procSteal, category } = this.#names;
    const name = kind === K.ProcStart ? procStart : kind === K.ProcStop ? procStop : procSteal;
    this.#events.category = category.proc;
    this.#events.write(Instant, block.time[event] as number, this.#procs.track(carrier), name);
  }

  other(event: number): void {
    const block = this.#block;
    const kind = block.kind[event] as number;
    const time = block.time[event] as number;
    if (kind === K.SweepActive || kind === K.SweepBegin || kind === K.SweepEnd)
      this.#sweep(event, kind, time);
    else if (kind === K.CpuSample) this.#sample(event, time);
    else if (kind === K.TaskBegin) this.#beginTask(event, time);
    else if (kind === K.TaskEnd) this.#endTask(event, time);
    else {
      const isOfAny = kind === K.AssistActive;
      const slot = this.#goroutines.slot((isOfAny ? block.subject : block.goroutine)[event] as number);
      if (slot !== NONE) this.#annotate(slot, event, kind, time);
    }
  }

  finish(time: number): void {
    this.#goroutines.finish(time);
    this.#procs.finish(time);
    this.#ms.finish(time);
  }

  /** The events that are about a goroutine without a change of its state. */
  #annotate(slot: number, event: number, kind: number, time: number): void {
    const goroutines = this.#goroutines;
    switch (kind) {
      case K.AssistActive:
        goroutines.assist(slot, time, 0, true);
        break;
      case K.AssistBegin:
        goroutines.assist(slot, time, this.#stack(event), false);
        break;
      case K.AssistEnd:
        goroutines.assistEnd(slot, time);
        break;
      case K.GoLabel:
        this.#label(slot, time, this.#text(event));
        break;
      case K.RegionBegin:
        goroutines.region(slot, time, this.#text(event), this.#stack(event));
        break;
      case K.RegionEnd:
        goroutines.regionEnd(slot, time, this.#text(event), this.#stack(event));
        break;
      case K.Log:
        this.#log(slot, event, time);
        break;
    }
  }

  /**
   * The viewer takes the first frame of the file for a part of every stack, so that has to be one that fits: the
   * program.
   */
  #writeFirstStack(program: string): void {
    this.#events.stack = this.#stacks.single(program);
    this.#events.write(Instant, 0, Track.Trace, this.#interning.text("name", "start of the trace"));
  }

  #endWait(slot: number, time: number, event: number): void {
    const { goroutine, kind } = this.#block;
    const isUnblock = kind[event] === K.GoUnblock;
    const by = isUnblock || kind[event] === K.GoSwitch ? this.#labelOf(goroutine[event] as number) : 0;
    this.#goroutines.waitEnd(slot, time, isUnblock ? this.#stack(event) : 0, by);
  }

  /** A goroutine becomes runnable: by another one, by the runtime, or because it gave way. */
  #ready(slot: number, time: number, event: number): void {
    const { kind, goroutine } = this.#block;
    const k = kind[event] as number;
    if (k !== K.GoUnblock && k !== K.GoSwitch && k !== K.GoCreate) {
      this.#goroutines.noArrow(slot);
      return;
    }
    const by = this.#goroutines.slot(goroutine[event] as number);
    const track = by === NONE ? threadTrack(this.#threads.pseudo(NETPOLL).tid) : this.#goroutines.track(by);
    const stack = k === K.GoSwitch ? 0 : this.#stack(event);
    this.#goroutines.wake(
      slot,
      time,
      track,
      this.#labelOf(goroutine[event] as number),
      stack,
      k === K.GoCreate,
    );
  }

  #run(slot: number, from: number, time: number): void {
    if (from === Syscall) return;
    const { proc, thread } = this.#model.goroutines;
    const label = this.#goroutines.label[slot] as number;
    this.#goroutines.run(slot, time);
    this.#procs.start(this.#proc(proc[slot] as number), time, label);
    this.#ms.start(this.#m(thread[slot] as number), time, label);
  }

  #stop(slot: number, time: number): void {
    const { proc, thread } = this.#model.goroutines;
    this.#procs.stop(this.#proc(proc[slot] as number), time);
    this.#ms.stop(this.#m(thread[slot] as number), time);
  }

  #enterSyscall(slot: number, from: number, time: number, event: number): void {
    const { proc, thread } = this.#model.goroutines;
    const stack = from === None ? 0 : this.#stack(event);
    const label = this.#goroutines.label[slot] as number;
    this.#goroutines.syscall(slot, time, stack);
    for (const [carriers, carrier] of this.#carriers(proc[slot] as number, thread[slot] as number)) {
      if (from !== Running) carriers.start(carrier, time, label);
      this.#events.stack = stack;
      carriers.set(carrier, Level.Syscall, time, this.#names.syscall);
    }
  }

  #leaveSyscall(slot: number, from: number, to: number, time: number): void {
    const { goroutines } = this.#model;
    const thread = goroutines.thread[slot] as number;
    if (from === Syscall) {
      const proc = this.#proc(goroutines.proc[slot] as number);
      if (to === Running) this.#procs.set(proc, Level.Syscall, time, 0);
      else this.#procs.stop(proc, time);
    }
    if (to === SyscallBlocked) return;
    this.#goroutines.syscallEnd(slot, time);
    if (thread === NONE) return;
    if (to === Running) this.#ms.set(this.#m(thread), Level.Syscall, time, 0);
    else this.#ms.stop(this.#m(thread), time);
  }

  /** The P and thread that carry a goroutine, as far as there are any. */
  #carriers(proc: number, thread: number): [CarrierTracks, number][] {
    const carriers: [CarrierTracks, number][] = [];
    if (proc !== NONE) carriers.push([this.#procs, this.#proc(proc)]);
    if (thread !== NONE) carriers.push([this.#ms, this.#m(thread)]);
    return carriers;
  }

  #sweep(event: number, kind: number, time: number): void {
    const proc = this.#proc(this.#block.subject[event] as number);
    this.#events.stack = kind === K.SweepBegin ? this.#stack(event) : 0;
    this.#procs.set(proc, Level.Sweep, time, kind === K.SweepEnd ? 0 : this.#names.sweep);
  }

  /** What a goroutine does for the runtime, on the P that it runs on. */
  #label(slot: number, time: number, label: string): void {
    const proc = this.#model.goroutines.proc[slot] as number;
    if (proc === NONE) return;
    this.#procs.set(
      this.#proc(proc),
      Level.Label,
      time,
      label === "" ? 0 : this.#interning.text("name", label),
    );
  }

  #log(slot: number, event: number, time: number): void {
    const category = this.#text(event);
    const message = this.#block.generation?.strings.text(this.#block.text[event] as number) ?? "";
    const text = category === "" ? message : `${category}: ${message}`;
    const name = this.#interning.once(["name", "log"], text);
    this.#goroutines.log(slot, time, name, name, this.#stack(event));
  }

  #beginTask(event: number, time: number): void {
    const block = this.#block;
    const type = this.#text(event);
    const parent = this.#tasks.track(block.value[event] as number);
    const slot = this.#goroutines.slot(block.goroutine[event] as number);
    const arrow = this.#goroutines.newArrow();
    const track = parent !== NONE || slot === NONE ? parent : this.#goroutines.track(slot);
    if (track !== NONE) {
      this.#events.category = this.#names.category.task;
      this.#events.flow = arrow;
      this.#events.write(Instant, time, track, this.#names.newTask);
    }
    this.#events.category = this.#names.category.task;
    const name = this.#interning.text("name", type);
    const task = block.subject[event] as number;
    this.#tasks.begin(task, type, name, time, this.#stack(event), track === NONE ? 0 : arrow);
  }

  #endTask(event: number, time: number): void {
    const type = this.#text(event);
    const name = this.#interning.text("name", type);
    this.#tasks.end(this.#block.subject[event] as number, type, name, time, this.#stack(event));
  }

  #sample(event: number, time: number): void {
    const { proc, goroutine } = this.#block;
    const id = goroutine[event] as number;
    const slot = this.#goroutines.slot(id);
    this.#samples.add({ time, proc: proc[event] as number, goroutine: id, slot, stack: this.#stack(event) });
  }

  #labelOf(goroutine: number): number {
    const slot = this.#goroutines.slot(goroutine);
    return slot === NONE ? 0 : (this.#goroutines.label[slot] as number);
  }

  #stack(event: number): number {
    return this.#stacks.of(this.#block.stack[event] as number);
  }

  #text(event: number): string {
    return this.#block.generation?.strings.text(this.#block.name[event] as number) ?? "";
  }

  /** The number of a P among the carriers. */
  #proc(proc: number): number {
    return (
      this.#procNumbers.get(proc) ?? this.#add(this.#procs, this.#procNumbers, proc, Group.Procs, `P${proc}`)
    );
  }

  /** The number of a thread among the carriers. */
  #m(thread: number): number {
    return (
      this.#mNumbers.get(thread) ?? this.#add(this.#ms, this.#mNumbers, thread, Group.Threads, `M${thread}`)
    );
  }

  #add(
    carriers: CarrierTracks,
    numbers: Map<number, number>,
    id: number,
    group: number,
    name: string,
  ): number {
    const carrier = carriers.size;
    const track = this.#ids.next();
    numbers.set(id, carrier);
    carriers.add(track);
    describeMember(this.#packets, track, group, name, group === Group.Procs ? id : carrier);
    return carrier;
  }
}
