import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import { EventKind, isUser } from "../../event/kind.js";
import type { SchedListener } from "../../sched/listener.js";
import { SchedModel } from "../../sched/model.js";
import { SchedState } from "../../sched/state.js";
import { NO_STACKS, type StackTable } from "../stack-numbers.js";
import type { Steps } from "../trace-sink.js";
import type { EventWriter } from "./event-writer.js";
import { Blocked } from "./inner-slices.js";
import type { ChromeChoices } from "./options.js";
import { ProcInstants } from "./proc-instants.js";
import type { Descriptions } from "./processes.js";
import { RowContext } from "./row-context.js";
import { Rows } from "./rows.js";
import { RuntimeEvents, runtimePartsOf } from "./runtime-events.js";
import { UserEvents, userRowsOf } from "./user-rows.js";
import { Wakes } from "./wakes.js";

const K = EventKind;
const { None, Runnable, Running, Waiting, Syscall, SyscallBlocked } = SchedState;

/** Turns events into the requested rows of Ps, threads, goroutines and the runtime. */
export class Timeline implements SchedListener {
  /** Goroutines so far. */
  goroutines = 0;
  /** Live goroutines. */
  #alive = 0;
  readonly #model = new SchedModel(this);
  readonly #context: RowContext;
  readonly #rows: Rows;
  readonly #instants: ProcInstants;
  readonly #runtime: RuntimeEvents;
  readonly #user: UserEvents;
  #stacks: StackTable;
  readonly #sampleStacks: StackTable;
  /** Undefined without arrows. */
  #wakes: Wakes | undefined;
  /** Whether arrows and instants are omitted. */
  #isLean: boolean;
  #block!: EventBlock;
  /** Where the trace ends. */
  #end = 0;

  /** @param stacks stacks of samples, and in a full file of all events */
  constructor(events: EventWriter, descriptions: Descriptions, stacks: StackTable, choices: ChromeChoices) {
    this.#stacks = choices.lean ? NO_STACKS : stacks;
    this.#sampleStacks = stacks;
    this.#isLean = choices.lean;
    const context = new RowContext(this.#model, events, descriptions);
    const rows = new Rows(context, choices);
    this.#context = context;
    this.#rows = rows;
    this.#instants = new ProcInstants(events, rows.procs?.rows, rows.threads?.rows);
    this.#runtime = new RuntimeEvents(this.#blockStack, runtimePartsOf(context, rows, choices));
    const sampleStack = (event: number) => this.#sampleStacks.of(this.#block.stack[event] as number);
    const user = userRowsOf(context, rows, choices);
    this.#user = new UserEvents(context.slots, this.#blockStack, sampleStack, user);
    if (!choices.lean) this.#wakes = new Wakes(context, rows);
  }

  /** Time of the last event. */
  get time(): number {
    return this.#model.time;
  }

  /** An upper estimate of the bytes that {@link end} writes. */
  get pending(): number {
    return this.#rows.pending(this.#alive) + this.#user.pending;
  }

  events(block: EventBlock): void {
    this.#model.block(block);
  }

  /** Ends all that is open. */
  *end(): Steps {
    this.#model.finish();
    const time = this.#end;
    this.#runtime.finishSweeps(time);
    yield* this.#rows.finish(time);
    yield* this.#user.finishTasks(time);
    this.#runtime.finish(time);
  }

  /** Writes only the rows of Ps and the runtime from here on, without stacks, arrows and instants. */
  *becomeLean(): Steps {
    yield* this.#rows.becomeLean(this.time);
    yield* this.#user.finishTasks(this.time);
    this.#user.becomeLean();
    this.#stacks = NO_STACKS;
    this.#wakes = undefined;
    this.#isLean = true;
  }

  block(block: EventBlock): void {
    this.#block = block;
    const { generation } = block;
    if (generation === undefined) return;
    this.#stacks.enter(generation);
    this.#sampleStacks.enter(generation);
    this.#runtime.block(block);
    this.#user.block(block);
  }

  leave(slot: number, to: number, time: number, event: number): void {
    const from = this.#model.goroutines.state[slot] as number;
    if (from === Running) this.#leaveRunning(slot, to, time, event);
    else if (from === Waiting) this.#endWait(slot, time, event);
    else if (from === Runnable) this.#rows.goroutines?.runnableEnd(slot, time, false);
    else if (from !== None) this.#leaveSyscall(slot, from, to, time);
  }

  enter(slot: number, from: number, time: number, event: number): void {
    const to = this.#model.goroutines.state[slot] as number;
    if (from === None) this.#begin(slot);
    if (to === Running) this.#run(slot, from, time);
    else if (to === Syscall || to === SyscallBlocked) this.#enterSyscall(slot, from, time, event);
    else if (to === Waiting) this.#wait(slot, time, event);
    else if (to === Runnable) this.#ready(slot, from, time, event);
    else this.#ended(slot, time);
  }

  named(): void {}

  proc(_slot: number, event: number): void {
    if (!this.#isLean) this.#instants.change(this.#block, event);
  }

  other(event: number): void {
    const kind = this.#block.kind[event] as number;
    if (isUser(kind) || kind === K.CpuSample) this.#user.event(event, kind);
    else this.#runtime.event(event, kind);
  }

  finish(time: number): void {
    this.#end = time;
  }

  /** A goroutine appears. */
  #begin(slot: number): void {
    this.goroutines++;
    this.#alive++;
    this.#context.slots.set(this.#model.goroutines.id[slot] as number, slot);
    this.#rows.begin(slot);
  }

  /** It ends. */
  #ended(slot: number, time: number): void {
    this.#alive--;
    this.#rows.end(slot, time);
    this.#context.slots.delete(this.#model.goroutines.id[slot] as number);
  }

