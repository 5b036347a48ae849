import { NONE } from "../../base/ids.js";
import { SlotIndex } from "../../base/slot-index.js";
import type { EncodedText } from "../../bytes/encoded-text.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { ProcState } from "../../event/states.js";
import type { SchedListener } from "../../sched/listener.js";
import { SchedModel } from "../../sched/model.js";
import { RangeNames } from "../../sched/ranges.js";
import { SchedState } from "../../sched/state.js";
import { Arrows } from "./arrows.js";
import { CarrierRows, ProcLanes } from "./carrier-rows.js";
import { CarrierRuns } from "./carrier-runs.js";
import { argument, type EventWriter, head } from "./event-writer.js";
import { GoroutineNames } from "./goroutine-names.js";
import { GoroutinePlaces } from "./goroutine-places.js";
import { GoroutineRows } from "./goroutine-rows.js";
import { Blocked } from "./inner-slices.js";
import type { ChromeChoices } from "./options.js";
import { type Point, PointEvents } from "./point-events.js";
import { ProcSweeps } from "./proc-sweeps.js";
import { type Descriptions, Lane, Process } from "./processes.js";
import { RuntimeRows } from "./runtime-rows.js";
import { NO_STACKS, type StackTable } from "./stack-frames.js";
import { UserRegions } from "./user-regions.js";
import { UserTasks } from "./user-tasks.js";

const K = EventKind;
const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;

const PROC_START = head("proc start", "go.proc", "I");
const PROC_STOP = head("proc stop", "go.proc", "I");
const SYSCALL_EXIT = head("exit blocked syscall", "go.syscall", "I");
const PROC = argument("proc");
const THREAD = argument("thread");
const GOROUTINE = argument("goroutine");

