import { NONE } from "../../base/ids.js";
import { RegionMatch } from "../../event/kind.js";
import type { TimelineNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import type { TrackEventWriter } from "./track-events.js";

const { Begin, End } = EventType;

/**
 * How many slices are cut for one that ends around them. Around more, it is drawn until they have ended: if each
 * of thousands were cut each time, the file would grow with the square of their number.
 */
const MOST_CUT = 64;

/** Start of slices that are older than the trace: before all that begin with it, which they enclose. */
export const BEFORE_THE_TRACE = -1;

/** A region of runtime/trace. */
export interface Region {
  readonly type: string;
  /** Number of the type as a name. */
  readonly name: number;
  /** Its task, if above 0. */
  readonly task: number;
}

/** The open regions of a goroutine. */
interface Open {
  /** Id of the goroutine, because slots are reused. */
  readonly goroutine: number;
  readonly regions: Region[];
  /** Number of its regions that turned out to be older than the trace. */
  old: number;
  /** Number of those that have ended, but are drawn until no other region is open. */
  late: number;
}

/**
 * User regions as slices on the goroutines' tracks. Slices must nest: if a region ends within a later one,
 * the later one is cut and continues at once.
 */
export class OpenRegions {
  readonly #events: TrackEventWriter;
  readonly #names: TimelineNames;
  /** By slot of the goroutine. */
  readonly #open: (Open | undefined)[] = [];

  constructor(events: TrackEventWriter, names: TimelineNames) {
    this.#events = events;
    this.#names = names;
  }

  /** A region begins. @param stack number of the stack where that is */
  begin(slot: number, goroutine: number, time: number, track: number, region: Region, stack: number): void {
    this.#of(slot, goroutine).regions.push(region);
    this.#events.stack = stack;
    this.#write(region, time, track);
  }

  /**
   * A region ends; it may have begun before the trace.
   * @param within number of regions open within it, or {@link RegionMatch}
   */
  end(
    slot: number,
    goroutine: number,
    time: number,
    track: number,
    region: Region,
    within: number,
    stack: number,
  ): void {
    const open = this.#of(slot, goroutine);
    const { regions } = open;
    if (within === 0) {
      regions.pop();
      this.#events.stack = stack;
      this.#events.write(End, time, track, 0);
      if (regions.length === 0) this.#endLate(open, time, track);
      return;
    }
    if (within === RegionMatch.None) return;
    const found = within < 0 ? NONE : regions.length - 1 - within;
    if (found < 0) {
      this.#events.annotate(this.#names.cut, this.#names.noBeginning);
      // A region that is reported later encloses those reported before, so it begins earlier.
      this.#write(region, BEFORE_THE_TRACE - ++open.old, track);
      if (regions.length > MOST_CUT || open.late > 0) {
        open.late++;
        return;
      }
    }
    const inner = regions.splice(Math.max(found, 0));
    if (found >= 0) inner.shift();
    for (let i = 0; i < inner.length; i++) this.#events.write(End, time, track, 0);
    this.#events.stack = stack;
    this.#events.write(End, time, track, 0);
    for (const each of inner) this.#write(each, time, track);
    regions.push(...inner);
  }

  /** Ends open regions. @param cut number of the text for the annotation `cut`, or 0 */
  finish(slot: number, goroutine: number, time: number, track: number, cut: number): void {
    const open = slot < this.#open.length ? this.#open[slot] : undefined;
    if (open === undefined) return;
    this.#open[slot] = undefined;
    if (open.goroutine !== goroutine) return;
    for (let i = 0; i < open.regions.length; i++) {
      this.#events.annotate(this.#names.cut, cut);
      this.#events.write(End, time, track, 0);
    }
    this.#endLate(open, time, track);
  }

  #endLate(open: Open, time: number, track: number): void {
    for (; open.late > 0; open.late--) {
      this.#events.annotate(this.#names.cut, this.#names.endedWithin);
      this.#events.write(End, time, track, 0);
    }
  }

  #write({ name, task }: Region, time: number, track: number): void {
    this.#events.category = this.#names.category.region;
    if (task > 0) this.#events.annotateNumber(this.#names.task, task);
    this.#events.write(Begin, time, track, name);
  }

  #of(slot: number, goroutine: number): Open {
    while (this.#open.length <= slot) this.#open.push(undefined);
    let open = this.#open[slot];
    if (open === undefined || open.goroutine !== goroutine) {
      open = { goroutine, regions: [], old: 0, late: 0 };
      this.#open[slot] = open;
    }
    return open;
  }
}
