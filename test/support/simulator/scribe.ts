import { type Arg, NO_THREAD } from "../trace-builder.js";
import type { Recorder, Simulation } from "./action.js";
import type { Random } from "./random.js";
import type { Said, TrueEvent, TrueState, Truth } from "./truth.js";
import { type SimStack, stackText } from "./wire-tables.js";
import type { WireWriter } from "./wire-writer.js";
import type { Goroutine, Proc, Thread } from "./world.js";

const GO_STATUS = { runnable: 1, running: 2, syscall: 3, waiting: 4 } as const;
const GO_STATE = {
  runnable: "Runnable",
  running: "Running",
  syscall: "Syscall",
  waiting: "Waiting",
} as const;
const PROC_STATUS = { running: 1, idle: 2, syscall: 3, abandoned: 4 } as const;

/** What actions work on that record for format 2. */
export type ScribedSimulation = Simulation<Scribe>;

/**
 * Writes down what happens twice: as the runtime's threads record it, and as it should be given by a reader. Before a
 * thread records anything in a generation it tells the status of its P and goroutine, and of what its event is about.
 */
export class Scribe implements Recorder {
  generation = 0;
  /** Nanoseconds; what happens on another thread than the last happens later than this. */
  now: number;
  /** How much a thread's clock is ahead, by thread. */
  readonly skew = new Map<number, number>();
  readonly #random: Random;
  readonly #writer: WireWriter;
  readonly #truth: Truth;
  /** Events of the generation, with the times at which they were recorded. */
  #events: { readonly event: TrueEvent; readonly recorded: number }[] = [];
  #last = -1;
  #syncs = 0;

  constructor(random: Random, writer: WireWriter, truth: Truth, start: number) {
    this.#random = random;
    this.#writer = writer;
    this.#truth = truth;
    this.now = start;
  }

  /** Time goes by. */
  pass(): void {
    const random = this.#random;
    this.now += random.chance(0.8) ? random.between(1, 300) : random.between(300, 20_000);
  }

  string(text: string): number {
    return this.#writer.string(text);
  }

  stack(stack: SimStack): number {
    return this.#writer.stack(stack);
  }

  /** A generation begins. */
  beginGeneration(): void {
    this.generation++;
    this.pass();
  }

  /** A thread (undefined is none) records an event. */
  record(
    thread: Thread | undefined,
    name: string,
    args: readonly Arg[],
    kind: string,
    said: Said,
  ): TrueEvent {
    this.introduce(thread);
    return this.#write(thread, name, args, kind, said);
  }

  /** An event that follows from the one recorded last, without a record of its own. */
  imply(kind: string, said: Said): TrueEvent {
    const recorded = this.#events[this.#events.length - 1]?.recorded ?? this.now;
    return this.#add(undefined, recorded, kind, said);
  }

  /** A CPU sample is taken on a thread. */
  sample(thread: Thread, stack: SimStack): void {
    this.pass();
    const proc = thread.proc?.id ?? -1;
    const goroutine = thread.goroutine?.id ?? 0;
    const wireProc = proc === -1 ? NO_THREAD : proc;
    const at = this.#writer.sample(this.now, thread.id, wireProc, goroutine, stack);
    this.now = Math.max(this.now, at);
    const context = { thread: thread.id, proc, goroutine: goroutine === 0 ? -1 : goroutine };
    this.#add(undefined, at, "CpuSample", { ...context, stack: stackText(stack) });
  }

  /** A thread tells what it carries, if nothing has been told of that in this generation. */
  introduce(thread: Thread | undefined): void {
    if (thread === undefined) return;
    const { proc, goroutine } = thread;
    if (proc !== undefined && proc.told !== this.generation) this.#procStatus(thread, proc, proc.state);
    if (goroutine !== undefined && goroutine.told !== this.generation) this.#goStatus(thread, goroutine);
  }

  /** A thread tells the status of a goroutine, if that has not been told in this generation. */
  goroutine(thread: Thread | undefined, goroutine: Goroutine): void {
    this.introduce(thread);
    if (goroutine.told !== this.generation) this.#goStatus(thread, goroutine);
  }

  /** A thread tells that of a P; one in a system call is about to be taken away, or might have been lost. */
  proc(thread: Thread, proc: Proc): void {
    this.introduce(thread);
    if (proc.told === this.generation) return;
    this.#procStatus(thread, proc, proc.state === "syscall" ? "abandoned" : proc.state);
  }

