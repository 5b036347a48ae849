/*
 * How events since Go 1.22 are ordered, by Go's own rules. Each thread's events are in order; between threads only the scheduler's
 * state decides. The emulator tries an event against that state, with one of three answers: taken, not yet, broken. The handlers are in
 * `*-events.ts`. `fast-loop.ts` decides the same for the six most frequent kinds and leaves everything unusual to them; a test shows that
 * leaving it out changes no result.
 *
 * A generation mentions a goroutine that only waits at its end. A part that ends before that must know it too, so `preview.ts` orders the
 * first generation beforehand.
 */

import type { Diagnostics } from "../../base/diagnostics.js";
import { TraceError, type TraceErrorFacts } from "../../base/errors.js";
import { counted } from "../../base/grouped.js";
import { GREATEST_ID, NONE } from "../../base/ids.js";
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
 * Tries that may fail in a generation before threads that wait are set aside; every event that is given allows some more. In
 * sound traces the earliest event is nearly always next, however many threads there are.
 */
const TRIES = 1 << 18;
const TRIES_PER_EVENT = 8;

/** Tries the event at a place of the frontier. Gives the position behind it, or −1 if it is not its turn. */
export type Attempt = (place: number) => number;

/**
 * Nanoseconds that an event waits, where a generation is known to be broken: if the others are beyond that, what it waits for is
 * not there. In time order, what is behind lost events stays in its place.
 */
const PATIENCE = 10_000;

/** How a trace is ordered. */
export interface OrdererOptions {
  /** Whether to use the fast loop; only tests leave it out. */
  readonly fast?: boolean;
  /** Gives what the fast loop calls for an event that it leaves; only the rehearsal gives something else. */
  readonly slow?: (attempt: Attempt) => Attempt;
  /** Whether what contradicts itself is repaired, rather than being an error. */
  readonly repairs?: boolean;
}

/**
 * Puts the events of the threads into one order.
 *
 * 1. The next event of every thread is in a heap by time (the frontier).
 * 2. If a CPU sample is due before the earliest of them, it is next.
 * 3. Else the earliest is tried against the scheduler's state (the emulator).
 * 4. If it may not be next yet, the others are tried in order of time.
 * 5. The first that may be next is given out, and its thread's next event goes into the heap.
 * 6. If none may be next, the trace is broken.
 *
 * Where step 4 fails too often, the time would be the number of threads times that of events. From there on the thread
 * of the earliest event is set aside if that may not be next, until nothing else is left.
 *
 * With repair an event that is broken costs no other: what it needs is supplied, or it is dropped, and of malformed bytes the rest of
 * their batch. The earliest is taken by force if none may be next. The first error is kept.
 *
 * Step 3 is what happens nearly always; a loop of its own does it for the six most frequent events.
 */
export class Orderer {
  readonly emulator: Emulator;
  readonly #frontier: Frontier;
  readonly #reader = new ByteCursor(new Uint8Array(0), 0, 0);
  #samples = new CpuSamples();
  /** Their indices by time, and which of these is next. */
  #sampleOrder: Uint32Array = new Uint32Array(0);
  #nextSample = 0;
  #syncs = 0;
  /** Counted from 1: sequence numbers are never small, so that their fields stay doubles. */
  #generations = 0;
  #initial: number | undefined;
  /** Tries in vain, less those that the events given allow. */
  #vain = 0;
  /** Events given when threads were last taken back that had been set aside. */
  #givenBefore = 0;
  /** Events of the generation in earlier blocks. */
  #given = 0;
  readonly #slow: Attempt;
  readonly #fast: boolean;
  readonly #diagnostics: Diagnostics;
  readonly #repair: Repair | undefined;
  /** Whether an event of the generation was broken. */
  #isBroken = false;
  /** The place of the event at hand; −1 for a CPU sample. */
  #place = NONE;
  /** Whether events of the generation name strings or stacks that its tables lack. */
  isLacking = false;
  /** The first thing that is wrong with the trace. */
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

