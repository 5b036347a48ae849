import { Diagnostics } from "../../base/diagnostics.js";
import { counted } from "../../base/grouped.js";
import { isLeftOut, NONE } from "../../base/ids.js";
import { ByteWriter } from "../../bytes/writer.js";
import type { EventBlock } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind } from "../../event/kind.js";
import { GoState } from "../../event/states.js";
import { Emulator } from "../../order/v2/emulator.js";
import { ProcStatus } from "../../order/v2/scheduler-state.js";
import { putFormat } from "../../wire/v2/batch-encoder.js";
import type { Omission, TraceSink } from "../trace-sink.js";
import { GO_SWITCH, GO_SWITCH_DESTROY, WIRE_TYPES } from "./event-args.js";
import { EventRepair, Outcome } from "./event-repair.js";
import { EventWriter } from "./event-writer.js";
import { GenerationWriter } from "./generation-writer.js";
import { Prologue } from "./prologue.js";
import { Scheduler } from "./scheduler.js";

const K = EventKind;
/** Later times on the trace clock are written as if the clock began with the trace, as they must be exact. */
const LATEST_BASE = 2 ** 52;
/** Nanoseconds. Go's runtime begins a generation every second. */
const GENERATION_LENGTH = 1e9;

export interface GoTraceOptions {
  /** The N of the header `go 1.N trace` to write: 22, 23, 25 or 26. */
  readonly minor: number;
  /** Whether data of experiments is written; true by default. */
  readonly experiments?: boolean;
  /**
   * Whether to keep the timestamps of a trace of Go 1.22 or later, which makes the output smaller. Only for a whole trace
   * without damage: Go's reader orders the events as those of the input then. If {@link GoSink.omissions} says that any was
   * added or left out, it may not, and the output is of no use.
   */
  readonly keepTicks?: boolean;
  /**
   * Nanoseconds after which a generation ends, for traces before Go 1.22: they have none. A second by default, as in traces
   * since then, whose generations stay as they are.
   */
  readonly generationLength?: number;
}

/**
 * Writes a Go execution trace of Go 1.22 or later, which Go's own reader accepts and orders as the events came.
 *
 * 1. Every event gets a time of its own in nanoseconds, so the reader never has to choose between threads.
 * 2. `scheduler.ts` decides by the reader's rules whether an event fits the state. Nearly all do.
 * 3. `event-repair.ts` writes what is missing before one that does not.
 * 4. `event-writer.ts` encodes events by the table of specs, with the numbers that order them.
 * 5. `generation-writer.ts` gathers them in batches by thread, and ends each generation with its tables.
 */
export class GoSink implements TraceSink {
  readonly output = new ByteWriter(1 << 16);
  readonly #minor: number;
  readonly #experiments: boolean;
  #keepTicks: boolean;
  readonly #generationLength: number;
  readonly #emulator = new Emulator(new Diagnostics(), () => undefined);
  readonly #scheduler = new Scheduler(this.#emulator);
  readonly #generation: GenerationWriter;
  readonly #writer: EventWriter;
  readonly #repair: EventRepair;
  #source: Generation | undefined;
  /** When the next generation begins that the input does not have. */
  #due = Number.POSITIVE_INFINITY;
  /** The snapshot at the beginning of a part, until it is complete. */
  #prologue: Prologue | undefined;
  /** The thread of the last event, and its context. */
  #thread = Number.NaN;
  #context = 0;
  /** Events that Go's reader rejects, and events that the format lacks. */
  #dropped = 0;
  #lacking = 0;

