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
import { NONE } from "../../base/ids.js";
import { ByteCursor, MalformedBytes } from "../../bytes/byte-cursor.js";
import { BLOCK_SIZE, type EventBlock } from "../../event/block.js";
import { EventKind } from "../../event/kind.js";
import type { BatchStore } from "../../wire/batch-store.js";
import type { CpuSample } from "../../wire/v2/cpu-samples.js";
import { decodeArgs } from "../../wire/v2/event-decoder.js";
import type { WireGeneration } from "../../wire/v2/generation.js";
import { wireName } from "../../wire/v2/spec.js";
import { Emulator, type Handler, Verdict } from "./emulator.js";
import { runFast } from "./fast-loop.js";
import { CURSOR_SHIFT, Cursor, Frontier, LATEST, MALFORMED } from "./frontier.js";
import { HANDLERS } from "./handlers.js";

/**
 * Tries that may fail in a generation before threads that wait are set aside; every event that is given allows some more. In
 * sound traces the earliest event is nearly always next, however many threads there are.
 */
const TRIES = 1 << 18;
const TRIES_PER_EVENT = 8;

/** Tries the event at a place of the frontier. Gives the position behind it, or −1 if it is not its turn. */
export type Attempt = (place: number) => number;

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
 * Step 3 is what happens nearly always; a loop of its own does it for the six most frequent events.
 */
export class Orderer {
  readonly emulator: Emulator;
  readonly #frontier: Frontier;
  readonly #reader = new ByteCursor(new Uint8Array(0), 0, 0);
  #samples: readonly CpuSample[] = [];
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

  constructor(
    store: BatchStore,
    diagnostics: Diagnostics,
    /** Whether to use the fast loop; only tests leave it out. */
    readonly fast = true,
    /** Gives what the fast loop calls for an event that it leaves; only the rehearsal gives something else. */
    slow = (attempt: Attempt): Attempt => attempt,
  ) {
    this.#slow = slow(this.#try);
    this.emulator = new Emulator(diagnostics);
    this.#frontier = new Frontier(store);
  }

  /** Absolute time of the start of the trace on the trace clock, in nanoseconds. */
  get timeBase(): number {
    return this.#frontier.base;
  }

  /** Starts with a generation: puts its sync event into the block. */
  start(generation: WireGeneration, tolerant: boolean, block: EventBlock): void {
    const { emulator } = this;
    const absolute = Math.trunc(generation.minTicks * generation.nsPerTick);
    // Go's reader counts from 0 and never gives the same time twice, so a first time of 0 becomes 1.
    if (this.#syncs === 0) this.#frontier.base = Math.max(absolute, 1);
    if (this.#syncs === 0) emulator.lastTime = -1;
    emulator.generation = generation;
    emulator.strings = generation.strings;
    emulator.tolerant = tolerant;
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
   * @throws TraceError if the trace is broken; the events before that are in the block
   */
  fill(block: EventBlock): boolean {
    const frontier = this.#frontier;
    this.emulator.block = block;
    while (block.length < BLOCK_SIZE) {
      const earliest = frontier.size > 0 ? (frontier.times[0] as number) : Infinity;
      if (this.#sampleTime() < earliest) this.#emitSample();
      else if (frontier.size === 0) {
        if (!this.#takeBack()) return true;
      } else if (!this.#takeEarliest()) this.#takeAnyOther();
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
    if (this.fast && this.#frontier.hasShortTicks)
      return runFast(this.emulator, this.#frontier, this.#sampleTime(), this.#slow);
    const end = this.#try(0);
    if (end < 0) return false;
    this.#frontier.advance(0, end);
    return true;
  }

  /** Takes the first of the other events that may be next, in order of time. */
  #takeAnyOther(): void {
    const frontier = this.#frontier;
    if (this.#vain > TRIES) {
      frontier.setAside();
      return;
    }
    frontier.sort();
    for (let place = 1; place < frontier.size; place++) {
      const end = this.#try(place);
      if (end < 0) continue;
      frontier.advance(place, end);
      this.#vain += place;
      return;
    }
    throw this.#stuck();
  }

  /**
   * Goes on with the threads that were set aside. False if there are none.
   * @throws TraceError `stuck` if too little has happened since that was done before
   */
  #takeBack(): boolean {
    const frontier = this.#frontier;
    const given = this.#given + this.emulator.block.length;
    const threads = frontier.takeBack();
    if (threads > 0 && TRIES_PER_EVENT * (given - this.#givenBefore) < threads) throw this.#stuck();
    this.#givenBefore = given;
    return threads > 0;
  }

  readonly #try: Attempt = (place) => {
    const { emulator } = this;
    const { length } = emulator.block;
    const { lastTime } = emulator;
    try {
      const handler = this.#decode(place);
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
      throw this.#withPlace(error, place);
    }
  };

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

  #stuck(): unknown {
    const threads = this.#frontier.size;
    const message = `no order of the events is possible from here: the next events of ${threads} threads all wait for others`;
    return this.#withPlace(new TraceError("stuck", message), 0);
  }

  #installSamples(generation: WireGeneration): void {
    const at = (sample: CpuSample) => Math.trunc(sample.time * generation.nsPerTick);
    this.#samples = [...generation.samples].sort((a, b) => at(a) - at(b));
    this.#nextSample = 0;
  }

  /** Time of the next CPU sample. */
  #sampleTime(): number {
    const sample = this.#samples[this.#nextSample];
    if (sample === undefined) return Infinity;
    return Math.trunc(sample.time * this.emulator.generation.nsPerTick) - this.#frontier.base;
  }

  #emitSample(): void {
    const { emulator } = this;
    const sample = this.#samples[this.#nextSample++] as CpuSample;
    emulator.time = Math.trunc(sample.time * emulator.generation.nsPerTick) - this.#frontier.base;
    if (emulator.time > LATEST) throw this.#lateSample(sample);
    emulator.thread = sample.thread;
    emulator.proc = sample.proc;
    emulator.goroutine = sample.goroutine;
    emulator.args[0] = sample.stack;
    const stack = emulator.stack(0);
    emulator.block.stack[emulator.emit(EventKind.CpuSample, NONE)] = stack;
  }

  #lateSample({ offset, thread }: CpuSample): TraceError {
    const message = "malformed CPU sample: its time is later than any trace lasts";
    const generation = this.emulator.generation.number;
    return new TraceError("malformed-event", message, { offset, generation, thread, event: "CPUSample" });
  }

  #clearContext(): void {
    this.emulator.thread = NONE;
    this.emulator.proc = NONE;
    this.emulator.goroutine = NONE;
  }
}
