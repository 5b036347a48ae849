import { IdIndex } from "../../base/id-index.js";
import { NONE } from "../../base/ids.js";
import { CarrierBytes } from "./carrier-bytes.js";
import { CarrierTracks, type Level } from "./carrier-tracks.js";
import { type Interning, NAME_AND_VALUE } from "./interning.js";
import type { PacketWriter } from "./packets.js";
import type { TimelineNames } from "./timeline-names.js";
import type { TrackEventWriter } from "./track-events.js";
import { describeMember, type Group, type TrackIds } from "./tracks.js";

/** The kind of carriers: group, letter before the ids, and whether viewers sort them by id. */
export interface CarrierKind {
  readonly group: (typeof Group)[keyof typeof Group];
  readonly letter: string;
  /** Number of the name of the annotation that refers to one. */
  readonly annotation: number;
  readonly isOrdered: boolean;
  /** Whether they have tracks. */
  readonly isWanted: boolean;
}

/** The Ps, or the threads, by id. Each gets its track when it appears. Id −1 is ignored. */
export class Carriers {
  readonly #packets: PacketWriter;
  readonly #interning: Interning;
  readonly #ids: TrackIds;
  readonly #kind: CarrierKind;
  /** By number of the carrier. */
  readonly tracks: CarrierTracks;
  readonly #numbers = new IdIndex();
  /** By number of the carrier: number of its name, both as an annotation's text and as a slice's name. */
  readonly labels: number[] = [];
  /** By number of the carrier. */
  readonly #bytes: (CarrierBytes | undefined)[] = [];

  constructor(
    packets: PacketWriter,
    interning: Interning,
    ids: TrackIds,
    events: TrackEventWriter,
    names: TimelineNames,
    kind: CarrierKind,
  ) {
    this.#packets = packets;
    this.#interning = interning;
    this.#ids = ids;
    this.#kind = kind;
    this.tracks = new CarrierTracks(events, names);
  }

  /** Carriers so far. */
  get count(): number {
    return this.labels.length;
  }

  /** Number of a carrier's name as the text of an annotation. */
  label(id: number): number {
    return id === NONE ? 0 : (this.labels[this.number(id)] as number);
  }

  /** See {@link CarrierTracks.stop}. */
  stop(id: number, time: number, why = 0): void {
    if (id !== NONE) this.tracks.stop(this.number(id), time, why);
  }

  /** See {@link CarrierTracks.set}. */
  set(id: number, level: Level, time: number, name: number, stack = 0, annotation = 0, value = 0): void {
    if (id !== NONE) this.tracks.set(this.number(id), level, time, name, stack, annotation, value);
  }

  /** See {@link CarrierTracks.endSweep}. */
  endSweep(id: number, time: number, swept: number, reclaimed: number): void {
    this.tracks.endSweep(this.number(id), time, swept, reclaimed);
  }

  /** An instant on the track. */
  instant(id: number, time: number, name: number): void {
    this.tracks.instant(this.number(id), time, name);
  }

  /** Ends open slices at the end of the trace. */
  finish(time: number): void {
    this.tracks.finish(time);
  }

  /** The number of a carrier; `id` must not be −1. */
  number(id: number): number {
    const number = this.#numbers.get(id);
    return number >= 0 ? number : this.#add(id);
  }

  /** The number of a carrier that has appeared; −1 for others. */
  known(id: number): number {
    return this.#numbers.get(id);
  }

  /** A bit for each {@link Level} with an open slice, by number of the carrier. */
  levels(number: number): number {
    return this.tracks.levels[number] ?? 0;
  }

  /** The encoded fields of a carrier, by its number; undefined if they are too long. */
  bytes(number: number): CarrierBytes | undefined {
    return this.#bytes[number];
  }

  #add(id: number): number {
    const { group, letter, annotation, isOrdered, isWanted } = this.#kind;
    const number = this.#numbers.add(id);
    const name = `${letter}${id}`;
    const track = this.#ids.next();
    const label = this.#interning.once(NAME_AND_VALUE, name);
    this.labels.push(label);
    this.#bytes.push(CarrierBytes.of(track, annotation, label));
    this.tracks.add(track);
    if (isWanted) describeMember(this.#packets, track, group, name, isOrdered ? id : number);
    return number;
  }
}