  constructor({
    minor,
    experiments = true,
    keepTicks = false,
    generationLength = GENERATION_LENGTH,
  }: GoTraceOptions) {
    this.#minor = minor;
    this.#experiments = experiments && minor >= 23;
    this.#keepTicks = keepTicks;
    this.#generationLength = generationLength;
    this.#generation = new GenerationWriter(
      this.output,
      minor,
      (context) => this.#emulator.threads.thread[context] as number,
    );
    this.#writer = new EventWriter(this.#emulator, this.#generation, minor);
    this.#repair = new EventRepair(this.#emulator, this.#writer);
  }

  get omissions(): readonly Omission[] {
    const added = this.#repair.added + this.#writer.added;
    const texts = [
      added > 0 && `${counted(added, "state change")} of goroutines and Ps added, which Go's tools need`,
      this.#dropped > 0 && `${counted(this.#dropped, "event")} left out, which Go's tools reject`,
      this.#lacking > 0 && `${counted(this.#lacking, "event")} left out, which go 1.${this.#minor} lacks`,
    ];
    return texts.filter((text) => text !== false).map((text) => ({ text, cause: "format" }));
  }

  start(base: number): void {
    putFormat(this.output, this.#minor);
    this.#writer.shift = base <= LATEST_BASE ? base : 1;
    this.#keepTicks &&= base <= LATEST_BASE;
    this.#writer.time = -1;
  }

  events(block: EventBlock): void {
    const { generation } = block;
    if (generation === undefined) {
      this.#close(block);
      return;
    }
    if (generation.isSnapshot) {
      this.#prologue ??= new Prologue(generation);
      this.#prologue.add(block);
      return;
    }
    if (this.#prologue !== undefined) this.#open(this.#prologue, generation);
    const first = block.kind[0] === K.Sync ? 1 : 0;
    if (generation !== this.#source) this.#enter(generation, block, first === 1);
    for (let i = first; i < block.length; ) {
      if ((block.time[i] as number) >= this.#due) this.#split(block, i);
      i += this.#event(block, i);
    }
  }

  end(): void {
    if (this.#prologue !== undefined) this.#open(this.#prologue, this.#prologue.generation);
    this.#endGeneration();
  }

  /** Writes what is under way where a part begins, before the part. */
  #open(prologue: Prologue, generation: Generation): void {
    this.#prologue = undefined;
    const { blocks, before } = prologue.blocks();
    this.#writer.shift = Math.max(this.#writer.shift, before + 1);
    this.#begin(generation, -before, false);
    this.#generation.tables.enter(prologue.generation);
    for (const block of blocks) for (let i = 0; i < block.length; i++) this.#event(block, i);
    this.#repair.added = 0;
    this.#source = generation;
    this.#generation.tables.enter(generation);
  }

  /** Ends a part at its end, if that is later than its last event: the reader ends a trace one nanosecond later. */
  #close(block: EventBlock): void {
    const end = (block.time[0] as number) + this.#writer.shift;
    if (this.#generation.number > 0 && end > this.#writer.time + 1 && this.#source !== undefined)
      this.#begin(this.#source, (block.time[0] as number) - 1, false);
  }

  /** Begins a generation of the output where one of the input begins. */
  #enter(generation: Generation, block: EventBlock, begins: boolean): void {
    this.#source = generation;
    if (begins && this.#keepTicks) this.#beginStored(generation, block.storedTime[0] as number);
    else if (begins || this.#generation.number === 0) this.#begin(generation, block.time[0] as number);
    this.#generation.tables.enter(generation);
  }

  /**
   * Begins a generation that the input does not have, if there is time before the event for the beginning, and for a status
   * that the event needs.
   */
  #split(block: EventBlock, i: number): void {
    const time = (block.time[i] as number) - 2;
    if (this.#source === undefined || time + this.#writer.shift <= this.#writer.time) return;
    this.#begin(this.#source, time, false);
    this.#generation.tables.enter(this.#source);
    this.#writer.restates = true;
  }

  /** @param isWhole whether the data of experiments is for the generation */
  #begin(generation: Generation, time: number, isWhole = true): void {
    if (this.#generation.number > 0) this.#endGeneration();
    const at = Math.max(time + this.#writer.shift, this.#writer.time + 1);
    const { clock } = generation;
    // The reader moves the beginning behind the last event itself, and the reading stays as it is.
    const isMoved = clock !== undefined && this.#generation.number > 0 && at === this.#writer.time + 1;
    this.#generation.begin(isMoved ? Math.min(at, clock.trace) : at, clock);
    this.#writer.time = at;
    this.#writer.begin(false);
    if (generation.threads === undefined) this.#due = time + this.#generationLength;
    this.#enterGeneration(generation, isWhole);
  }

  /** Begins a generation with the ticks of the input, where it has them. @param time as stored */
  #beginStored(generation: Generation, time: number): void {
    const at = time + this.#writer.shift;
    if (this.#generation.number > 0) this.#endGeneration();
    const keepsTicks = this.#generation.begin(at, generation.clock, generation);
    this.#writer.time = Math.max(at, this.#writer.time + 1);
    this.#writer.begin(keepsTicks);
    this.#enterGeneration(generation, true);
  }

  #endGeneration(): void {
    this.#generation.end(this.#scheduler.openStops());
  }

  #enterGeneration(generation: Generation, isWhole: boolean): void {
    const e = this.#emulator;
    e.sequenceBase = this.#generation.number * 2 ** 32;
    e.isInitial = this.#generation.number === 1;
    e.ended.clear();
    if (isWhole && this.#experiments)
      for (const batch of generation.experimental) this.#generation.experiment(batch);
  }

  /** Writes an event. @returns how many events of the block it covers */
  #event(block: EventBlock, i: number): number {
    const kind = block.kind[i] as number;
    if (kind === K.CpuSample) {
      this.#sample(block, i);
      return 1;
    }
    if (kind >= K.Span && !this.#writer.has(WIRE_TYPES[kind] as number)) {
      this.#lacking++;
      return 1;
    }
    const context = this.#contextOf(block.thread[i] as number);
    if (kind === K.GoSwitch && this.#switch(block, i, context)) return 3;
    if (kind === K.ProcSteal && isOfDestroyed(block, i)) return this.#destroySyscall(block, i);
    if (this.#isInPlace(block, i, context) && this.#scheduler.take(block, i, context)) {
      this.#writer.event(block, i, context);
      if (kind === K.GoStatus) this.#stated(block, i, context);
    } else this.#mend(block, i, context);
    return 1;
  }

  /** The context of a thread. Most events are of the same thread as the one before. */
  #contextOf(thread: number): number {
    if (thread !== this.#thread) {
      this.#thread = thread;
      this.#context = this.#emulator.threads.of(thread);
    }
    return this.#context;
  }

  /** Whether the thread has the P and the goroutine of the event's context. */
  #isInPlace(block: EventBlock, i: number, context: number): boolean {
    const kind = block.kind[i] as number;
    if (kind === K.GoUnblock || kind === K.GoStatus || kind === K.ProcStatus) return true;
    const { threads } = this.#emulator;
    return (
      threads.proc[context] === block.proc[i] &&
      threads.goroutine[context] === Math.max(block.goroutine[i] as number, NONE)
    );
  }

  #mend(block: EventBlock, i: number, context: number): void {
    const kind = block.kind[i] as number;
    const at = context === 0 && kind !== K.GoUnblock ? this.#repair.contextOf(block, i) : context;
    const outcome = this.#repair.prepare(block, i, at);
    if (outcome === Outcome.Done) return;
    if (outcome === Outcome.Retry && this.#scheduler.take(block, i, at)) this.#writer.event(block, i, at);
    else this.#dropped++;
    if (isLeftOut(block.goroutine[i] as number)) this.#repair.vacate(at);
  }

  /** Writes a coroutine switch, if its three events are all there and the format has it. */
  #switch(block: EventBlock, i: number, context: number): boolean {
    const { kind, length, subject, thread } = block;
    const isWhole =
      i + 2 < length &&
      kind[i + 2] === K.GoStart &&
      (kind[i + 1] === K.GoBlock || kind[i + 1] === K.GoDestroy) &&
      subject[i + 2] === subject[i] &&
      thread[i + 1] === thread[i] &&
      thread[i + 2] === thread[i];
    if (!isWhole || !this.#writer.has(GO_SWITCH) || !this.#isInPlace(block, i, context)) return false;
    const { goroutines, procs, threads } = this.#emulator;
    if (threads.goroutine[context] !== subject[i + 1] || procs.index.get(threads.proc[context] as number) < 0)
      return false;
    const current = threads.slot[context] as number;
    const next = goroutines.index.get(subject[i] as number);
    if (next < 0 || current === next) return false;
    for (let j = i; j < i + 3; j++) if (!this.#scheduler.take(block, j, context)) return false;
    const type = kind[i + 1] === K.GoBlock ? GO_SWITCH : GO_SWITCH_DESTROY;
    this.#writer.coroutineSwitch(type, block, i, context);
    this.#writer.time += 2;
    return true;
  }

  #stated(block: EventBlock, i: number, context: number): void {
    if (block.to[i] === GoState.Syscall) this.#correctProc(context);
    // The first generation has all goroutines that are older than the trace: Go's reader takes no others.
    if (this.#emulator.isInitial && this.#due < Number.POSITIVE_INFINITY)
      this.#due = (block.time[i] as number) + this.#generationLength;
  }

  /** A P whose goroutine is in a system call is in it too, although its event only says that it runs. */
  #correctProc(context: number): void {
    const { procs, threads } = this.#emulator;
    const proc = threads.proc[context] as number;
    const slot = proc === NONE ? NONE : procs.index.get(proc);
    if (slot >= 0 && procs.status[slot] === ProcStatus.Running && this.#writer.correct(proc))
      procs.status[slot] = ProcStatus.Syscall;
  }

  /** Writes the end of a goroutine in a system call, which loses its P. The reader makes two events of it. */
  #destroySyscall(block: EventBlock, i: number): number {
    block.time[i + 1] = block.time[i] as number;
    this.#event(block, i + 1);
    this.#writer.time++;
    return 2;
  }

  #sample(block: EventBlock, i: number): void {
    const { shift } = this.#writer;
    const time = this.#writer.timeOf(block, i) + shift;
    const place = {
      time,
      thread: block.thread[i] as number,
      proc: block.proc[i] as number,
      goroutine: block.goroutine[i] as number,
    };
    this.#generation.sample(place, this.#generation.tables.stack(block.stack[i] as number));
    this.#writer.time = Math.max(time, this.#writer.time + 1);
  }
}

/** Whether a P is lost because its goroutine, which is in a system call, ends. */
function isOfDestroyed({ kind, length, thread }: EventBlock, i: number): boolean {
  return i + 1 < length && kind[i + 1] === K.GoDestroySyscall && thread[i + 1] === thread[i];
}
