import { grown } from "../../base/columns.js";
import type { TimelineNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import type { TrackEventWriter } from "./track-events.js";

const { Begin, End, Instant } = EventType;

/** Levels of a carrier's slices, from the outermost to the innermost. */
export const Level = {
  /** A P is idle; a thread has a P. */
  Base: 0,
  /** A goroutine runs or is in a system call. Only written on request: the scheduling tables have it. */
  Run: 1,
  /** What the goroutine does for the runtime, such as a worker of the garbage collector. */
  Label: 2,
  Syscall: 3,
  Sweep: 4,
} as const;
export type Level = (typeof Level)[keyof typeof Level];

const LEVELS = 5;
/** Log2 of the room for the levels of a carrier in {@link CarrierTracks.open}. */
const LEVEL_SHIFT = 3;
/** Bits of {@link CarrierTracks.levels}: what ends with a run. */
export const OF_RUN = (1 << Level.Run) | (1 << Level.Label) | (1 << Level.Syscall);
export const IN_SYSCALL = 1 << Level.Syscall;

/**
 * Tracks of carriers: Ps, or threads. The caller numbers carriers from 0.
 *
 * Slices of a track nest strictly. If an outer slice begins or ends within an inner one, the inner one is cut
 * and continues at once. Sweeping, for example, belongs to the P and outlasts a run.
 */
export class CarrierTracks {
  readonly #events: TrackEventWriter;
  readonly #names: TimelineNames;
  /** By carrier: uuid of its track, and time of its last change. */
  #uuids = new Float64Array(16);
  #last = new Float64Array(16);
  /** By carrier and level: number of the open slice's name; 0: none. */
  #open = new Int32Array(16 << LEVEL_SHIFT);
  /** By carrier: a bit for each level with an open slice. */
  levels = new Uint8Array(16);
  #size = 0;

  constructor(events: TrackEventWriter, names: TimelineNames) {
    this.#events = events;
    this.#names = names;
  }

  /** Adds the carrier with the next number. @param track uuid of its track */
  add(track: number): void {
    const carrier = this.#size++;
    if (carrier >= this.#uuids.length) {
      this.#uuids = grown(this.#uuids, carrier + 1);
      this.#last = grown(this.#last, carrier + 1);
      this.levels = grown(this.levels, carrier + 1);
      this.#open = grown(this.#open, (carrier + 1) << LEVEL_SHIFT);
    }
    this.#uuids[carrier] = track;
  }

  /** Number of the name of a level's open slice; 0: none. */
  open(carrier: number, level: Level): number {
    return this.#open[(carrier << LEVEL_SHIFT) + level] as number;
  }

  /**
   * Ends the slice of a level, if there is one, and begins another.
   * @param name number of its name; 0 if none begins
   * @param stack number of the stack where it begins; 0: none
   * @param annotation number of the name of an annotation, and `value` of its text (0: none), of the slice that begins; or of
   * that which ends, if none begins
   */
  set(carrier: number, level: Level, time: number, name: number, stack = 0, annotation = 0, value = 0): void {
    if (name === 0 && this.open(carrier, level) === 0) return;
    const at = this.#close(carrier, level, 1 << level, time, annotation, name === 0 ? value : 0);
    if (name !== 0) {
      this.#open[(carrier << LEVEL_SHIFT) + level] = name;
      this.levels[carrier] = (this.levels[carrier] as number) | (1 << level);
      this.#events.stack = stack;
      this.#events.annotate(annotation, value);
      this.#events.write(Begin, at, this.#uuids[carrier] as number, name);
    }
    this.#continue(carrier, level + 1, at);
  }

  /** The run of a goroutine ends, and all that belongs to it. @param why number of a text; 0: none */
  stop(carrier: number, time: number, why: number): void {
    if (((this.levels[carrier] as number) & OF_RUN) === 0) return;
    const at = this.#close(carrier, Level.Run, OF_RUN, time, this.#names.stopped, why);
    this.#continue(carrier, Level.Sweep, at);
  }

  /**
   * Ends all slices from a level on. Those of `levels` do not continue.
   * @param annotation number of the name of an annotation of the first level's slice, and `value` of its text; 0: none
   * @returns when
   */
  #close(
    carrier: number,
    from: Level,
    levels: number,
    time: number,
    annotation: number,
    value: number,
  ): number {
    const row = carrier << LEVEL_SHIFT;
    // A slice that is reported late may have begun with the trace, but not before the last change.
    const at = Math.max(time, this.#last[carrier] as number);
    this.#last[carrier] = at;
    for (let level = LEVELS - 1; level >= from; level--) {
      if (this.#open[row + level] === 0) continue;
      if (level === from) this.#events.annotate(annotation, value);
      this.#events.write(End, at, this.#uuids[carrier] as number, 0);
      if ((levels >> level) & 1) this.#open[row + level] = 0;
    }
    this.levels[carrier] = (this.levels[carrier] as number) & ~levels;
    return at;
  }

  #continue(carrier: number, from: number, time: number): void {
    for (let level = from; level < LEVELS; level++) {
      const name = this.#open[(carrier << LEVEL_SHIFT) + level] as number;
      if (name !== 0) this.#events.write(Begin, time, this.#uuids[carrier] as number, name);
    }
  }

  /** Sweeping ends. @param swept bytes swept, and `reclaimed` bytes */
  endSweep(carrier: number, time: number, swept: number, reclaimed: number): void {
    if (this.open(carrier, Level.Sweep) === 0) return;
    // It is the innermost slice, so it is written first.
    this.#events.annotateNumber(this.#names.swept, swept);
    this.#events.annotateNumber(this.#names.reclaimed, reclaimed);
    this.set(carrier, Level.Sweep, time, 0);
  }

  /** Records a system call that begins without writing it, as {@link endSyscall} one that ends. */
  beginSyscall(carrier: number, time: number, name: number): void {
    this.#open[(carrier << LEVEL_SHIFT) + Level.Syscall] = name;
    this.levels[carrier] = (this.levels[carrier] as number) | IN_SYSCALL;
    this.#last[carrier] = time;
  }

  endSyscall(carrier: number, time: number): void {
    this.#open[(carrier << LEVEL_SHIFT) + Level.Syscall] = 0;
    this.levels[carrier] = (this.levels[carrier] as number) & ~IN_SYSCALL;
    this.#last[carrier] = time;
  }

  /** An instant on the track. */
  instant(carrier: number, time: number, name: number): void {
    this.#events.write(Instant, time, this.#uuids[carrier] as number, name);
  }

  /** Ends open slices at the end of the trace. */
  finish(time: number): void {
    for (let carrier = 0; carrier < this.#size; carrier++) {
      this.stop(carrier, time, 0);
      this.set(carrier, Level.Sweep, time, 0);
      this.set(carrier, Level.Base, time, 0);
    }
  }
}
