import { grown } from "../../base/columns.js";
import type { TimelineNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import type { TrackEventWriter } from "./track-events.js";

const { Begin, End, Instant } = EventType;

/**
 * Why goroutines stopped although they could run: a slice on the goroutine's row from the yield or preemption to its next run.
 * Yields after which it goes on at once ({@link Yields}) have no slice; an instant at the end of the run tells their number. There
 * is one for each stretch of yields with one reason.
 *
 * Columns by slot of the model.
 */
export class YieldSlices {
  /** When the goroutine yielded, while it is not known to have gone on; NaN: it did not. */
  since = new Float64Array(256).fill(Number.NaN);
  /** How often the run that is under way was interrupted by yields that changed nothing. */
  counts = new Int32Array(256);
  readonly #events: TrackEventWriter;
  readonly #names: TimelineNames;
  /** Numbers of the name and the stack of the yield at {@link since}. */
  #reasons = new Int32Array(256);
  #stacks = new Int32Array(256);
  /** The reason of those that are counted, and the stack of the last of them. */
  #countedReasons = new Int32Array(256);
  #lastStacks = new Int32Array(256);

  constructor(events: TrackEventWriter, names: TimelineNames) {
    this.#events = events;
    this.#names = names;
  }

  /** A goroutine yields. @param reason number of the name, and `stack` of the callstack */
  begin(slot: number, time: number, reason: number, stack: number): void {
    if (slot >= this.since.length) this.#grow(slot + 1);
    this.since[slot] = time;
    this.#reasons[slot] = reason;
    this.#stacks[slot] = stack;
  }

  /** Whether the yield has the reason of those that are counted, if there are any. */
  isAlike(slot: number): boolean {
    return this.counts[slot] === 0 || this.#countedReasons[slot] === this.#reasons[slot];
  }

  /** It goes on at once. */
  resume(slot: number, track: number): void {
    if (!this.isAlike(slot)) this.endRun(slot, this.since[slot] as number, track);
    this.since[slot] = Number.NaN;
    this.counts[slot] = (this.counts[slot] as number) + 1;
    this.#countedReasons[slot] = this.#reasons[slot] as number;
    this.#lastStacks[slot] = this.#stacks[slot] as number;
  }

  /** It goes on later, or ends. @param cut number of the text for the annotation `cut`, or 0 */
  end(slot: number, time: number, track: number, cut = 0): void {
    const since = this.since[slot];
    if (since === undefined || Number.isNaN(since)) return;
    this.since[slot] = Number.NaN;
    const { category, cut: cutName } = this.#names;
    this.endRun(slot, since, track);
    this.#events.category = category.yield;
    this.#events.stack = this.#stacks[slot] as number;
    this.#events.write(Begin, since, track, this.#reasons[slot] as number);
    this.#events.annotate(cutName, cut);
    this.#events.write(End, time, track, 0);
  }

  /** Tells how many are counted, where the run ends or yields for another reason. */
  endRun(slot: number, time: number, track: number): void {
    const count = this.counts[slot];
    if (count === undefined || count === 0) return;
    this.counts[slot] = 0;
    const { category, yields, reason, wentOn } = this.#names;
    this.#events.category = category.yield;
    this.#events.stack = this.#lastStacks[slot] as number;
    this.#events.annotateNumber(yields, count);
    this.#events.annotate(reason, this.#countedReasons[slot] as number);
    this.#events.write(Instant, time, track, wentOn);
  }

  #grow(length: number): void {
    const known = this.since.length;
    this.since = grown(this.since, length).fill(Number.NaN, known);
    this.counts = grown(this.counts, length);
    this.#reasons = grown(this.#reasons, length);
    this.#stacks = grown(this.#stacks, length);
    this.#countedReasons = grown(this.#countedReasons, length);
    this.#lastStacks = grown(this.#lastStacks, length);
  }
}
