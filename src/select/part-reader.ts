/*
 * How a part of a trace becomes a trace of its own. `WindowedTrace` is one part; `splitTrace` gives all parts in one pass. Both follow the
 * events with the scheduler model. A part begins with a snapshot of what is under way there, then has its events. Sinks and analyses treat
 * the edges of a part as those of a trace: what is open there is cut, and adjacent parts add up to the whole. They see a part only by its
 * snapshot: by the event kind `GoSnapshot`, and by `Generation.isSnapshot`, which says that what begins there began before.
 * `order/v2/preview.ts` shows beforehand the goroutines that the first generation mentions late (`FirstMentions`). `SelectedTrace` leaves out
 * events of goroutines that are not selected; `find-selection.ts` finds the selected ones in a pass of its own.
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
  /** Where it ends at the latest; may be infinite. */
  readonly to: number;
  /**
   * Where the part ends, as far as is known when its next event is at `time`: not later than that if this event is in
   * the next part. Asked before every block and where the part would end within one.
   * @param events of the trace in the part so far, without the snapshot
   */
  before(time: number, events: number): number;
}

/**
 * Reads a trace once, as parts one behind the other, each with the events of a trace of its own:
 *
 * 1. A {@link Snapshot} at time 0, in a generation of its own, holds what is under way where the part begins.
 * 2. The events of the part follow. Their times count from its beginning.
 * 3. Statuses follow of goroutines and Ps that exist throughout the part, but that the trace mentions first behind its end.
 * 4. A sync event at the part's end is the last.
 *
 * So the edges of parts cut what is open there, and times of adjacent parts add up to those of the whole.
 */
export class PartReader {
  readonly #blocks: AsyncGenerator<EventBlock, void, undefined>;
  readonly #mentions: FirstMentions | undefined;
  readonly #edge = new EventBlock();
  /** Follows the events as long as another part may begin. */
  #follower: Follower | undefined = new Follower();
  /** What has been read and not been given or followed yet. */
  #block: EventBlock | undefined;
  /** Time of the last event. */
  #time = 0;
  /** Where the next part begins. */
  position = 0;
  /** Whether there is nothing more. */
  isDone = false;

  /** @param hasEnds whether any part ends before the trace does */
  constructor(trace: Trace, hasEnds: boolean) {
    if (hasEnds) this.#mentions = new FirstMentions(trace);
    this.#blocks = trace.blocks();
  }

  /**
   * The events of a part, from `from` on. Unread events before that are skipped.
   * @param isLast whether this is the last part; then reading ends with it
   * @throws SelectionError if the trace ends before the part begins; TraceError where the trace is cut or broken,
   *   if that is in the part or before it
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
      // Nothing comes behind a part that breaks or is left.
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

  /** The events of a part up to its end, or the trace's. */
  async *#events(part: PartEvents, end: PartEnd): AsyncGenerator<EventBlock, void, undefined> {
    for (let block = await this.#peek(); block !== undefined; block = await this.#peek()) {
      const to = this.#cut(block, part, end);
      // A trace of which nothing is known ends at no time at all.
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

  /** Where the part ends, if that is within a block. */
  #cut(block: EventBlock, part: PartEvents, end: PartEnd): number {
    // The sync event at the end of a trace begins no part.
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

/** How far a part has come. */
class PartEvents {
  /** Sync events that have been given. */
  syncs = 0;
  /** Events of the trace that have been given, sync events not counted. */
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

/** The error of a part that begins behind a trace's end. */
export function outside(from: number, end: number): SelectionError {
  const message = `nothing is left from ${formatDuration(from)} on: the trace ends at ${formatDuration(end)}`;
  return new SelectionError(message);
}
