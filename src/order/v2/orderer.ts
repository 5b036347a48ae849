/*
 * Orders events of Go 1.22 and later by the rules of Go's reader. Events within a thread are in order
 * already. Between threads only the scheduler's state decides. The emulator tries an event against that state
 * and gives one of three answers: taken, not yet, broken. Its handlers are in `*-events.ts`. `fast-loop.ts`
 * makes the same decisions for the six most frequent kinds and leaves everything unusual to the handlers. A
 * test shows that skipping it changes no result.
 *
 * A generation mentions a goroutine that only waits at the generation's end. A part that ends earlier needs
 * that goroutine too, so `preview.ts` orders the first generation in advance.
 */

import type { Diagnostics } from "../../base/diagnostics.js";
import { TraceError, type TraceErrorFacts } from "../../base/errors.js";
import { counted } from "../../base/grouped.js";
import { GREATEST_ID, GREATEST_PROC, NONE } from "../../base/ids.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import { BLOCK_SIZE, type EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { BatchStore } from "../../wire/batch-store.js";
import { CpuSamples } from "../../wire/v2/cpu-samples.js";
import { decodeArgs } from "../../wire/v2/event-decoder.js";
import type { WireGeneration } from "../../wire/v2/generation.js";
import { wireName, wireType } from "../../wire/v2/spec.js";
import { Emulator, type Handler, Verdict } from "./emulator.js";
import { runFast } from "./fast-loop.js";
import { CURSOR_SHIFT, Cursor, Frontier, LATEST, MALFORMED } from "./frontier.js";
import { HANDLERS } from "./handlers.js";
import { Repair } from "./repair.js";

const CPU_SAMPLE = wireType("CPUSample");

/**
 * Failed tries in a generation before waiting threads are set aside. Every emitted event allows some more. In
 * sound traces the earliest event is nearly always ready, however many threads there are.
 */
const TRIES = 1 << 18;
const TRIES_PER_EVENT = 8;

/** Tries the event at a place of the frontier. Returns the position after it, or −1 if it must wait. */
export type Attempt = (place: number) => number;

/**
 * How long an event waits in a generation that is known to be broken, in nanoseconds. If the other threads
 * are past that, the event that it waits for is missing. Forcing by time keeps events after a gap in their
 * place.
 */
const PATIENCE = 10_000;

/** How a trace is ordered. */
export interface OrdererOptions {
  /** Whether to use the fast loop. Only tests disable it. */
  readonly fast?: boolean;
  /** Wraps what the fast loop calls for events that it leaves. Only the rehearsal replaces it. */
  readonly slow?: (attempt: Attempt) => Attempt;
  /** Whether to repair contradictions instead of throwing. */
  readonly repairs?: boolean;
}

/**
 * Merges the events of all threads into one order.
 *
 * 1. The frontier holds the next event of every thread in a heap by time.
 * 2. If a CPU sample is due before the earliest event, the sample is next.
 * 3. Otherwise the emulator tries the earliest event against the scheduler's state.
 * 4. If that event must wait, the others are tried in order of time.
 * 5. The first event that is ready is emitted, and its thread's next event goes into the heap.
 * 6. If no event is ready, the trace is broken.
 *
 * If step 4 fails too often, the time would grow with threads × events. From there on, a thread whose
 * earliest event must wait is set aside until nothing else is left.
 *
 * With repair, a broken event costs no other event: the events that it needs are synthesized, or it is
 * dropped. Malformed bytes cost the rest of their batch. If no event is ready, the earliest is forced. The
 * first error is kept.
 *
 * Step 3 is nearly always the only one. A loop of its own does it for the six most frequent events.
 */
