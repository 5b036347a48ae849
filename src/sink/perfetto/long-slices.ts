import { grown } from "../../base/columns.js";
import { IdIndex } from "../../base/id-index.js";
import { NONE } from "../../base/ids.js";
import { HeldFields } from "./held-fields.js";
import type { PacketWriter } from "./packets.js";
import { EventType } from "./track-event-bytes.js";
import { TrackEventWriter } from "./track-events.js";

/** The row of {@link LongSlices.#fields} for the end of a slice; the open slices have the others. */
const OF_END = 0;

/**
 * Omits slices that are too short. A slice is held back until it is long enough. The slices around it are
 * long enough then, too, and are written first.
 */
export class LongSlices extends TrackEventWriter {
  readonly #least: number;
  /** Tracks with open slices. */
  readonly #tracks = new IdIndex();
  /** By slot of the track: row of its innermost open slice. */
  #innermost = new Int32Array(256);
  /** By row of an open slice: when it began, its name, the row of the slice around it (−1: none). */
  #time = new Float64Array(256);
  #name = new Int32Array(256);
  #outer = new Int32Array(256);
  /** 1 if its beginning is in the file. */
  #isWritten = new Uint8Array(256);
  readonly #fields = new HeldFields();
  #rows = OF_END + 1;
  readonly #free: number[] = [];
  /** Those whose beginnings are written next, innermost first. */
  readonly #unwritten: number[] = [];

  /** @param least nanoseconds */
  constructor(packets: PacketWriter, base: number, least: number) {
    super(packets, base);
    this.#least = least;
  }

  override write(type: number, time: number, track: number, name: number): void {
    if (type === EventType.Begin) this.#begin(time, track, name);
    else if (type === EventType.End) this.#end(time, track);
    else super.write(type, time, track, name);
  }

  #begin(time: number, track: number, name: number): void {
    const row = this.#free.pop() ?? this.#rows++;
    if (row >= this.#time.length) this.#grow(row + 1);
    this.#time[row] = time;
    this.#name[row] = name;
    this.#isWritten[row] = 0;
    this.hold(this.#fields, row);
    const known = this.#tracks.get(track);
    const slot = known < 0 ? this.#tracks.add(track) : known;
    if (slot >= this.#innermost.length) this.#innermost = grown(this.#innermost, slot + 1);
    this.#outer[row] = known < 0 ? NONE : (this.#innermost[slot] as number);
    this.#innermost[slot] = row;
  }

  #end(time: number, track: number): void {
    const slot = this.#tracks.get(track);
    if (slot < 0) {
      this.clear();
      return;
    }
    const row = this.#innermost[slot] as number;
    if (time - (this.#time[row] as number) < this.#least) this.#leaveOut(row, track);
    else this.#writeEnd(row, time, track);
    const outer = this.#outer[row] as number;
    if (outer === NONE) this.#tracks.delete(track);
    else this.#innermost[slot] = outer;
    this.#free.push(row);
  }

  #writeEnd(row: number, time: number, track: number): void {
    if (this.#isWritten[row] === 0) {
      this.hold(this.#fields, OF_END);
      this.#writeBegins(row, track);
      this.restore(this.#fields, OF_END);
    }
    super.write(EventType.End, time, track, 0);
  }

  /** An arrow to a slice that is left out ends at an instant. */
  #leaveOut(row: number, track: number): void {
    this.omitted++;
    this.clear();
    if (this.#fields.flowEnd[row] === 0) return;
    this.restore(this.#fields, row);
    super.write(EventType.Instant, this.#time[row] as number, track, this.#name[row] as number);
  }

  /** Writes where a slice begins, and before it those around it, as far as that is not in the file. */
  #writeBegins(innermost: number, track: number): void {
    const rows = this.#unwritten;
    for (let row = innermost; row !== NONE && this.#isWritten[row] === 0; row = this.#outer[row] as number)
      rows.push(row);
    for (let row = rows.pop(); row !== undefined; row = rows.pop()) {
      this.#isWritten[row] = 1;
      this.restore(this.#fields, row);
      super.write(EventType.Begin, this.#time[row] as number, track, this.#name[row] as number);
    }
  }

  #grow(length: number): void {
    this.#time = grown(this.#time, length);
    this.#name = grown(this.#name, length);
    this.#outer = grown(this.#outer, length);
    this.#isWritten = grown(this.#isWritten, length);
  }
}
