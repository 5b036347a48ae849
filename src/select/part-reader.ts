/*
 * Turns a part of a trace into its own trace. `WindowedTrace` is one part; `splitTrace` gives all parts in
 * one pass. Both follow the events with the scheduler model.
 *
 * A part begins with a snapshot of what is open there. Its own events follow. Sinks and analyses treat the
 * edges of a part like those of a trace: what is open there is cut, and adjacent parts add up to the whole.
 * They recognize a part only by its snapshot: by the event kind `GoSnapshot`, and by `Generation.isSnapshot`,
 * which means that what begins there began before.
 *
 * `order/v2/preview.ts` shows in advance the goroutines that the first generation mentions late
 * (`FirstMentions`). `SelectedTrace` removes events of goroutines that are not selected. `find-selection.ts`
 * finds the selected goroutines in an extra pass.
 */

import { breathe, isBreathDue } from "../base/breather.js";
import { formatDuration } from "../base/duration.js";
import { NONE } from "../base/ids.js";
import { EventBlock } from "../event/block.js";
import { EventKind } from "../event/kind.js";
import type { Trace } from "../order/trace.js";
import { dropFront, firstAt } from "./columns.js";
import { FirstMentions } from "./first-mentions.js";
import { Follower } from "./follower.js";
import { SelectionError } from "./selection-error.js";
import { Snapshot } from "./snapshot.js";

/** Where a part of a trace ends. Times are nanoseconds since the start of the trace. */
export interface PartEnd {
  /** The latest possible end; may be infinite. */
  readonly to: number;
  /**
   * Where the part ends, if its next event is at `time`. The result is at most `time` if that event belongs
   * to the next part. Called before every block, and where the part would end within one.
   * @param events of the trace in the part so far, without the snapshot
   */
  before(time: number, events: number): number;
}

/**
 * Reads a trace once, as consecutive parts. Each part has the events of a trace:
 *
 * 1. A {@link Snapshot} at time 0, in its own generation, holds what is open where the part begins.
 * 2. The events of the part follow. Their times count from its beginning.
 * 3. Statuses follow of goroutines and Ps that exist throughout the part but that the trace mentions only
 *    after its end.
 * 4. The last event is a sync event at the part's end.
 *
 * So the edges of parts cut what is open there, and the times of adjacent parts add up to those of the whole.
 */
export class PartReader {
  readonly #blocks: AsyncGenerator<EventBlock, void, undefined>;
  readonly #mentions: FirstMentions | undefined;
  readonly #edge = new EventBlock();
  /** Follows the events while another part may begin. */
  #follower: Follower | undefined = new Follower();
  /** Events read but not yet emitted or followed. */
  #block: EventBlock | undefined;
  /** Time of the last event. */
  #time = 0;
  /** Where the next part begins. */
  position = 0;
  /** Whether all events have been read. */
  isDone = false;

  /** @param hasEnds whether any part ends before the trace does */
  constructor(trace: Trace, hasEnds: boolean) {
    if (hasEnds) this.#mentions = new FirstMentions(trace);
    this.#blocks = trace.blocks();
  }

  /**
   * The events of a part, from `from` on. Unread events before that are skipped.
   * @param isLast whether this is the last part; reading then ends with it
   * @throws SelectionError if the trace ends before the part begins; TraceError if the trace is cut or broken
   *   in or before the part
   */
  async *part(from: number, end: PartEnd, isLast = false): AsyncGenerator<EventBlock, void, undefined> {
    let goesOn = false;
    try {
      if (from > this.position) await this.#skip(from);
      const part = new PartEvents(from);
      if (from > 0) yield* this.#snapshot(part);
      if (isLast) this.#follower = undefined;
      yield* this.#events(part, end);
      goesOn = !this.isDone && !isLast && this.position < end.to;
    } finally {
      // No part follows one that breaks or is abandoned.
      if (!goesOn) await this.close();
    }
  }

  /** Ends reading. */
  async close(): Promise<void> {
    this.isDone = true;
    await this.#blocks.return();
  }