  /** Whether an event of the generation contradicts others, waits for what is not there, or cannot be read. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Absolute time of the start of the trace on the trace clock, in nanoseconds. */
  get timeBase(): number {
    return this.#frontier.base;
  }

  /** Starts with a generation: puts its sync event into the block. */
  start(generation: WireGeneration, block: EventBlock): void {
    const { emulator } = this;
    const absolute = Math.trunc(generation.minTicks * generation.nsPerTick);
    // Go's reader counts from 0 and never gives the same time twice, so a first time of 0 becomes 1.
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

  /** Puts a sync event into the block, with the given or the next possible time. */
  emitSync(time = Number.NEGATIVE_INFINITY): void {
    const { emulator } = this;
    this.#clearContext();
    emulator.time = time;
    emulator.block.value[emulator.emit(EventKind.Sync, NONE)] = ++this.#syncs;
  }

  /**
   * Puts events into the block until it is full.
   * @returns true if the generation has no more
   * @throws TraceError if the trace is broken and not repaired; the events before that are in the block
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

  /** Bytes of the generation's events that have not been given out. */
  remainingBytes(): number {
    this.#frontier.takeBack();
    return this.#frontier.remainingBytes();
  }

  /** Takes the earliest event, and more if they are plain. False if it may not be next yet. */
  #takeEarliest(): boolean {
    if (this.#fast && this.#frontier.hasShortTicks)
      return runFast(this.emulator, this.#frontier, this.#sampleTime(), this.#slow);
    const end = this.#try(0);
    if (end < 0) return false;
    this.#frontier.advance(0, end);
    return true;
  }

  /** Takes the first of the other events that may be next, in order of time. False if there is none. */
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

  /** Takes the earliest event, though it waits for others. @throws TraceError if nothing is repaired */
  #force(): void {
    this.#place = 0;
    if (!this.#isBroken) this.#report(this.#stuck());
    this.#diagnostics.add("forced-order");
    const handler = this.#decode(0);
    this.#mend(handler);
    this.#frontier.advance(0, this.emulator.raw.end);
  }

  /**
   * Goes on with the threads that were set aside. False if there are none.
   * @throws TraceError `stuck` if too little has happened since that was done before, and nothing is repaired
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
      // Whatever the broken event gave out already is taken back.
      emulator.block.length = length;
      emulator.lastTime = lastTime;
      this.#report(error);
      if (handler === undefined) return this.#skipBatch(place);
      this.#mend(handler);
      return emulator.raw.end;
    }
  };

  /** Takes note of what is wrong at the place at hand. @throws it if nothing is repaired */
  #report(error: unknown): void {
    if (this.#repair === undefined) throw this.#withPlace(error, this.#place);
    const isOfTrace = error instanceof TraceError || error instanceof MalformedBytes;
    if (!isOfTrace) throw error;
    this.#isBroken = true;
    this.fault ??= this.#withPlace(error, this.#place) as TraceError;
  }

  /** Takes note of what the event at hand names and the tables lack. */
  #reportLack(error: TraceError): void {
    this.isLacking = true;
    this.fault ??= this.#withPlace(error, this.#place) as TraceError;
  }

  /** Gives out the event that has been decoded, whatever that takes, or drops it. */
  #mend(handler: Handler): void {
    const place = this.#place;
    const time = this.#frontier.times[place] as number;
    this.#repair?.event(handler, this.#contextAt(place), time, () => this.#describePlace(place));
  }

  /** Gives up the rest of the batch at a place of the frontier; gives the position behind it. */
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

  /** Decodes the event at a place of the frontier; gives what decides about it. */
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

  /** The context of the thread at a place of the frontier, which is known from now on. */
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
    this.#place = NONE;
    emulator.raw.type = CPU_SAMPLE;
    const isTime = emulator.time <= LATEST;
    if (!isTime || (goroutine[sample] as number) > GREATEST_ID || (thread[sample] as number) > GREATEST_ID) {
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

  /** Where the sample is that was taken last. */
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