export class Orderer {
  readonly emulator: Emulator;
  readonly #frontier: Frontier;
  readonly #reader = new ByteCursor(new Uint8Array(0), 0, 0);
  #samples = new CpuSamples();
  /** Indices of the samples by time, and the next one among them. */
  #sampleOrder: Uint32Array = new Uint32Array(0);
  #nextSample = 0;
  #syncs = 0;
  /** Counted from 1. Sequence numbers are then never small, so their fields stay doubles. */
  #generations = 0;
  #initial: number | undefined;
  /** Failed tries, minus those that emitted events allow. */
  #vain = 0;
  /** Number of emitted events when the set-aside threads were last taken back. */
  #givenBefore = 0;
  /** Events of the generation in earlier blocks. */
  #given = 0;
  readonly #slow: Attempt;
  readonly #fast: boolean;
  readonly #diagnostics: Diagnostics;
  readonly #repair: Repair | undefined;
  /** Whether an event of the generation was broken. */
  #isBroken = false;
  /** The frontier place of the current event; −1 for a CPU sample. */
  #place = NONE;
  /** Whether events of the generation refer to strings or stacks that its tables lack. */
  isLacking = false;
  /** The first error of the trace. */
  fault: TraceError | undefined;

  constructor(store: BatchStore, diagnostics: Diagnostics, options: OrdererOptions = {}) {
    const { fast = true, slow, repairs = false } = options;
    this.#fast = fast;
    this.#slow = slow?.(this.#try) ?? this.#try;
    this.#diagnostics = diagnostics;
    this.#frontier = new Frontier(store);
    this.emulator = new Emulator(diagnostics, repairs ? (error) => this.#reportLack(error) : undefined);
    this.#repair = repairs ? new Repair(this.emulator) : undefined;
  }

  /** Whether an event of the generation contradicts others, waits for a missing event, or cannot be read. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Absolute time of the start of the trace on the trace clock, in nanoseconds. */
  get timeBase(): number {
    return this.#frontier.base;
  }

  /** Starts a generation: puts its sync event into the block. */
  start(generation: WireGeneration, block: EventBlock): void {
    const { emulator } = this;
    const absolute = Math.trunc(generation.minTicks * generation.nsPerTick);
    // Go's reader counts from 0 and never repeats a time, so a first time of 0 becomes 1.
    if (this.#syncs === 0) this.#frontier.base = Math.max(absolute, 1);
    if (this.#syncs === 0) emulator.lastTime = -1;
    emulator.generation = generation;
    emulator.strings = generation.strings;
    this.#isBroken = false;
    this.isLacking = false;
    emulator.sequenceBase = ++this.#generations * 2 ** 32;
    emulator.block = block;
    block.generation = generation;
    const time = absolute - this.#frontier.base;
    this.emitSync(time <= LATEST ? time : undefined);
    this.#frontier.install(generation, (thread) => {
      const context = emulator.threads.of(thread);
      return emulator.threads.seen[context] ? context : ~context;
    });
    this.#vain = 0;
    this.#given = 0;
    this.#givenBefore = 0;
    if (this.#frontier.size > 0) this.#initial ??= this.#generations;
    emulator.isInitial = this.#initial === this.#generations;
    emulator.ended.clear();
    this.#installSamples(generation);
  }

  /** Puts a sync event into the block, at the given time or the next possible one. */
  emitSync(time = Number.NEGATIVE_INFINITY): void {
    const { emulator } = this;
    this.#clearContext();
    emulator.time = time;
    emulator.block.value[emulator.emit(EventKind.Sync, NONE)] = ++this.#syncs;
  }

  /**
   * Puts events into the block until it is full.
   * @returns true at the end of the generation
   * @throws TraceError if the trace is broken and not repaired; the block holds the events before that
   */
  fill(block: EventBlock): boolean {
    const frontier = this.#frontier;
    this.emulator.block = block;
    while (block.length < BLOCK_SIZE) {
      const earliest = frontier.size > 0 ? (frontier.times[0] as number) : Infinity;
      if (this.#sampleTime() < earliest) this.#emitSample();
      else if (frontier.size === 0) {
        if (!this.#takeBack()) return true;
      } else if (!this.#takeEarliest() && !this.#takeAnyOther()) this.#force();
    }
    this.#given += block.length;
    if (this.#vain <= TRIES) this.#vain = Math.max(this.#vain - TRIES_PER_EVENT * block.length, 0);
    return false;
  }

  /** Bytes of the generation's events not emitted yet. */
  remainingBytes(): number {
    this.#frontier.takeBack();
    return this.#frontier.remainingBytes();
  }

  /** Takes the earliest event, and the plain ones after it. Returns false if the earliest must wait. */
  #takeEarliest(): boolean {
    if (this.#fast && this.#frontier.hasShortTicks)
      return runFast(this.emulator, this.#frontier, this.#sampleTime(), this.#slow);
    const end = this.#try(0);
    if (end < 0) return false;
    this.#frontier.advance(0, end);
    return true;
  }

  /** Takes the first of the other events that is ready, in order of time. Returns false if none is. */
  #takeAnyOther(): boolean {
    const frontier = this.#frontier;
    if (this.#vain > TRIES) {
      if (this.#isBroken) return false;
      frontier.setAside();
      return true;
    }
    frontier.sort();
    const until = this.#isBroken ? (frontier.times[0] as number) + PATIENCE : Infinity;
    for (let place = 1; place < frontier.size && (frontier.times[place] as number) <= until; place++) {
      const end = this.#try(place);
      if (end < 0) continue;
      frontier.advance(place, end);
      this.#vain += place;
      return true;
    }
    this.#vain += frontier.size;
    return false;
  }

  /** Takes the earliest event although it waits for others. @throws TraceError without repair */
  #force(): void {
    this.#place = 0;
    if (!this.#isBroken) this.#report(this.#stuck());
    this.#diagnostics.add("forced-order");
    const handler = this.#decode(0);
    this.#mend(handler);
    this.#frontier.advance(0, this.emulator.raw.end);
  }

  /**
   * Takes back the threads that were set aside. Returns false if there are none.
   * @throws TraceError `stuck` without repair, if too little has happened since the last call
   */
  #takeBack(): boolean {
    const frontier = this.#frontier;
    const given = this.#given + this.emulator.block.length;
    const threads = frontier.takeBack();
    if (threads > 0 && TRIES_PER_EVENT * (given - this.#givenBefore) < threads) {
      this.#place = 0;
      this.#report(this.#stuck());
    }
    this.#givenBefore = given;
    return threads > 0;
  }

  readonly #try: Attempt = (place) => {
    const { emulator } = this;
    const { length } = emulator.block;
    const { lastTime } = emulator;
    let handler: Handler | undefined;
    this.#place = place;
    try {
      handler = this.#decode(place);
      const verdict = emulator.advance(
        handler,
        this.#contextAt(place),
        this.#frontier.times[place] as number,
      );
      return verdict === Verdict.NotYet ? -1 : emulator.raw.end;
    } catch (error) {
      // Removes what the broken event emitted already.
      emulator.block.length = length;
      emulator.lastTime = lastTime;
      this.#report(error);
      if (handler === undefined) return this.#skipBatch(place);
      this.#mend(handler);
      return emulator.raw.end;
    }
  };

  /** Records an error at the current place. @throws that error without repair */
  #report(error: unknown): void {
    if (this.#repair === undefined) throw this.#withPlace(error, this.#place);
    const isOfTrace = error instanceof TraceError || error instanceof MalformedBytes;
    if (!isOfTrace) throw error;
    this.#isBroken = true;
    this.fault ??= this.#withPlace(error, this.#place) as TraceError;
  }

  /** Records that the current event refers to an entry that the tables lack. */
  #reportLack(error: () => TraceError): void {
    this.isLacking = true;
    this.fault ??= this.#withPlace(error(), this.#place) as TraceError;
  }

  /** Emits the decoded event with any repair that it needs, or drops it. */
  #mend(handler: Handler): void {
    const place = this.#place;
    const time = this.#frontier.times[place] as number;
    this.#repair?.event(handler, this.#contextAt(place), time, () => this.#describePlace(place));
  }

  /** Skips the rest of the batch at a place of the frontier. Returns the position after it. */
  #skipBatch(place: number): number {
    const end = this.#frontier.at(place, Cursor.End);
    const start = this.#frontier.startAt(place);
    this.#diagnostics.add("lost-events", end - start, undefined, () => this.#describePlace(place));
    return end;
  }

  #describePlace(place: number): string {
    const offset = this.#frontier.offsetAt(place);
    return `at byte ${offset}, in generation ${this.emulator.generation.number}`;
  }

  /** Decodes the event at a place of the frontier. Returns its handler. */
  #decode(place: number): Handler {
    const frontier = this.#frontier;
    const { raw } = this.emulator;
    raw.type = frontier.at(place, Cursor.Type);
    const handler = HANDLERS[raw.type];
    if (raw.type === MALFORMED || handler === undefined) throw new MalformedBytes(frontier.problemAt(place));
    const bytes = frontier.buffers[frontier.heap[place] as number] as Uint8Array;
    this.#reader.reset(bytes, frontier.at(place, Cursor.Position), frontier.at(place, Cursor.End));
    decodeArgs(this.#reader, raw);
    return handler;
  }

  /** The context of the thread at a place of the frontier. Marks the thread as known. */
  #contextAt(place: number): number {
    const frontier = this.#frontier;
    const context = frontier.at(place, Cursor.Context);
    if (context >= 0) return context;
    frontier.cursors[((frontier.heap[place] as number) << CURSOR_SHIFT) + Cursor.Context] = ~context;
    return ~context;
  }

  #withPlace(error: unknown, place: number): unknown {
    if (place === NONE) return error instanceof TraceError ? error.with(this.#placeOfSample()) : error;
    const context = this.#frontier.at(place, Cursor.Context);
    const facts: TraceErrorFacts = {
      offset: this.#frontier.offsetAt(place),
      generation: this.emulator.generation.number,
      thread: this.emulator.threads.thread[context < 0 ? ~context : context] as number,
      event: wireName(this.#frontier.typeAt(place)),
      time: this.emulator.lastTime,
    };
    if (error instanceof MalformedBytes) {
      return new TraceError("malformed-event", `malformed event: ${error.message}`, facts);
    }
    return error instanceof TraceError ? error.with(facts) : error;
  }

  #stuck(): TraceError {
    const waiting = counted(this.#frontier.size, "thread waits", "threads wait");
    const message = `no order of the events is possible from here: ${waiting} for events that never come`;
    return new TraceError("stuck", message);
  }

  #installSamples({ samples, nsPerTick }: WireGeneration): void {
    const { time } = samples;
    this.#samples = samples;
    this.#sampleOrder = samples.order((index) => Math.trunc((time[index] as number) * nsPerTick));
    this.#nextSample = 0;
  }

  /** Time of the next CPU sample. */
  #sampleTime(): number {
    if (this.#nextSample === this.#sampleOrder.length) return Infinity;
    const ticks = this.#samples.time[this.#sampleOrder[this.#nextSample] as number] as number;
    return Math.trunc(ticks * this.emulator.generation.nsPerTick) - this.#frontier.base;
  }

  #emitSample(): void {
    const { emulator } = this;
    emulator.time = this.#sampleTime();
    const sample = this.#sampleOrder[this.#nextSample++] as number;
    const { thread, proc, goroutine, stack: stacks } = this.#samples;
    const isId =
      (goroutine[sample] as number) <= GREATEST_ID &&
      (thread[sample] as number) <= GREATEST_ID &&
      (proc[sample] as number) <= GREATEST_PROC;
    this.#place = NONE;
    emulator.raw.type = CPU_SAMPLE;
    const isTime = emulator.time <= LATEST;
    if (!isTime || !isId) {
      const why = isTime ? "an id is too large" : "its time is later than any trace can be";
      this.#report(new TraceError("malformed-event", `malformed CPU sample: ${why}`));
      this.#diagnostics.add("dropped-events", 1, "CPUSample");
      return;
    }
    emulator.thread = thread[sample] as number;
    emulator.proc = proc[sample] as number;
    emulator.goroutine = goroutine[sample] as number;
    emulator.args[0] = stacks[sample] as number;
    const stack = emulator.stack(0);
    emulator.block.stack[emulator.emit(EventKind.CpuSample, NONE)] = stack;
  }

  /** The place of the last CPU sample. */
  #placeOfSample(): TraceErrorFacts {
    const sample = this.#sampleOrder[this.#nextSample - 1] as number;
    const offset = this.#samples.offset[sample] as number;
    const thread = this.#samples.thread[sample] as number;
    return { offset, generation: this.emulator.generation.number, thread, event: wireName(CPU_SAMPLE) };
  }

  #clearContext(): void {
    this.emulator.thread = NONE;
    this.emulator.proc = NONE;
    this.emulator.goroutine = NONE;
  }
}
