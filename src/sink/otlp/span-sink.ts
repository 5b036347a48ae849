/*
 * Turns a trace into spans.
 *
 * 1. This sink listens to a `SchedModel`. `goroutine-spans.ts` tracks which task or region each goroutine
 *    works on. `task-spans.ts`, `user-spans.ts`, `state-spans.ts` and `runtime-spans.ts` make the spans.
 *    `state-times.ts` keeps running sums, whose differences are the `go.time.*` attributes.
 * 2. A `GoSpan` is a `ReadableSpan` and its own `SpanContext`. Its ids are hashes of the input's first bytes
 *    and of what the span represents (`span-ids.ts`). Times are converted to wall-clock times when they are
 *    read.
 * 3. A `SpanTrace` emits spans as they end, or holds the longest ones until the whole trace has ended. If a
 *    parent is dropped, its children are attached to the nearest span above.
 * 4. Where the program logs ids of its own tracing, `span-links.ts` puts spans into that trace instead.
 */

import { checkedName, checkedNumber } from "../../base/checked.js";
import { NONE } from "../../base/ids.js";
import type { EventBlock } from "../../event/block.js";
import type { Generation } from "../../event/generation.js";
import { EventKind, isRange, isUser, Wake } from "../../event/kind.js";
import { wallClockAt } from "../../event/wall-clock.js";
import type { SchedListener } from "../../sched/listener.js";
import { SchedModel } from "../../sched/model.js";
import { Edge, SchedState } from "../../sched/state.js";
import type { Steps, TraceSummary } from "../trace-sink.js";
import { Attribute } from "./attributes.js";
import { type CodePlace, CodePlaces } from "./code-places.js";
import type { GoSpan } from "./go-span.js";
import { GoroutineSpans } from "./goroutine-spans.js";
import {
  DEFAULT_MAX_SPANS,
  DEFAULT_MIN_BLOCK,
  DEFAULT_STATES,
  type SpanOptions,
  STATE_CHOICES,
} from "./options.js";
import { RuntimeSpans } from "./runtime-spans.js";
import { SpanClock } from "./span-clock.js";
import { SpanLinks } from "./span-links.js";
import { SpanMaker } from "./span-maker.js";
import { type SpanCounts, SpanOutput } from "./span-output.js";
import { SpanType } from "./span-type.js";
import { StateSpans } from "./state-spans.js";
import { StateTimes, spanState } from "./state-times.js";
import { UserSpans } from "./user-spans.js";

const K = EventKind;
const { None, Syscall, SyscallBlocked } = SchedState;
const ROOT = "go trace";

/**
 * Turns a trace's ordered events into OpenTelemetry spans. After any block, {@link take} returns the finished
 * ones, as the `ReadableSpan`s that exporters accept.
 *
 * Memory grows with what is alive, and with spans held until their trace is complete, at most a hundred
 * thousand.
 */
export class SpanSink implements SchedListener {
  readonly #output: SpanOutput;
  readonly #model = new SchedModel(this);
  readonly #code = new CodePlaces();
  readonly #times = new StateTimes(this.#model.goroutines);
  readonly #clock = new SpanClock();
  readonly #readsClock: boolean;
  /** Absolute time of the start of the trace, in nanoseconds. */
  readonly #base: number;
  #generation: Generation | undefined;
  readonly #root: GoSpan;
  readonly #goroutines: GoroutineSpans;
  readonly #states: StateSpans;
  readonly #user: UserSpans;
  readonly #runtime: RuntimeSpans;
  #block!: EventBlock;
  /** Where the trace ends. */
  #end = 0;

