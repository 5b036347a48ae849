import type { Arg } from "../../trace-builder.js";
import type { Recorder, Simulation } from "../action.js";
import type { Random } from "../random.js";
import type { Said, TrueEvent, Truth } from "../truth.js";
import { type SimStack, stackText } from "../wire-tables.js";
import type { Goroutine, Thread } from "../world.js";
import { FakeProc, firstWithRecord, translated } from "./format.js";
import type { Moment, V1Writer } from "./writer.js";

/** What actions work on that record for format 1. */
export type V1Simulation = Simulation<V1Scribe>;

/** Where an event happens, as far as the trace tells; −1 is none. */
export interface Context {
  readonly thread: number;
  readonly proc: number;
  readonly goroutine: number;
}

export const NOWHERE: Context = { thread: -1, proc: -1, goroutine: -1 };

/** An event as the trace holds it, by its name there, at its place in the order. */
export interface V1Record {
  readonly time: number;
  readonly name: string;
  readonly proc: number;
  readonly goroutine: number;
}

/** Writes down what happens twice: as Ps record it in format 1, and as it should be given by a reader. */
export class V1Scribe implements Recorder {
  now = 0;
  readonly minor: number;
  readonly records: V1Record[] = [];
  /** Goroutines that assist the GC since before the trace, of which only the end of that will tell. */
  readonly oldAssists = new Set<number>();
  readonly #random: Random;
  readonly #writer: V1Writer;
  readonly #truth: Truth;
  readonly #events: { readonly event: TrueEvent; readonly recorded: number }[] = [];
  /** Thread by P. */
  readonly #takers = new Map<number, number>();
  #gcCycles = 0;
  #syncs = 0;
  #last = -1;

  constructor(random: Random, writer: V1Writer, truth: Truth) {
    this.#random = random;
    this.#writer = writer;
    this.#truth = truth;
    this.minor = writer.minor;
  }

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

  address(place: string): bigint {
    return this.#writer.address(place);
  }

  /** What a thread carries; the thread itself is the one that the trace tells of its P. */
  contextOf(thread: Thread | undefined): Context {
    const proc = thread?.proc?.id ?? -1;
    return { thread: this.threadOf(proc), proc, goroutine: thread?.goroutine?.id ?? -1 };
  }

  /** The thread that took a P last, as far as the trace tells; −1 is none. */
  threadOf(proc: number): number {
    return this.#takers.get(proc) ?? -1;
  }

  /** A thread (undefined is none) takes a P, and the trace tells it. */
  setThread(proc: number, thread: Thread | undefined): void {
    if (thread === undefined) this.#takers.delete(proc);
    else this.#takers.set(proc, thread.id);
  }

  /** Format 1 tells what is the case only when the trace begins. */
  introduce(): void {}

  record(
    thread: Thread | undefined,
    name: string,
    args: readonly Arg[],
    kind: string,
    said: Said,
  ): TrueEvent {
    const context = this.contextOf(thread);
    const wire = translated(name, args, said, { minor: this.minor, gcCycles: this.#gcCycles });
    if (wire.name === "GCStart") this.#gcCycles++;
    const recorded = this.write(context, wire.name, wire.args, wire.text);
    if (kind === "AssistEnd" && this.oldAssists.delete(context.goroutine))
      this.tell("AssistActive", recorded - 1, context, { subject: context.goroutine });
    const where = wire.name === "GCStart" ? { ...context, thread: -1, proc: FakeProc.Gc } : context;
    return this.tell(kind, recorded, where, { ...said, ...wire.said });
  }

  sample(thread: Thread, stack: SimStack): void {
    this.pass();
    const { proc, goroutine } = this.contextOf(thread);
    const moment = this.moment();
    this.#writer.sample(moment, proc, Math.max(goroutine, 0), stack);
    this.#log(moment.time, "CPUSample", proc, goroutine);
    const said = { stack: stackText(stack) };
    this.tell("CpuSample", moment.time, { thread: -1, proc, goroutine }, said);
  }

  /** A moment of which a record may be made later. */
  moment(): Moment {
    const moment = this.#writer.moment(this.now);
    this.now = Math.max(this.now, moment.time);
    return moment;
  }

  /** A P (−1 is none) records an event by its name in format 1. @returns when, in nanoseconds */
  write(
    { proc, goroutine }: Pick<Context, "proc" | "goroutine">,
    name: string,
    args: readonly Arg[],
    text?: string,
  ): number {
    const moment = this.moment();
    this.#writer.event(proc, moment, name, args, text);
    this.#log(moment.time, name.replace("Local", ""), proc, goroutine);
    return moment.time;
  }

  /** A goroutine that was in a system call says on a P when it came back. @param told undefined is now */
  writeExit(proc: number, goroutine: Goroutine, told: Moment | undefined): TrueEvent {
    const isOrderedBySequence = firstWithRecord("sequences") > this.minor;
    const moment = this.moment();
    const at = told ?? moment;
    const sequence = isOrderedBySequence ? at.sequence : ++goroutine.sequence;
    this.#writer.event(proc, moment, "GoSysExit", [goroutine.id, sequence, told?.ticks ?? 0]);
    this.#log(at.time, "GoSysExit", FakeProc.Syscall, goroutine.id);
    const context = { thread: -1, proc: FakeProc.Syscall, goroutine: goroutine.id };
    return this.tell("GoSyscallEndBlocked", at.time, context, { subject: goroutine.id });
  }

  /** What a reader should give, at its place by time. */
  tell(kind: string, recorded: number, context: Context, said: Said): TrueEvent {
    const event: TrueEvent = { kind, time: 0, ...context, ...said };
    insert(this.#events, { event, recorded }, ({ recorded: time }) => time);
    return event;
  }

  /** The trace ends: times are known now. */
  finish(): void {
    // The reader begins with a sync event just before the first event.
    this.#truth.base = -1;
    this.#settle(this.#sync(), -1);
    for (const { event, recorded } of this.#events) this.#settle(event, recorded);
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
    return { kind: "Sync", time: 0, ...NOWHERE, value: ++this.#syncs };
  }

  #log(time: number, name: string, proc: number, goroutine: number): void {
    insert(this.records, { time, name, proc, goroutine }, (record) => record.time);
  }
}

/** Puts an item behind all that are not later. */
function insert<T>(list: T[], item: T, time: (item: T) => number): void {
  let at = list.length;
  while (at > 0 && time(list[at - 1] as T) > time(item)) at--;
  list.splice(at, 0, item);
}
