import { EncodedText } from "../../bytes/encoded-text.js";
import { type Interning, tables } from "./interning.js";
import { cutNames } from "./timeline-names.js";
import { EventType } from "./track-event-bytes.js";
import type { TrackEventWriter } from "./track-events.js";
import { threadTrack } from "./tracks.js";

const { Begin, End } = EventType;
const NAME_TABLES = tables("name");
const PREFIX = new EncodedText("G");

/**
 * The lives of goroutines that share rows ({@link Lanes}): a slice for each, with its id and its creator's, around all
 * that it did.
 */
export class Lives {
  readonly #events: TrackEventWriter;
  readonly #interning: Interning;
  readonly #category: number;
  readonly #id: number;
  readonly #creator: number;
  readonly #cut: number;
  readonly #noEnd: number;
  /** Lanes that are in use. */
  readonly #open = new Set<number>();
  /** By start function: the rest of a name, after the id. */
  readonly #suffixes = new Map<string, EncodedText>();

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

  /** Number of a name for the slice of a goroutine. */
  name(id: number, func: string): number {
    let suffix = this.#suffixes.get(func);
    if (suffix === undefined) {
      suffix = new EncodedText(` ${func}`);
      this.#suffixes.set(func, suffix);
    }
    return this.#interning.onceNumbered(NAME_TABLES, PREFIX, id, suffix);
  }

  /** A goroutine begins on a lane. @param name number of its name; @param creator id of a goroutine, or less than 0 */
  begin(lane: number, time: number, name: number, id: number, creator: number): void {
    this.#open.add(lane);
    this.#events.category = this.#category;
    this.#events.annotateNumber(this.#id, id);
    if (creator >= 0) this.#events.annotateNumber(this.#creator, creator);
    this.#events.write(Begin, time, threadTrack(lane), name);
  }

  /** The goroutine on a lane ends. */
  end(lane: number, time: number): void {
    // The slice of one that began before the file's slices do is not open.
    if (this.#open.delete(lane)) this.#events.write(End, time, threadTrack(lane), 0);
  }

  /** The trace ends. */
  finish(time: number): void {
    for (const lane of this.#open) {
      this.#events.annotate(this.#cut, this.#noEnd);
      this.#events.write(End, time, threadTrack(lane), 0);
    }
    this.#open.clear();
  }
}