  /**
   * @param base absolute time of the start of the trace on the trace clock, in nanoseconds
   * @throws RangeError for an invalid option
   */
  constructor(options: SpanOptions, base: number) {
    const states = checkedName("states", options.states ?? DEFAULT_STATES, STATE_CHOICES);
    const minBlock = checkedNumber("minBlock", options.minBlock ?? DEFAULT_MIN_BLOCK);
    const most = checkedNumber("maxSpansPerTrace", options.maxSpansPerTrace ?? DEFAULT_MAX_SPANS);
    this.#output = new SpanOutput(most, options.live ?? false, options.onlyLinked ?? false);
    this.#base = base;
    this.#readsClock = options.wallStart === undefined;
    if (options.wallStart !== undefined) this.#clock.set(0, options.wallStart);
    const maker = new SpanMaker(options, base, this.#clock, this.#output);
    this.#root = maker.root(SpanType.Capture, maker.captureTrace(SpanType.Capture, false), 0, ROOT, 0);
    this.#root.trace.begin(this.#root);
    this.#goroutines = new GoroutineSpans(this.#model, maker, this.#times, this.#root);
    this.#states = new StateSpans(this.#model, maker, this.#goroutines, this.#code, states, minBlock);
    const links = new SpanLinks(options.linkLogs ?? [], maker, this.#output);
    this.#user = new UserSpans(maker, this.#goroutines, this.#code, this.#output, links);
    this.#runtime = new RuntimeSpans(maker, this.#goroutines, this.#times, this.#code);
  }

  get counts(): SpanCounts {
    return this.#output.counts;
  }

  /** Takes the events of a block. @throws RangeError if the trace has no wall clock and `wallStart` is left out */
  events(block: EventBlock): void {
    this.#model.block(block);
  }

  /** The spans that are ready and not taken yet. */
  take(): GoSpan[] {
    return this.#output.take();
  }

  /**
   * The trace ends.
   * @returns the work of ending open spans; {@link take} returns what each step has ended
   */
  *end(summary: TraceSummary): Steps {
    const { attributes } = this.#root;
    attributes[Attribute.Format] = summary.format;
    if (summary.lost.length > 0) attributes[Attribute.Lost] = [...summary.lost];
    this.#model.finish();
    const time = this.#end;
    for (const slot of this.#model.goroutines.live()) {
      this.#cut(slot, time);
      yield;
    }
    yield* this.#user.finish(time);
    this.#runtime.finish(time);
    this.#root.trace.end(this.#root, time);
  }

  block(block: EventBlock): void {
    this.#block = block;
    const { generation } = block;
    if (generation === undefined) return;
    this.#code.enter(generation);
    if (generation === this.#generation) return;
    this.#generation = generation;
    if (this.#readsClock) this.#setClock(generation, block.time[0] as number);
  }

  #setClock({ wallClock }: Generation, time: number): void {
    if (wallClock !== undefined) this.#clock.set(time, wallClockAt(wallClock, this.#base));
    else if (this.#clock.isUnset)
      throw new RangeError("wallStart is left out, but the trace has no wall clock");
  }

  leave(slot: number, to: number, time: number, event: number): void {
    const from = this.#model.goroutines.state[slot] as number;
    if (from === None) return;
    this.#times.leave(slot, from, time);
    // A system call continues after the loss of its P.
    if (from === Syscall && to === SyscallBlocked) return;
    const state = spanState(from);
    if (state < 0) return;
    const { kind, goroutine, stack } = this.#block;
    const k = kind[event] as number;
    const isWoken = k === K.GoUnblock || k === K.GoSwitch;
    const by = isWoken ? (goroutine[event] as number) : NONE;
    this.#states.end(slot, state, time, false, by, k === K.GoUnblock ? (stack[event] as number) : 0);
  }

  enter(slot: number, from: number, time: number, event: number): void {
    const { goroutines } = this.#model;
    const to = goroutines.state[slot] as number;
    if (from === None) this.#begin(slot, time, event);
    if (to === None) {
      this.#user.goroutineEnded(this.#goroutines.end(slot, time, false), time, false);
      return;
    }
    const state = spanState(to);
    if (state < 0 || (from === Syscall && to === SyscallBlocked)) return;
    const isOld = goroutines.sinceEdge[slot] === Edge.Cut;
    this.#states.begin(slot, state, time, this.#ownStack(event), isOld);
  }

  named(slot: number, stack: number): void {
    this.#goroutines.named(slot, this.#code.of(stack));
  }

  proc(): void {}

  other(event: number): void {
    const kind = this.#block.kind[event] as number;
    if (isUser(kind)) this.#annotate(event);
    else if (isRange(kind)) this.#runtime.event(this.#block, event);
  }

  finish(time: number): void {
    this.#end = time;
  }

  /** Where a part begins, states come before the tasks and regions that they belong to. */
  #annotate(event: number): void {
    const { generation, goroutine } = this.#block;
    this.#user.event(this.#block, event);
    if (generation?.isSnapshot) this.#states.settle(this.#goroutines.slot(goroutine[event] as number));
  }

  #cut(slot: number, time: number): void {
    const state = spanState(this.#model.goroutines.state[slot] as number);
    if (state >= 0) this.#states.end(slot, state, time, true, NONE, 0);
    this.#user.goroutineEnded(this.#goroutines.end(slot, time, true), time, true);
  }

  #begin(slot: number, time: number, event: number): void {
    const { kind, stack, subjectStack } = this.#block;
    const k = kind[event] as number;
    const isCreated = k === K.GoCreate || k === K.GoCreateBlocked;
    const creation = isCreated ? this.#code.of(stack[event] as number) : undefined;
    const first = isCreated ? this.#code.of(subjectStack[event] as number) : undefined;
    this.#goroutines.begin(slot, time, creation, first);
  }

  /** The stack of a transition's goroutine. */
  #ownStack(event: number): CodePlace | undefined {
    const { kind, stack, subjectStack, value } = this.#block;
    const k = kind[event] as number;
    if (k === K.GoCreateBlocked) return this.#code.of(subjectStack[event] as number);
    // In a snapshot, one that was woken has the stack of its waker.
    if (k === K.GoSnapshot && value[event] !== Wake.None) return undefined;
    const isOwn =
      k === K.GoSnapshot || k === K.GoBlock || k === K.GoStop || k === K.GoSyscallBegin || k === K.GoStatus;
    return isOwn ? this.#code.of(stack[event] as number) : undefined;
  }
}
