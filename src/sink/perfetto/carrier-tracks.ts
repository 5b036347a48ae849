import { grown } from "../../base/columns.js";
import type { TimelineNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import type { TrackEventWriter } from "./track-events.js";

const { Begin, End, Instant } = EventType;

/** Levels of a carrier's slices, from the outermost to the innermost. */
export const Level = {
  /** A goroutine runs or is in a system call. */
  Run: 0,
  /** What it does for the runtime, such as a worker of the garbage collector. */
  Label: 1,
  Syscall: 2,
  Sweep: 3,
} as const;

const LEVELS = 4;
/** Values of {@link CarrierTracks.levels}: nothing is open, a run, or a system call within a run. */
export const Open = {
  Nothing: 0,
  Run: 1 << Level.Run,
  Syscall: (1 << Level.Run) | (1 << Level.Syscall),
} as const;
/** Log2 of the levels of a carrier in {@link CarrierTracks.open}. */
const LEVEL_SHIFT = 2;

/**
 * Tracks of carriers: Ps, or threads. Each run of a goroutine is a slice, with inner slices for its
 * activities. The caller numbers carriers from 0.
 *
 * Slices of a track nest strictly. If an outer slice begins or ends within an inner one, the inner one is cut
 * and continues at once. Sweeping, for example, belongs to the P and outlasts a run.
 */
export class CarrierTracks {
  readonly #events: TrackEventWriter;
  readonly #names: TimelineNames;
  /** By carrier: uuid of its track, and time of its last change. */
  uuids = new Float64Array(16);
  last = new Float64Array(16);
  /** By carrier and level: number of the open slice's name; 0: none. */
  open = new Int32Array(16 << LEVEL_SHIFT);
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
    if (carrier >= this.uuids.length) {
      this.uuids = grown(this.uuids, carrier + 1);
      this.last = grown(this.last, carrier + 1);
      this.levels = grown(this.levels, carrier + 1);
      this.open = grown(this.open, (carrier + 1) << LEVEL_SHIFT);
    }
    this.uuids[carrier] = track;
  }

  /**
   * A goroutine starts to run, or the carrier becomes idle.
   * @param name number of its name
   * @param annotation number of the name of an annotation, and `value` of its text; 0: none
   */
  start(carrier: number, time: number, name: number, annotation: number, value: number): void {
    if (this.levels[carrier] !== Open.Nothing || time < (this.last[carrier] as number)) {
      this.stop(carrier, time, 0);
      this.set(carrier, Level.Run, time, name);
      return;
    }
    this.beginRun(carrier, time, name);
    this.#events.annotate(annotation, value);
    this.#events.write(Begin, time, this.uuids[carrier] as number, name);
  }

  /** The run ends. @param why number of a text; 0: none */
  stop(carrier: number, time: number, why: number): void {
    const row = carrier << LEVEL_SHIFT;
    if (this.open[row] === 0) return;
    if (this.levels[carrier] === Open.Run) {
      this.endRun(carrier, time);
      this.#events.annotate(this.#names.stopped, why);
      this.#events.write(End, time, this.uuids[carrier] as number, 0);
      return;
    }
    if (this.open[row + Level.Syscall] !== 0) this.set(carrier, Level.Syscall, time, 0);
    if (this.open[row + Level.Label] !== 0) this.set(carrier, Level.Label, time, 0);
    if (this.open[row + Level.Sweep] === 0) this.#events.annotate(this.#names.stopped, why);
    this.set(carrier, Level.Run, time, 0);
  }

  /**
   * Ends the slice of a level, if there is one, and begins another.
   * @param name number of its name; 0 if none begins
   * @param stack number of the stack where it begins
   */
  set(carrier: number, level: number, time: number, name: number, stack = 0): void {
    const row = carrier << LEVEL_SHIFT;
    const open = this.open;
    if (name === 0 && open[row + level] === 0) return;
    // A slice that is reported late may have begun with the trace, but not before the last change.
    const at = Math.max(time, this.last[carrier] as number);
    this.last[carrier] = at;
    const track = this.uuids[carrier] as number;
    for (let l = LEVELS - 1; l >= level; l--) {
      if (open[row + l] !== 0) this.#events.write(End, at, track, 0);
    }
    const others = (this.levels[carrier] as number) & ~(1 << level);
    this.levels[carrier] = others | ((name === 0 ? 0 : 1) << level);
    open[row + level] = name;
    for (let l = level; l < LEVELS; l++) {
      const again = open[row + l] as number;
      if (again === 0) continue;
      if (l === level) this.#events.stack = stack;
      this.#events.write(Begin, at, track, again);
    }
  }

  /** Sweeping ends. @param swept bytes swept, and `reclaimed` bytes */
  endSweep(carrier: number, time: number, swept: number, reclaimed: number): void {
    if (this.open[(carrier << LEVEL_SHIFT) + Level.Sweep] === 0) return;
    // It is the innermost slice, so it is written first.
    this.#events.annotateNumber(this.#names.swept, swept);
    this.#events.annotateNumber(this.#names.reclaimed, reclaimed);
    this.set(carrier, Level.Sweep, time, 0);
  }

  /** Records a plain start without writing it, as do the methods below. */
  beginRun(carrier: number, time: number, name: number): void {
    this.open[carrier << LEVEL_SHIFT] = name;
    this.levels[carrier] = Open.Run;
    this.last[carrier] = time;
  }

  endRun(carrier: number, time: number): void {
    this.open[carrier << LEVEL_SHIFT] = 0;
    this.levels[carrier] = Open.Nothing;
    this.last[carrier] = time;
  }

  beginSyscall(carrier: number, time: number, name: number): void {
    this.open[(carrier << LEVEL_SHIFT) + Level.Syscall] = name;
    this.levels[carrier] = Open.Syscall;
    this.last[carrier] = time;
  }

  endSyscall(carrier: number, time: number): void {
    this.open[(carrier << LEVEL_SHIFT) + Level.Syscall] = 0;
    this.levels[carrier] = Open.Run;
    this.last[carrier] = time;
  }

  /** An instant on the track. */
  instant(carrier: number, time: number, name: number): void {
    this.#events.write(Instant, time, this.uuids[carrier] as number, name);
  }

  /** Ends open slices at the end of the trace. */
  finish(time: number): void {
    for (let carrier = 0; carrier < this.#size; carrier++) {
      this.stop(carrier, time, 0);
      this.set(carrier, Level.Sweep, time, 0);
    }
  }
}
