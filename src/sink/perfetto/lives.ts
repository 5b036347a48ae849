import { shortFunction } from "../../event/short-function.js";
import type { Interning } from "./interning.js";
import { cutNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import type { TrackEventWriter } from "./track-events.js";
import { threadTrack } from "./tracks.js";

const { Begin, End } = EventType;

/**
 * The lives of goroutines that share rows ({@link Lanes}): a slice for each, with its id and its creator's, around all
 * that it did.
 */
export class Lives {
  readonly #events: TrackEventWriter;
  readonly #interning: Interning;
  /** By start function. */
  readonly #names = new Map<string, number>();
  readonly #category: number;
  readonly #id: number;
  readonly #creator: number;
  readonly #cut: number;
  readonly #noEnd: number;

  constructor(events: TrackEventWriter, interning: Interning) {
    this.#events = events;
    this.#interning = interning;
    this.#category = interning.text("category", "go.goroutine");
    this.#id = interning.text("annotation", "id");
    this.#creator = interning.text("annotation", "creator");
    const { cut, noEnd } = cutNames(interning);
    this.#cut = cut;
    this.#noEnd = noEnd;
  }

  /** Number of a name for the slices of all goroutines of a start function. */
  nameOfAll(func: string): number {
    let name = this.#names.get(func);
    if (name === undefined) {
      name = this.#interning.text("name", shortFunction(func));
      this.#names.set(func, name);
    }
    return name;
  }

  /** A goroutine begins on a lane. @param name number of its name; @param creator id of a goroutine, or less than 0 */
  begin(lane: number, time: number, name: number, id: number, creator: number): void {
    this.#events.category = this.#category;
    this.#events.annotateNumber(this.#id, id);
    if (creator >= 0) this.#events.annotateNumber(this.#creator, creator);
    this.#events.write(Begin, time, threadTrack(lane), name);
  }

  /** The goroutine on a lane ends. */
  end(lane: number, time: number): void {
    this.#events.write(End, time, threadTrack(lane), 0);
  }

  /** The trace ends. @param lanes those in use */
  finish(time: number, lanes: Iterable<number>): void {
    for (const lane of lanes) {
      this.#events.annotate(this.#cut, this.#noEnd);
      this.#events.write(End, time, threadTrack(lane), 0);
    }
  }
}