  /** The generation ends: times are known now. @param start when it began */
  endGeneration(start: number): void {
    const earliest = this.#writer.endGeneration(start);
    if (this.generation === 1) this.#truth.base = Math.max(earliest, 1);
    this.#settle(this.#sync(), earliest);
    for (const { event, recorded } of this.#events) this.#settle(event, recorded);
    this.#events = [];
  }

  /** The trace ends. */
  finish(): void {
    this.#settle(this.#sync(), Number.NEGATIVE_INFINITY);
    this.#truth.end = this.#last;
  }

  /** Times are given strictly increasing. */
  #settle(event: TrueEvent, recorded: number): void {
    event.time = Math.max(recorded - this.#truth.base, this.#last + 1);
    this.#last = event.time;
    this.#truth.events.push(event);
  }

  #sync(): TrueEvent {
    return { kind: "Sync", time: 0, thread: -1, proc: -1, goroutine: -1, value: ++this.#syncs };
  }

  #write(
    thread: Thread | undefined,
    name: string,
    args: readonly Arg[],
    kind: string,
    said: Said,
  ): TrueEvent {
    const id = thread?.id ?? -1;
    const at = this.now + (this.skew.get(id) ?? 0);
    const recorded = this.#writer.event(thread === undefined ? NO_THREAD : id, at, name, args);
    if (this.skew.size === 0) this.now = Math.max(this.now, recorded);
    if (thread !== undefined) thread.isMentioned = true;
    return this.#add(thread, recorded, kind, said);
  }

  #add(thread: Thread | undefined, recorded: number, kind: string, said: Said): TrueEvent {
    const context = {
      thread: thread?.id ?? -1,
      proc: thread?.shownProc ?? -1,
      goroutine: thread?.shownGoroutine ?? -1,
    };
    const event: TrueEvent = { kind, time: 0, ...context, ...said };
    this.#events.push({ event, recorded });
    return event;
  }

  #goStatus(teller: Thread | undefined, goroutine: Goroutine): void {
    const { id, state, thread } = goroutine;
    const isNews = !goroutine.isMentioned;
    const to = GO_STATE[state];
    const stack = this.#statusStack(goroutine);
    const args = [
      id,
      thread?.id ?? NO_THREAD,
      GO_STATUS[state],
      ...stack.map(() => this.stack(stack)).slice(0, 1),
    ];
    const said: Said = { subject: id, from: isNews ? "Undetermined" : to, to, stack: stackText(stack) };
    const elsewhere = state === "syscall" && thread !== teller ? thread : undefined;
    const context = elsewhere && {
      thread: elsewhere.id,
      ...(elsewhere.isMentioned && { goroutine: elsewhere.shownGoroutine }),
    };
    const name = stack.length > 0 ? "GoStatusStack" : "GoStatus";
    this.#write(teller, name, args, "GoStatus", { ...said, ...context });
    if (thread !== undefined) {
      thread.isMentioned = true;
      thread.shownGoroutine = id;
    }
    goroutine.told = this.generation;
    goroutine.sequence = 0;
    if (isNews) this.#mention(goroutine);
    if (stack.length > 0) this.#truth.named(id, goroutine.func);
    if (goroutine.inAssist) this.#write(teller, "GCMarkAssistActive", [id], "AssistActive", { subject: id });
  }

  /** The runtime gives stacks of those that have done nothing for a generation, from Go 1.23 on. */
  #statusStack({ state, func }: Goroutine): SimStack {
    const isGiven = this.#writer.minor >= 23 && state === "waiting" && this.#random.chance(0.5);
    return isGiven ? ["runtime.gopark:9", `${func}:3`] : [];
  }

  /** What the trace finds has been so since it began. */
  #mention(goroutine: Goroutine): void {
    goroutine.isMentioned = true;
    const { id, state, thread } = goroutine;
    const proc = thread?.proc;
    const hasProc = state === "running" || (proc?.state === "syscall" && state === "syscall");
    const shown: TrueState = state === "syscall" && !hasProc ? "syscall (no P)" : state;
    this.#truth.live(id, -1, shown, undefined, {
      ...(hasProc && { proc: proc?.id ?? -1 }),
      ...(thread !== undefined && { thread: thread.id }),
    });
  }

  #procStatus(teller: Thread, proc: Proc, status: keyof typeof PROC_STATUS): void {
    const isRunning = status === "running" || status === "syscall";
    // Of a P in a system call that is about to be taken away, a reader may know who has it.
    const isKnownToRun = status === "abandoned" && proc.isMentioned && !proc.looksIdle;
    const to = isRunning || isKnownToRun ? "Running" : "Idle";
    const from = proc.isMentioned ? to : this.generation === 1 ? "Undetermined" : "NotExist";
    const holder = isKnownToRun ? proc.thread : undefined;
    const context = holder && {
      thread: holder.id,
      proc: proc.id,
      goroutine: holder.shownGoroutine,
    };
    const said: Said = { subject: proc.id, from, to, ...context };
    const event = this.#write(teller, "ProcStatus", [proc.id, PROC_STATUS[status]], "ProcStatus", said);
    if (isRunning) teller.shownProc = proc.id;
    if (!proc.isMentioned) {
      proc.isMentioned = true;
      proc.looksIdle = status === "abandoned";
      this.#truth.toggle(proc.id, isRunning, event);
    }
    proc.told = this.generation;
    proc.sequence = 0;
    if (proc.isSweeping) this.#write(teller, "GCSweepActive", [proc.id], "SweepActive", { subject: proc.id });
  }
}
