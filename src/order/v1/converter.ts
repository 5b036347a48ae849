import { breathe, isBreathDue } from "../../base/breather.js";
import type { Diagnostics } from "../../base/diagnostics.js";
import { TraceError } from "../../base/errors.js";
import { GREATEST_ID, GREATEST_PROC, NONE } from "../../base/ids.js";
import { MalformedBytes } from "../../bytes/byte-cursor.js";
import { BLOCK_SIZE, type EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import { wireName, wireType } from "../../wire/v1/spec.js";
import type { CpuSample, WireTrace } from "../../wire/v1/trace.js";
import { Emulator, type Handler } from "./emulator.js";
import { Exits } from "./exits.js";
import { convertFast } from "./fast-convert.js";
import {
  blockingSyscall,
  goSysExit,
  shortSyscall,
  stoppingSysBlock,
  takingSysBlock,
} from "./goroutine-events.js";
import { HANDLERS } from "./handlers.js";
import type { MergeOrder } from "./merge-order.js";
import { Repair } from "./repair.js";
import type { Uncreated } from "./repair-order.js";
import { announceNext } from "./runtime-events.js";
import { NO_GOROUTINE, type StreamCursor } from "./stream-cursor.js";
import { TickClock } from "./tick-clock.js";

const GO_SYSCALL = wireType("GoSysCall");
const GO_SYS_BLOCK = wireType("GoSysBlock");
const GO_SYS_EXIT = wireType("GoSysExit");
const GO_SYS_EXIT_LOCAL = wireType("GoSysExitLocal");

export interface ConverterOptions {
  /** Ordered by time. */
  readonly samples: readonly CpuSample[];
  /** Whether events have a global sequence number. */
  readonly bySequence: boolean;
  readonly diagnostics: Diagnostics;
  /** Whether the trace is cut, so that names may be missing. */
  readonly tolerant: boolean;
  /** Whether the trace is cut, or has an order that Go's runtime cannot have meant. */
  readonly isDamaged: boolean;
  /** Whether to skip the fast loop. The result is the same. */
  readonly slow: boolean;
  /** Whether to read what Go's reader rejects: threads created by C may call into Go. */
  readonly salvages: boolean;
  /** The goroutines of such threads whose first event is their start. */
  readonly uncreated?: Uncreated | undefined;
  /** Whether to repair contradictions instead of throwing. */
  readonly repairs?: boolean;
}

/**
 * Reads the streams in the merged order, moves the ends of system calls to their real times, and emits the
 * events in the common vocabulary.
 */
export class Converter {
  readonly #trace: WireTrace;
  readonly #cursors: readonly StreamCursor[];
  readonly #order: MergeOrder;
  readonly #options: ConverterOptions;
  readonly #exits: Exits;
  readonly #emulator: Emulator;
  readonly #repair: Repair | undefined;
  /** Events of the order taken so far. */
  #taken = 0;
  /** Runs of the order started so far, and events left in the current run. */
  #runs = 0;
  #left = 0;
  /** The stream of the current run. */
  #source = NONE;
  #nextSample = 0;
  #nextSysBlock = 0;
  #syncs = 0;
  /** The stream of the next event, {@link NONE} if not known yet. */
  #stream = NONE;
  /** Decides whether the end of a system call comes before the next event; see {@link MergeOrder}. */
  #key = Number.NaN;
  /** Ticks of the next event. */
  #ticks = Number.NaN;
  readonly #clock: TickClock;

  /** @param cursors of the streams, before their first events */
  constructor(
    trace: WireTrace,
    cursors: readonly StreamCursor[],
    order: MergeOrder,
    options: ConverterOptions,
  ) {
    this.#trace = trace;
    this.#cursors = cursors;
    this.#order = order;
    this.#options = options;
    this.#exits = new Exits(order);
    this.#clock = new TickClock(order.firstTime, trace.nsPerTick);
    const { diagnostics, tolerant, salvages, isDamaged, uncreated } = options;
    this.#repair = options.repairs ? new Repair(diagnostics) : undefined;
    this.#emulator = new Emulator(trace, cursors, diagnostics, tolerant, salvages, isDamaged, {
      inSyscall: order.inSyscall,
      uncreated,
    });
    this.#emulator.repairs = options.repairs ?? false;
  }

  /** Puts the sync event that begins the trace into the block. */
  start(block: EventBlock): void {
    block.generation = this.#trace;
    this.emitSync(block, 0);
  }

  /** Puts a sync event into the block, at the given time or the next possible one. */
  emitSync(block: EventBlock, time = Number.NEGATIVE_INFINITY): void {
    const emulator = this.#emulator;
    emulator.block = block;
    emulator.thread = NONE;
    emulator.proc = NONE;
    emulator.goroutine = NONE;
    if (this.#syncs === 0) emulator.lastTime = -1;
    emulator.time = time;
    block.value[emulator.emit(EventKind.Sync, NONE)] = ++this.#syncs;
  }

  /**
   * Puts events into the block until it is full.
   * @returns true if there are no more
   * @throws TraceError if the trace is broken; the block holds the events before that
   */
  fill(block: EventBlock): boolean {
    const emulator = this.#emulator;
    const exits = this.#exits;
    emulator.block = block;
    let before = block.length;
    const full = this.#repair === undefined ? BLOCK_SIZE : BLOCK_SIZE / 2;
    try {
      while (block.length < full) {
        before = block.length;
        if (emulator.isAnnouncing) announceNext(emulator);
        else if (exits.isBefore(this.#key, this.#taken - 1)) this.#exit();
        else if (this.#stream !== NONE) this.#give(this.#stream);
        else if (this.#giveFast()) continue;
        else if (!this.#next()) return true;
      }
    } catch (error) {
      // Removes what the broken event emitted already.
      block.length = before;
      throw this.#withPlace(error);
    }
    return false;
  }

  /**
   * Takes over from a converter that failed: advances to the place of the failure, then fills the block from
   * there.
   * @returns as {@link fill}
   */
  async refill(block: EventBlock): Promise<boolean> {
    let isDone = false;
    while (!isDone && !this.isRepairing) {
      block.length = 0;
      isDone = this.fill(block);
      if (isBreathDue()) await breathe();
    }
    if (!this.isRepairing) block.length = 0;
    return isDone;
  }

  /** Whether repair has begun. */
  get isRepairing(): boolean {
    return this.#repair?.isActive ?? false;
  }

  /** Whether everything that existed at the start of the trace has been emitted. */
  get knowsStart(): boolean {
    return !this.#emulator.isInitial && !this.#emulator.isAnnouncing;
  }

  /** Bytes of events not emitted yet. */
  remainingBytes(): number {
    return this.#cursors.reduce((sum, cursor) => sum + cursor.bytesLeft, 0);
  }

  /**
   * Advances to the next event in stream order. Returns false if there is none, and no pending end of a
   * system call.
   */
  #next(): boolean {
    while (this.#left > 0 || this.#nextRun()) {
      this.#left--;
      this.#taken++;
      const stream = this.#source;
      const cursor = this.#cursors[stream];
      if (cursor === undefined) this.#ticks = (this.#options.samples[this.#nextSample++] as CpuSample).time;
      else if (!cursor.advance()) throw new MalformedBytes("the input changed while it was read");
      else if (this.#isMoved(cursor)) continue;
      else this.#ticks = cursor.time;
      this.#key = this.#options.bySequence && cursor !== undefined ? cursor.sequence : this.#ticks;
      this.#stream = stream;
      return true;
    }
    this.#key = Number.POSITIVE_INFINITY;
    return this.#exits.key !== Number.POSITIVE_INFINITY;
  }

  /** Advances to the next run of events of one stream. Returns false if there is none. */
  #nextRun(): boolean {
    const { streams } = this.#order;
    if (this.#runs === streams.count) return false;
    this.#left = streams.timesOf(this.#runs);
    this.#source = streams.valueOf(this.#runs++);
    return true;
  }

  /** Whether an event is the end of a system call that is emitted at an earlier place. */
  #isMoved({ type, args }: StreamCursor): boolean {
    if (type === GO_SYS_EXIT) return this.#options.bySequence || args[2] !== 0;
    return type === GO_SYS_EXIT_LOCAL && args[1] !== 0;
  }

  /**
   * Emits the next events as long as they are plain. Returns false if the next one is not, or belongs to
   * another stream.
   */
  #giveFast(): boolean {
    const emulator = this.#emulator;
    const cursor = this.#cursors[this.#source];
    if (this.#left === 0 || cursor === undefined || emulator.isInitial || this.#options.slow) return false;
    const taken = convertFast(emulator, cursor, this.#clock, {
      stream: this.#source,
      left: this.#left,
      until: this.#exits.key,
      blockedSyscalls: this.#order.blockedSyscalls,
    });
    this.#left -= taken;
    this.#taken += taken;
    return taken > 0;
  }

  /** Emits the next event. */
  #give(stream: number): void {
    const emulator = this.#emulator;
    const cursor = this.#cursors[stream];
    const time = this.#timeOf(this.#ticks);
    this.#stream = NONE;
    if (cursor === undefined) {
      this.#sample(this.#options.samples[this.#nextSample - 1] as CpuSample, time);
      return;
    }
    emulator.enter(cursor, stream, time);
    const handler = this.#handlerOf(cursor.type);
    if (this.#repair !== undefined) this.#repair.event(emulator, handler);
    else {
      this.#refuse(cursor.excessiveId);
      handler(emulator);
    }
  }

  /** @throws TraceError if the id is too large */
  #refuse(id: number | undefined): void {
    if (id !== undefined) throw this.#emulator.error("unknown-resource", `${id} is too large an id`);
  }

  /** The next event's handler. Call it once per event. */
  #handlerOf(type: number): Handler {
    if (type === GO_SYSCALL)
      return this.#order.blockedSyscalls.has(this.#emulator.syscalls++) ? blockingSyscall : shortSyscall;
    if (type === GO_SYS_BLOCK) return this.#sysBlockHandler(this.#nextSysBlock++);
    const handler = HANDLERS[type];
    if (handler === undefined) throw new MalformedBytes("the input changed while it was read");
    return handler;
  }

  /** @param number number of the next GoSysBlock */
  #sysBlockHandler(number: number): Handler {
    const { stoppedProcs, takers } = this.#order;
    if (stoppedProcs.has(number)) return stoppingSysBlock;
    this.#emulator.taker = takers.get(number) ?? NO_GOROUTINE;
    return takingSysBlock;
  }

  /** Emits the end of a system call. */
  #exit(): void {
    const emulator = this.#emulator;
    const exits = this.#exits;
    emulator.time = this.#timeOf(exits.time);
    emulator.goroutine = exits.goroutine;
    exits.advance();
    if (this.#repair !== undefined) this.#repair.exit(emulator);
    else {
      this.#refuse(emulator.goroutine > GREATEST_ID ? emulator.goroutine : undefined);
      goSysExit(emulator);
    }
  }

  #sample(sample: CpuSample, time: number): void {
    const emulator = this.#emulator;
    const { ids } = this.#trace.stacks;
    if (sample.goroutine > GREATEST_ID || sample.proc > GREATEST_PROC) {
      this.#options.diagnostics.add("dropped-events", 1, "CPUSample");
      return;
    }
    emulator.time = time;
    emulator.thread = NONE;
    emulator.proc = sample.proc;
    emulator.goroutine = sample.goroutine === NO_GOROUTINE ? NONE : sample.goroutine;
    emulator.block.stack[emulator.emit(EventKind.CpuSample, NONE)] = Math.max(ids.get(sample.stack), 0);
  }

  /**
   * Nanoseconds since the start of the trace. For an impossible time, repair uses the time of the previous
   * event.
   */
  #timeOf(ticks: number): number {
    const repair = this.#repair;
    if (repair === undefined || this.#clock.isTime(ticks)) return this.#clock.timeOf(ticks);
    repair.clampTime(this.#emulator.block);
    return this.#emulator.lastTime + 1;
  }

  #withPlace(error: unknown): unknown {
    const cursor = this.#cursors[this.#source];
    const time = this.#emulator.lastTime;
    const facts =
      cursor === undefined ? { time } : { offset: cursor.offset, event: wireName(cursor.type), time };
    if (error instanceof MalformedBytes)
      return new TraceError("malformed-event", `malformed event: ${error.message}`, facts);
    return error instanceof TraceError ? error.with(facts) : error;
  }
}