/** Everything that happened, as rows of Ps, threads, goroutines and the runtime, as far as they are asked for. */
export class Timeline implements SchedListener {
  /** Goroutines so far. */
  goroutines = 0;
  readonly #events: EventWriter;
  readonly #choices: ChromeChoices;
  readonly #model = new SchedModel(this);
  readonly #names: GoroutineNames;
  readonly #arrows: Arrows;
  readonly #descriptions: Descriptions;
  readonly #lanes: ProcLanes;
  readonly #runtime: RuntimeRows | undefined;
  readonly #ranges = new RangeNames();
  /** What begins the slice of a range, by number of its name. */
  readonly #rangeHeads: EncodedText[] = [];
  readonly #slots = new SlotIndex();
  readonly #sweeps: ProcSweeps | undefined;
  readonly #points: PointEvents;
  #stacks: StackTable;
  #procs: CarrierRuns | undefined;
  #threads: CarrierRuns | undefined;
  #goroutines: GoroutineRows | undefined;
  #tasks: UserTasks | undefined;
  #regions: UserRegions | undefined;
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
    if (tracks.has("procs")) this.#procs = this.#carriers(Process.Procs, "P", true);
    if (tracks.has("threads")) this.#threads = this.#carriers(Process.Threads, "M", false);
    if (tracks.has("goroutines")) this.#openGoroutines();
    const procs = this.#procs?.rows;
    if (procs !== undefined) this.#sweeps = new ProcSweeps(events, procs, this.#lanes);
    this.#points = new PointEvents(events, procs, this.#threads?.rows, this.#goroutines?.places);
    if (tracks.has("tasks")) this.#tasks = new UserTasks(events, this.#names, descriptions);
  }

  /** Time of the last event. */
  get time(): number {
    return this.#model.time;
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
    this.#tasks?.finish(time);
    this.#threads = undefined;
    this.#goroutines = undefined;
    this.#regions = undefined;
    this.#tasks = undefined;
    this.#stacks = NO_STACKS;
    this.#isLean = true;
  }

  block(block: EventBlock): void {
    this.#block = block;
    const { generation } = block;
    if (generation === undefined) return;
    if (Number.isNaN(this.#firstGeneration)) this.#firstGeneration = generation.number;
    this.#stacks.enter(generation);
    this.#ranges.block(block);
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
    else if (to === Waiting) this.#goroutines?.enter(slot, this.#ownStack(event), time, false);
    else if (to === Runnable) this.#ready(slot, from, time, event);
    else this.#end(slot, time);
  }

  named(): void {}

  proc(_slot: number, event: number): void {
    const { from, to, time } = this.#block;
    const isRunning = to[event] === ProcState.Running;
    if (this.#isLean || isRunning === (from[event] === ProcState.Running)) return;
    const text = isRunning ? PROC_START : PROC_STOP;
    const since = from[event] === ProcState.Undetermined ? 0 : (time[event] as number);
    this.#procInstant(this.#procs, this.#block.subject[event] as number, text, since, event);
    this.#procInstant(this.#threads, this.#block.thread[event] as number, text, since, event);
  }

  other(event: number): void {
    const kind = this.#block.kind[event] as number;
    if (kind === K.TaskBegin || kind === K.TaskEnd) this.#task(event, kind);
    else if (kind === K.RegionBegin || kind === K.RegionEnd) this.#region(event, kind);
    else if (kind === K.Log) this.#log(event);
    else if (kind === K.CpuSample) this.#sample(event);
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
    this.#tasks?.finish(time);
    this.#runtime?.finish(time);
    goroutines.forEach((_id, slot) => {
      this.#goroutines?.settle(slot);
    });
  }

  #carriers(pid: number, name: string, isOrdered: boolean): CarrierRuns {
    const rows = new CarrierRows(this.#descriptions, pid, name, isOrdered);
    return new CarrierRuns(rows, this.#events, this.#names, this.#arrows);
  }

  #openGoroutines(): void {
    const events = this.#events;
    const { group } = this.#choices;
    const places = new GoroutinePlaces(this.#model, events, this.#names, this.#descriptions, group);
    this.#goroutines = new GoroutineRows(this.#model, events, this.#names, this.#arrows, places);
    if (!this.#isLean) this.#regions = new UserRegions(events, places.end);
  }

  /** A goroutine is mentioned for the first time. */
  #begin(slot: number): void {
    this.goroutines++;
    this.#slots.set(this.#model.goroutines.id[slot] as number, slot);
    this.#procs?.begin(slot);
    this.#threads?.begin(slot);
    this.#goroutines?.begin(slot);
  }

  /** It ends. */
  #end(slot: number, time: number): void {
    this.#regions?.finish(slot, time, false);
    this.#goroutines?.settle(slot);
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
    if (!isBack) this.#exitSyscall(slot, to, time);
  }

  /** A system call ends without a P. */
  #exitSyscall(slot: number, to: number, time: number): void {
    if (this.#isLean || this.#procs === undefined) return;
    const lane = this.#lanes.place(Lane.Syscalls);
    const { syscallExit } = this.#arrows;
    const isArrow = to === Runnable;
    this.#events.begin(isArrow ? syscallExit.source : SYSCALL_EXIT);
    this.#events.time(time);
    if (isArrow) this.#events.duration(0);
    this.#events.argument(GOROUTINE);
    this.#names.value(slot);
    this.#events.end(lane);
    if (isArrow) this.#procs.wake(slot, time, 0, syscallExit, lane);
  }

  #endWait(slot: number, time: number, event: number): void {
    const { kind, goroutine } = this.#block;
    const stack = kind[event] === K.GoUnblock ? this.#blockStack(event) : 0;
    const by = goroutine[event] as number;
    this.#goroutines?.waitEnd(slot, time, stack, by, this.#slots.get(by), false);
    if (!this.#isLean) this.#unblock(slot, time, stack, event);
  }

  #unblock(slot: number, time: number, stack: number, event: number): void {
    const { proc, thread } = this.#block;
    const reason = this.#model.goroutines.reason[slot] as number;
    const heads = this.#arrows.unblock(reason);
    const isNetwork = reason >= 0 && this.#model.reasons.text(reason).includes("network");
    this.#wakeFrom(slot, time, stack, heads, event, {
      proc: isNetwork ? Lane.Network : Lane.WithoutProc,
      isOnLane: isNetwork || proc[event] === NONE,
      thread: thread[event] as number,
    });
  }

  #ready(slot: number, from: number, time: number, event: number): void {
    this.#goroutines?.enter(slot, 0, time, false);
    if (from !== None || this.#isLean || this.#block.kind[event] !== K.GoCreate) return;
    const { proc, thread } = this.#block;
    this.#wakeFrom(slot, time, this.#blockStack(event), this.#arrows.creation, event, {
      proc: Lane.WithoutProc,
      isOnLane: proc[event] === NONE,
      thread: thread[event] as number,
    });
  }

  /** A goroutine is made runnable: from the rows of whoever does it arrows will lead to where it runs. */
  #wakeFrom(
    slot: number,
    time: number,
    stack: number,
    heads: Parameters<CarrierRuns["wake"]>[3],
    event: number,
    on: { proc: typeof Lane.Network | typeof Lane.WithoutProc; isOnLane: boolean; thread: number },
  ): void {
    if (this.#procs !== undefined) {
      const { rows } = this.#procs;
      const from = on.isOnLane ? this.#lanes.place(on.proc) : rows.place(this.#block.proc[event] as number);
      this.#source(slot, time, stack, heads.source, from);
      this.#procs.wake(slot, time, stack, heads, from);
    }
    if (this.#threads !== undefined && on.thread !== NONE) {
      const from = this.#threads.rows.place(on.thread);
      this.#source(slot, time, stack, heads.source, from);
      this.#threads.wake(slot, time, stack, heads, from);
    }
    if (this.#goroutines === undefined) return;
    const by = this.#block.goroutine[event] as number;
    this.#goroutines.wake(slot, time, stack, heads, by, this.#slots.get(by));
  }

  /** The slice without a length that an arrow comes from. */
  #source(slot: number, time: number, stack: number, text: EncodedText, where: EncodedText): void {
    const events = this.#events;
    events.begin(text);
    events.time(time);
    events.duration(0);
    events.stack(stack);
    events.argument(GOROUTINE);
    this.#names.value(slot);
    events.end(where);
  }

  #procInstant(
    runs: CarrierRuns | undefined,
    carrier: number,
    text: EncodedText,
    time: number,
    event: number,
  ): void {
    if (runs === undefined || carrier === NONE) return;
    const where = runs.rows.place(carrier);
    const events = this.#events;
    const { subject, thread } = this.#block;
    events.begin(text);
    events.time(time);
    if ((thread[event] as number) >= 0) {
      events.argument(THREAD);
      events.number(thread[event] as number);
    }
    events.argument(PROC);
    events.number(subject[event] as number);
    events.end(where);
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

  /** A mark assist or stop-the-world of a goroutine. */
  #range(event: number, kind: number): void {
    const time = this.#block.time[event] as number;
    const text = this.#rangeHead(event);
    if (kind === K.StwBegin) this.#runtime?.stopBegin(text, time, this.#blockStack(event));
    else if (kind === K.StwEnd) this.#runtime?.stopEnd(text, time);
    const slot = this.#slots.get(this.#block.subject[event] as number);
    if (slot === NONE) return;
    this.#procs?.change(slot, time);
    if (this.#procs !== undefined)
      this.#rangeOn(this.#procs, this.#procs.since[slot] as number, slot, text, event);
    if (this.#threads !== undefined)
      this.#rangeOn(this.#threads, this.#threads.since[slot] as number, slot, text, event);
    if (this.#goroutines === undefined) return;
    const { state, since } = this.#model.goroutines;
    const runSince = state[slot] === Running ? (since[slot] as number) : Number.NaN;
    this.#rangeOn(this.#goroutines, runSince, slot, text, event);
  }

  #rangeOn(
    rows: CarrierRuns | GoroutineRows,
    runSince: number,
    slot: number,
    text: EncodedText,
    event: number,
  ): void {
    const { ranges } = rows;
    const kind = this.#block.kind[event] as number;
    const time = this.#block.time[event] as number;
    if (kind === K.AssistActive) ranges.active(slot, text, runSince);
    else if (kind === K.StwEnd || kind === K.AssistEnd) ranges.end(slot, text, runSince, time);
    else ranges.begin(slot, text, Number.isNaN(runSince) ? runSince : time, this.#blockStack(event));
  }

  #rangeHead(event: number): EncodedText {
    const name = this.#ranges.of(this.#block, event);
    let text = this.#rangeHeads[name];
    if (text === undefined) {
      text = head(this.#ranges.names.text(name), "go.gc", "X");
      this.#rangeHeads[name] = text;
    }
    return text;
  }

  #task(event: number, kind: number): void {
    if (this.#tasks === undefined) return;
    const { subject, value, time, goroutine } = this.#block;
    const mention = {
      task: subject[event] as number,
      type: this.#text(this.#block.name[event] as number),
      time: time[event] as number,
      stack: this.#blockStack(event),
      slot: this.#slots.get(goroutine[event] as number),
    };
    if (kind === K.TaskBegin) this.#tasks.begin(mention, value[event] as number);
    else this.#tasks.end(mention);
  }

  #region(event: number, kind: number): void {
    const { subject, time, goroutine, name } = this.#block;
    const slot = this.#slots.get(goroutine[event] as number);
    if (slot === NONE || this.#regions === undefined) return;
    const type = this.#text(name[event] as number);
    const task = subject[event] as number;
    const stack = this.#blockStack(event);
    if (kind === K.RegionBegin) this.#regions.begin(slot, type, task, time[event] as number, stack);
    else this.#regions.end(slot, type, task, time[event] as number, stack);
  }

  #log(event: number): void {
    if (!this.#choices.tracks.has("logs") || this.#isLean) return;
    const { name, text } = this.#block;
    this.#points.log(
      this.#point(event),
      this.#text(name[event] as number),
      this.#text(text[event] as number),
    );
  }

  #sample(event: number): void {
    if (this.#choices.tracks.has("samples") && !this.#isLean) this.#points.sample(this.#point(event));
  }

  #point(event: number): Point {
    const { time, proc, thread, goroutine } = this.#block;
    return {
      time: time[event] as number,
      stack: this.#blockStack(event),
      proc: proc[event] as number,
      thread: thread[event] as number,
      slot: this.#slots.get(goroutine[event] as number),
    };
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
      this.#regions?.finish(slot, time, true);
      rows.settle(slot);
    });
  }

  #finishRuns(runs: CarrierRuns | undefined, time: number): void {
    if (runs === undefined) return;
    this.#model.goroutines.forEach((_id, slot) => {
      runs.syscallEnd(slot, time);
      runs.stop(slot, time, 0, true);
    });
  }

  #text(string: number): string {
    return this.#block.generation?.strings.text(string) ?? "";
  }

  #blockStack(event: number): number {
    return this.#stacks.of(this.#block.stack[event] as number);
  }

  /** The stack of the goroutine that a transition is about, at its new state; whoever comes from C has none. */
  #ownStack(event: number): number {
    const { kind, stack, subjectStack } = this.#block;
    if (kind[event] === K.GoCreateSyscall) return 0;
    return this.#stacks.of((kind[event] === K.GoCreateBlocked ? subjectStack : stack)[event] as number);
  }
}
