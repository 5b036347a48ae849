import { NONE } from "../../base/ids.js";
import { SlotIndex } from "../../base/slot-index.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { SchedListener } from "../../sched/listener.js";
import { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import { Arrows } from "./arrows.js";
import { CarrierRows, ProcLanes } from "./carrier-rows.js";
import { CarrierRuns } from "./carrier-runs.js";
import type { EventWriter } from "./event-writer.js";
import { GoroutineNames } from "./goroutine-names.js";
import { GoroutinePlaces } from "./goroutine-places.js";
import { GoroutineRanges } from "./goroutine-ranges.js";
import { GoroutineRows } from "./goroutine-rows.js";
import { Blocked } from "./inner-slices.js";
import type { ChromeChoices } from "./options.js";
import { PointEvents } from "./point-events.js";
import { ProcInstants } from "./proc-instants.js";
import { ProcSweeps } from "./proc-sweeps.js";
import { type Descriptions, Lane, Process } from "./processes.js";
import { RuntimeRows } from "./runtime-rows.js";
import { NO_STACKS, type StackTable } from "./stack-frames.js";
import { UserEvents, type UserRows } from "./user-events.js";
import { UserRegions } from "./user-regions.js";
import { UserTasks } from "./user-tasks.js";
import { type WakeRows, Wakes } from "./wakes.js";

const K = EventKind;
const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;

/** What ends with the trace on a P or thread: a run with an arrow, and what is within it. */
const RUN_BYTES = 700;
/** The same of a goroutine: its state and an arrow, and the name of its row, if it has none yet. */
const STATE_BYTES = 400;

/** Everything that happened, as rows of Ps, threads, goroutines and the runtime, as far as they are asked for. */
export class Timeline implements SchedListener {
  /** Goroutines so far. */
  goroutines = 0;
  /** Those that there are now. */
  #alive = 0;
  readonly #events: EventWriter;
  readonly #choices: ChromeChoices;
  readonly #model = new SchedModel(this);
  readonly #names: GoroutineNames;
  readonly #arrows: Arrows;
  readonly #descriptions: Descriptions;
  readonly #lanes: ProcLanes;
  readonly #runtime: RuntimeRows | undefined;
  readonly #ranges: GoroutineRanges;
  readonly #slots = new SlotIndex();
  readonly #sweeps: ProcSweeps | undefined;
  readonly #instants: ProcInstants;
  readonly #user: UserEvents;
  #stacks: StackTable;
  #procs: CarrierRuns | undefined;
  #threads: CarrierRuns | undefined;
  #goroutines: GoroutineRows | undefined;
  /** Undefined where there are no arrows. */
  #wakes: Wakes | undefined;
  /** Whether there are no arrows and instants. */
  #isLean: boolean;
  #block!: EventBlock;
  #firstGeneration = Number.NaN;

  constructor(events: EventWriter, descriptions: Descriptions, stacks: StackTable, choices: ChromeChoices) {
    const { tracks } = choices;
    this.#events = events;
    this.#choices = choices;
    this.#descriptions = descriptions;
    this.#stacks = stacks;
    this.#isLean = choices.lean;
    this.#names = new GoroutineNames(this.#model, events);
    this.#arrows = new Arrows(events, this.#model.reasons);
    this.#lanes = new ProcLanes(descriptions);
    if (tracks.has("gc")) this.#runtime = new RuntimeRows(events);
    if (tracks.has("procs")) {
      const rows = new CarrierRows(descriptions, Process.Procs, "P", true);
      this.#procs = this.#carriers(rows, () => this.#lanes.place(Lane.WithoutProc));
    }
    if (tracks.has("threads")) {
      const rows = new CarrierRows(descriptions, Process.Threads, "M", false);
      this.#threads = this.#carriers(rows, () => rows.nowhere("Without a thread"));
    }
    if (tracks.has("goroutines")) this.#openGoroutines();
    const procs = this.#procs?.rows;
    if (procs !== undefined) this.#sweeps = new ProcSweeps(events, procs, this.#lanes);
    this.#instants = new ProcInstants(events, procs, this.#threads?.rows);
    this.#user = new UserEvents(this.#slots, this.#blockStack, this.#userRows());
    const rows = { procs: this.#procs, threads: this.#threads, goroutines: this.#goroutines };
    this.#ranges = new GoroutineRanges(this.#model, this.#slots, this.#runtime, rows);
    if (!choices.lean) this.#wakes = this.#openWakes(rows);
  }

  /** Time of the last event. */
  get time(): number {
    return this.#model.time;
  }

  /** About how many bytes {@link end} writes, rather more than less. */
  get pending(): number {
    const rows = (this.#procs?.rows.count ?? 0) + (this.#threads?.rows.count ?? 0);
    const waiting = this.#goroutines?.places.waitingBytes ?? 0;
    return (
      rows * RUN_BYTES +
      (this.#procs?.pending ?? 0) +
      (this.#threads?.pending ?? 0) +
      this.#alive * (this.#goroutines ? STATE_BYTES : 0) +
      waiting +
      this.#user.pending
    );
  }

  events(block: EventBlock): void {
    this.#model.block(block);
  }

  /** Ends all that is open. */
  end(): void {
    this.#model.finish();
  }

  /** From here on there are only the rows of Ps and the runtime, without stacks, arrows and instants. */
  becomeLean(): void {
    const { time } = this;
    this.#finishGoroutines(time);
    this.#finishRuns(this.#threads, time);
    this.#user.finishTasks(time);
    this.#user.becomeLean();
    this.#threads = undefined;
    this.#goroutines = undefined;
    this.#stacks = NO_STACKS;
    this.#wakes = undefined;
    this.#ranges.becomeLean();
    this.#isLean = true;
  }

  block(block: EventBlock): void {
    this.#block = block;
    const { generation } = block;
    if (generation === undefined) return;
    if (Number.isNaN(this.#firstGeneration)) this.#firstGeneration = generation.number;
    this.#stacks.enter(generation);
    this.#ranges.block(block);
    this.#user.block(block);
  }

  leave(slot: number, to: number, time: number, event: number): void {
    const from = this.#model.goroutines.state[slot] as number;
    if (from === Running) this.#leaveRunning(slot, to, time, event);
    else if (from === Waiting) this.#endWait(slot, time, event);
    else if (from === Runnable) this.#goroutines?.runnableEnd(slot, time, false);
    else if (from !== None) this.#leaveSyscall(slot, from, to, time);
  }

  enter(slot: number, from: number, time: number, event: number): void {
    const to = this.#model.goroutines.state[slot] as number;
    if (from === None) this.#begin(slot);
    if (to === Running) this.#run(slot, from, time);
    else if (to === Syscall || to === SyscallBlocked) this.#enterSyscall(slot, from, time, event);
    else if (to === Waiting) this.#wait(slot, time, event);
    else if (to === Runnable) this.#ready(slot, from, time, event);
    else this.#end(slot, time);
  }

  named(): void {}

  proc(_slot: number, event: number): void {
    if (!this.#isLean) this.#instants.change(this.#block, event);
  }

  other(event: number): void {
    const kind = this.#block.kind[event] as number;
    if (kind >= K.TaskBegin && kind <= K.CpuSample) this.#user.event(event, kind);
    else if (kind >= K.SweepActive && kind <= K.SweepEnd) this.#sweep(event, kind);
    else if (kind >= K.GcActive && kind <= K.GcEnd) this.#gc(event, kind);
    else if (kind >= K.StwBegin && kind <= K.AssistEnd) this.#range(event, kind);
  }

  finish(time: number): void {
    const { goroutines } = this.#model;
    this.#sweeps?.finish(time);
    this.#finishGoroutines(time);
    this.#finishRuns(this.#procs, time);
    this.#finishRuns(this.#threads, time);
    this.#user.finishTasks(time);
    this.#runtime?.finish(time);
    goroutines.forEach((_id, slot) => {
      this.#goroutines?.settle(slot);
    });
  }

  #carriers(rows: CarrierRows, nowhere: () => EncodedText): CarrierRuns {
    return new CarrierRuns(rows, this.#events, this.#names, this.#arrows, nowhere);
  }

  #openWakes(rows: WakeRows): Wakes {
    const [model, slots] = [this.#model, this.#slots];
    return new Wakes(model, this.#events, this.#names, this.#arrows, this.#lanes, slots, rows);
  }

  #openGoroutines(): void {
    const events = this.#events;
    const { group } = this.#choices;
    const places = new GoroutinePlaces(this.#model, events, this.#names, this.#descriptions, group);
    this.#goroutines = new GoroutineRows(this.#model, events, this.#names, this.#arrows, places);
  }

  #userRows(): UserRows {
    const { tracks, lean } = this.#choices;
    const places = this.#goroutines?.places;
    const points = new PointEvents(this.#events, this.#procs?.rows, this.#threads?.rows, places);
    return {
      tasks: tracks.has("tasks") ? new UserTasks(this.#events, this.#names, this.#descriptions) : undefined,
      regions: places && !lean ? new UserRegions(this.#events, places.end) : undefined,
      logs: tracks.has("logs") && !lean ? points : undefined,
      samples: tracks.has("samples") && !lean ? points : undefined,
    };
  }

  /** A goroutine is mentioned for the first time. */
  #begin(slot: number): void {
    this.goroutines++;
    this.#alive++;
    this.#slots.set(this.#model.goroutines.id[slot] as number, slot);
    this.#procs?.begin(slot);
    this.#threads?.begin(slot);
    this.#goroutines?.begin(slot);
  }

  /** It ends. */
  #end(slot: number, time: number): void {
    this.#alive--;
    this.#user.finishRegions(slot, time, false);
    this.#goroutines?.settle(slot);
    this.#procs?.end(slot);
    this.#threads?.end(slot);
    this.#slots.delete(this.#model.goroutines.id[slot] as number);
  }

  #leaveRunning(slot: number, to: number, time: number, event: number): void {
    const stack = to === None ? 0 : this.#blockStack(event);
    if (stack !== 0) this.#learn(slot, event);
    this.#goroutines?.runningEnd(slot, time, stack, false);
    if (to === Syscall || to === SyscallBlocked) return;
    this.#procs?.stop(slot, time, stack);
    this.#threads?.stop(slot, time, stack);
  }

  /** The name of a goroutine must be known when its run is written: its own stack tells it. */
  #learn(slot: number, event: number): void {
    const { goroutines, functions } = this.#model;
    if (goroutines.func[slot] !== NONE) return;
    const { generation, stack } = this.#block;
    const func = generation?.stacks.rootFunction(stack[event] as number) ?? "";
    if (func !== "") goroutines.func[slot] = functions.intern(func);
  }

  #run(slot: number, from: number, time: number): void {
    this.#goroutines?.running(slot, time);
    if (from === Syscall) return;
    const { proc, thread } = this.#model.goroutines;
    this.#procs?.start(slot, time, proc[slot] as number);
    this.#threads?.start(slot, time, thread[slot] as number);
  }

  #enterSyscall(slot: number, from: number, time: number, event: number): void {
    if (from === Syscall) return;
    const { state, proc, thread } = this.#model.goroutines;
    const stack = this.#ownStack(event);
    if (from === None) {
      this.#procs?.start(slot, time, proc[slot] as number);
      this.#threads?.start(slot, time, thread[slot] as number);
    }
    if (state[slot] === Syscall) this.#procs?.syscall(slot, time, stack);
    this.#threads?.syscall(slot, time, stack);
    this.#goroutines?.enter(slot, stack, time, true);
  }

  /** A system call loses its P, or ends. */
  #leaveSyscall(slot: number, from: number, to: number, time: number): void {
    const isBack = to === Running;
    if (from === Syscall) {
      this.#procs?.syscallEnd(slot, time, isBack ? Blocked.No : Blocked.Yes);
      if (!isBack) this.#procs?.stop(slot, time, 0);
    }
    if (to === SyscallBlocked) return;
    this.#threads?.syscallEnd(slot, time, isBack ? Blocked.No : Blocked.Yes);
    if (!isBack) this.#threads?.stop(slot, time, 0);
    const lost = from === Syscall ? Number.NaN : (this.#model.goroutines.since[slot] as number);
    this.#goroutines?.syscallEnd(slot, time, lost, false);
    if (!isBack) this.#wakes?.returned(slot, time, to === Runnable);
  }

  #wait(slot: number, time: number, event: number): void {
    const stack = this.#ownStack(event);
    this.#goroutines?.enter(slot, stack, time, false);
    if (!this.#isRestated) return;
    this.#procs?.stoppedBefore(slot, stack);
    this.#threads?.stoppedBefore(slot, stack);
  }

  /** Whether the events are of before the part of the trace that the file is of. */
  get #isRestated(): boolean {
    return this.#block.generation?.isRestated === true;
  }

  #endWait(slot: number, time: number, event: number): void {
    const { kind, goroutine } = this.#block;
    const stack = kind[event] === K.GoUnblock ? this.#blockStack(event) : 0;
    const by = goroutine[event] as number;
    this.#goroutines?.waitEnd(slot, time, stack, by, this.#slots.get(by), false);
    this.#wakes?.unblocked(slot, time, stack, this.#block, event);
  }

  #ready(slot: number, from: number, time: number, event: number): void {
    this.#goroutines?.enter(slot, 0, time, false);
    if (from !== None || this.#wakes === undefined) return;
    const { kind } = this.#block;
    if (kind[event] === K.GoCreate)
      this.#wakes.created(slot, time, this.#blockStack(event), this.#block, event);
    else if (this.#isRestated) this.#wakes.before(slot, this.#stacks, this.#block, event);
  }

  #sweep(event: number, kind: number): void {
    const { subject, time, generation, value, value2 } = this.#block;
    const proc = subject[event] as number;
    const at = time[event] as number;
    if (kind === K.SweepEnd) this.#sweeps?.end(proc, at, [value[event] as number, value2[event] as number]);
    else if (kind === K.SweepBegin) this.#sweeps?.begin(proc, at, this.#blockStack(event));
    // In the first generation it is older than the trace; later it is known.
    else if (generation?.number === this.#firstGeneration) this.#sweeps?.begin(proc, 0, 0);
  }

  #gc(event: number, kind: number): void {
    const time = this.#block.time[event] as number;
    if (kind === K.GcBegin) this.#runtime?.gcBegin(time, this.#blockStack(event));
    else if (kind === K.GcEnd) this.#runtime?.gcEnd(time);
    else if (this.#block.generation?.number === this.#firstGeneration) this.#runtime?.gcIsOld();
  }

  #range(event: number, kind: number): void {
    // Events that end ranges have no stack of their own.
    const hasStack = kind === K.StwBegin || kind === K.AssistBegin;
    this.#ranges.change(event, hasStack ? this.#blockStack(event) : 0);
  }

  /** Ends the states of goroutines, cut by the end of the trace. */
  #finishGoroutines(time: number): void {
    const rows = this.#goroutines;
    if (rows === undefined) return;
    const { goroutines } = this.#model;
    goroutines.forEach((_id, slot) => {
      const state = goroutines.state[slot] as number;
      if (state === Running) rows.runningEnd(slot, time, 0, true);
      else if (state === Waiting) rows.waitEnd(slot, time, 0, NONE, NONE, true);
      else if (state === Runnable) rows.runnableEnd(slot, time, true);
      else {
        const lost = state === Syscall ? Number.NaN : (goroutines.since[slot] as number);
        rows.syscallEnd(slot, time, lost, true);
      }
      this.#user.finishRegions(slot, time, true);
      rows.settle(slot);
    });
  }

  #finishRuns(runs: CarrierRuns | undefined, time: number): void {
    if (runs === undefined) return;
    const { goroutines } = this.#model;
    goroutines.forEach((_id, slot) => {
      runs.syscallEnd(slot, time);
      runs.stop(slot, time, 0, true);
      if (goroutines.state[slot] === Runnable) runs.stillRunnable(slot, time);
    });
  }

  readonly #blockStack = (event: number): number => this.#stacks.of(this.#block.stack[event] as number);

  /** The stack of the goroutine that a transition is about, at its new state; whoever comes from C has none. */
  #ownStack(event: number): number {
    const { kind, stack, subjectStack } = this.#block;
    if (kind[event] === K.GoCreateSyscall) return 0;
    return this.#stacks.of((kind[event] === K.GoCreateBlocked ? subjectStack : stack)[event] as number);
  }
}
