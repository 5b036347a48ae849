import { formatDuration } from "../base/duration.js";
import { TraceError } from "../base/errors.js";
import { NONE } from "../base/ids.js";
import { EventBlock } from "../event/block.js";
import type { Generation } from "../event/generation.js";
import { EventKind } from "../event/kind.js";
import type { Trace } from "../order/trace.js";
import { dropFront, firstAt } from "./columns.js";
import { Follower } from "./follower.js";
import { LateStatuses } from "./late-statuses.js";
import { Restatement } from "./restatement.js";
import { SelectionError } from "./selection-error.js";
import { WrappedTrace } from "./wrapped-trace.js";

/** A stretch of a trace, `from ≤ time < to`, in nanoseconds since its start. */
export interface TimeWindow {
  readonly from: number;
  /** May be infinite. */
  readonly to: number;
}

/**
 * A stretch of a trace, as a trace of its own that begins at `from` and ends at `to`:
 *
 * 1. Up to `from` the events are followed, not given.
 * 2. What is the case then is restated at time 0, in a generation of its own: see {@link Restatement}.
 * 3. The events of the window follow, with times since `from`; {@link timeBase} is later by as much.
 * 4. Goroutines and Ps that are first mentioned behind `to`, but have been there all the time, are told of at `to`.
 * 5. A sync event at `to` is the last, and no more is read.
 *
 * So what is open at the window's edges is cut by them, and times of adjacent windows add up to those of the whole.
 * The window from 0 to the end is the trace, event by event.
 */
export class WindowedTrace extends WrappedTrace {
  readonly #window: TimeWindow;
  readonly #late = new LateStatuses();
  readonly #block = new EventBlock();
  /** Sync events that have been given. */
  #syncs = 0;
  /** Time of the last event before the window. */
  #time = 0;

  constructor(whole: Trace, window: TimeWindow) {
    super(whole);
    this.#window = window;
  }

  override get timeBase(): number {
    return this.whole.timeBase + this.#window.from;
  }

  /**
   * The events of the window. Can be asked for once.
   * @throws SelectionError if the trace ends before the window begins; TraceError where the trace is cut or broken,
   *   if that is in the window or before it
   */
  async *blocks(): AsyncGenerator<EventBlock, void, undefined> {
    const { from, to } = this.#window;
    let before = from > 0 ? new Follower() : undefined;
    const blocks = this.whole.blocks();
    for await (const block of blocks) {
      if (before !== undefined) {
        const start = firstAt(block, from);
        this.#follow(before, block, start);
        if (start === block.length || block.generation === undefined) continue;
        yield* this.#restated(before, block.generation);
        before = undefined;
        dropFront(block, start);
      }
      this.#late.watch(block);
      const end = firstAt(block, to);
      if (end < block.length) {
        yield* this.#end(block, end, blocks);
        return;
      }
      yield this.#rebased(block);
    }
    if (before !== undefined) throw outside(from, this.#time);
  }

  #follow(follower: Follower, block: EventBlock, count: number): void {
    this.#late.watch(block);
    if (block.generation !== undefined && count > 0) this.#time = block.time[count - 1] as number;
    follower.take(block, count);
  }

  #restated(follower: Follower, generation: Generation): Iterable<EventBlock> {
    this.#syncs = 1;
    return new Restatement(follower, generation).blocks();
  }

  /** The same block, with times of the window. */
  #rebased(block: EventBlock): EventBlock {
    const { from } = this.#window;
    if (block.kind[0] === EventKind.Sync) block.value[0] = ++this.#syncs;
    if (from > 0) {
      for (let i = 0; i < block.length; i++) block.time[i] = (block.time[i] as number) - from;
    }
    return block;
  }

  /** The last events of the window, the first `end` of a block; and what stands behind them. */
  async *#end(
    block: EventBlock,
    end: number,
    blocks: AsyncGenerator<EventBlock>,
  ): AsyncGenerator<EventBlock, void, undefined> {
    const { length } = block;
    block.length = end;
    if (end > 0) yield this.#rebased(block);
    block.length = length;
    yield* this.#lateStatuses(block, end, blocks);
    yield this.#closing();
  }

  async *#lateStatuses(
    first: EventBlock,
    start: number,
    blocks: AsyncGenerator<EventBlock>,
  ): AsyncGenerator<EventBlock, void, undefined> {
    const time = this.#window.to - this.#window.from;
    let block = first;
    let from = start;
    while (this.#late.mayBeIn(block)) {
      const late = this.#late.in(block, from, time);
      if (late.length > 0) yield late;
      const next = await blocks.next().catch(ignoreBreak);
      if (next === undefined || next.done) return;
      block = next.value;
      from = 0;
      this.#late.watch(block);
    }
  }

  #closing(): EventBlock {
    const block = this.#block;
    block.length = 1;
    block.kind[0] = EventKind.Sync;
    block.time[0] = this.#window.to - this.#window.from;
    block.value[0] = ++this.#syncs;
    for (const column of [block.thread, block.proc, block.goroutine, block.subject]) column[0] = NONE;
    return block;
  }
}

/** What is wrong with the trace behind the window is of no concern. */
function ignoreBreak(error: unknown): undefined {
  if (!(error instanceof TraceError)) throw error;
}

/** The error of a window that begins behind a trace's end. */
export function outside(from: number, end: number): SelectionError {
  const message = `nothing is left from ${formatDuration(from)} on: the trace ends at ${formatDuration(end)}`;
  return new SelectionError(message);
}