  async #skip(to: number): Promise<void> {
    for (let block = await this.#peek(); block !== undefined; block = await this.#peek()) {
      const start = firstAt(block, to);
      if (block.generation !== undefined) this.#follow(block, start);
      if (start < block.length && block.generation !== undefined) {
        dropFront(block, start);
        this.position = to;
        return;
      }
      this.#block = undefined;
    }
    throw outside(to, this.#time);
  }

  async *#snapshot(part: PartEvents): AsyncGenerator<EventBlock, void, undefined> {
    const generation = this.#block?.generation;
    if (this.#follower === undefined || generation === undefined) return;
    part.syncs = 1;
    for (const block of new Snapshot(this.#follower, generation).blocks()) {
      yield block;
      if (isBreathDue()) await breathe();
    }
  }

  /** The events of a part up to its end, or to the trace's end. */
  async *#events(part: PartEvents, end: PartEnd): AsyncGenerator<EventBlock, void, undefined> {
    for (let block = await this.#peek(); block !== undefined; block = await this.#peek()) {
      const to = this.#cut(block, part, end);
      // In a trace without a known time, no time ends the part.
      const count = Number.isNaN(block.time[0]) ? block.length : firstAt(block, to);
      const { length } = block;
      if (count > 0) {
        this.#follow(block, count);
        block.length = count;
        yield part.rebased(block);
        block.length = length;
      }
      if (count < length) {
        this.position = to;
        if (this.#mentions !== undefined) yield* this.#mentions.behind(to, to - part.from);
        yield this.#closing(to, part);
        this.isDone = block.generation === undefined;
        dropFront(block, count);
        return;
      }
      this.#block = undefined;
    }
    this.isDone = true;
  }

  /** Where the part ends, if that is within the block. */
  #cut(block: EventBlock, part: PartEvents, end: PartEnd): number {
    // The sync event at the end of a trace does not begin a part.
    if (block.generation === undefined) return end.to;
    const to = end.before(block.time[0] as number, part.events);
    if (to <= (block.time[0] as number)) return to;
    const next = firstAt(block, to);
    return next === block.length ? to : end.before(block.time[next] as number, part.events);
  }

  async #peek(): Promise<EventBlock | undefined> {
    if (this.#block !== undefined) return this.#block;
    const next = await this.#blocks.next();
    if (next.done) return undefined;
    this.#block = next.value;
    if (next.value.generation !== undefined) this.#mentions?.enter(next.value.generation);
    return next.value;
  }

  #follow(block: EventBlock, count: number): void {
    if (block.generation === undefined || count === 0) return;
    this.#time = block.time[count - 1] as number;
    this.#follower?.take(block, count);
  }

  #closing(to: number, part: PartEvents): EventBlock {
    const block = this.#edge;
    block.length = 1;
    block.kind[0] = EventKind.Sync;
    block.time[0] = to - part.from;
    block.value[0] = ++part.syncs;
    for (const column of [block.thread, block.proc, block.goroutine, block.subject]) column[0] = NONE;
    return block;
  }
}

/** The progress of a part. */
class PartEvents {
  /** Sync events emitted so far. */
  syncs = 0;
  /** Events of the trace emitted so far, without sync events. */
  events = 0;

  constructor(readonly from: number) {}

  /** The same block, with times since the part's beginning. */
  rebased(block: EventBlock): EventBlock {
    const { from } = this;
    const isSync = block.kind[0] === EventKind.Sync;
    if (isSync) block.value[0] = ++this.syncs;
    this.events += isSync ? block.length - 1 : block.length;
    if (from > 0) {
      for (let i = 0; i < block.length; i++) block.time[i] = (block.time[i] as number) - from;
    }
    return block;
  }
}

/** The error for a part that begins after the trace's end. */
export function outside(from: number, end: number): SelectionError {
  const message = `nothing is left from ${formatDuration(from)} on: the trace ends at ${formatDuration(end)}`;
  return new SelectionError(message);
}