  #leaveRunning(slot: number, to: number, time: number, event: number): void {
    const stack = to === None ? 0 : this.#blockStack(event);
    if (stack !== 0) this.#learn(slot, event);
    this.#rows.goroutines?.runningEnd(slot, time, stack, false);
    if (to === Syscall || to === SyscallBlocked) return;
    this.#rows.procs?.stop(slot, time, stack);
    this.#rows.threads?.stop(slot, time, stack);
  }

  /** A goroutine's name, which its own stack gives, must be known when its run is written. */
  #learn(slot: number, event: number): void {
    const { goroutines, functions } = this.#model;
    if (goroutines.func[slot] !== NONE) return;
    const { generation, stack } = this.#block;
    const func = generation?.stacks.startFunction(stack[event] as number) ?? "";
    if (func !== "") goroutines.func[slot] = functions.intern(func);
  }

  #run(slot: number, from: number, time: number): void {
    this.#rows.goroutines?.running(slot, time);
    if (from === Syscall) return;
    const { proc, thread } = this.#model.goroutines;
    this.#rows.procs?.start(slot, time, proc[slot] as number);
    this.#rows.threads?.start(slot, time, thread[slot] as number);
  }

  #enterSyscall(slot: number, from: number, time: number, event: number): void {
    if (from === Syscall) return;
    const { state, proc, thread } = this.#model.goroutines;
    const stack = this.#ownStack(event);
    if (from === None) {
      this.#rows.procs?.start(slot, time, proc[slot] as number);
      this.#rows.threads?.start(slot, time, thread[slot] as number);
    }
    if (state[slot] === Syscall) this.#rows.procs?.syscall(slot, time, stack);
    this.#rows.threads?.syscall(slot, time, stack);
    this.#rows.goroutines?.enter(slot, stack, time, true);
  }

  /** A system call loses its P, or ends. */
  #leaveSyscall(slot: number, from: number, to: number, time: number): void {
    const isBack = to === Running;
    if (from === Syscall) {
      this.#rows.procs?.syscallEnd(slot, time, isBack ? Blocked.No : Blocked.Yes);
      if (!isBack) this.#rows.procs?.stop(slot, time, 0);
    }
    if (to === SyscallBlocked) return;
    this.#rows.threads?.syscallEnd(slot, time, isBack ? Blocked.No : Blocked.Yes);
    if (!isBack) this.#rows.threads?.stop(slot, time, 0);
    const lost = from === Syscall ? Number.NaN : (this.#model.goroutines.since[slot] as number);
    this.#rows.goroutines?.syscallEnd(slot, time, lost, false);
    if (!isBack) this.#wakes?.returned(slot, time, to === Runnable);
  }

  #wait(slot: number, time: number, event: number): void {
    const stack = this.#ownStack(event);
    this.#rows.goroutines?.enter(slot, stack, time, false);
    if (this.#block.kind[event] !== K.GoSnapshot) return;
    this.#rows.procs?.stoppedBefore(slot, stack);
    this.#rows.threads?.stoppedBefore(slot, stack);
  }

  #endWait(slot: number, time: number, event: number): void {
    const { kind, goroutine } = this.#block;
    const stack = kind[event] === K.GoUnblock ? this.#blockStack(event) : 0;
    const by = goroutine[event] as number;
    this.#rows.goroutines?.waitEnd(slot, time, stack, by, this.#context.slots.get(by), false);
    this.#wakes?.unblocked(slot, time, stack, this.#block, event);
  }

  #ready(slot: number, from: number, time: number, event: number): void {
    this.#rows.goroutines?.enter(slot, 0, time, false);
    if (from !== None || this.#wakes === undefined) return;
    const { kind } = this.#block;
    if (kind[event] === K.GoCreate)
      this.#wakes.created(slot, time, this.#blockStack(event), this.#block, event);
    else if (kind[event] === K.GoSnapshot) this.#wakes.before(slot, this.#stacks, this.#block, event);
  }

  readonly #blockStack = (event: number): number => this.#stacks.of(this.#block.stack[event] as number);

  /** The stack of a transition's goroutine at its new state. A goroutine that enters from C has none. */
  #ownStack(event: number): number {
    const { kind, stack, subjectStack } = this.#block;
    if (kind[event] === K.GoCreateSyscall) return 0;
    return this.#stacks.of((kind[event] === K.GoCreateBlocked ? subjectStack : stack)[event] as number);
  }
}
