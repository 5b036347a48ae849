import type { PacketWriter } from "./packets.js";
import { EventType } from "./track-event-bytes.js";
import { type EventDetails, TrackEventWriter } from "./track-events.js";

/** A slice that has begun. */
interface OpenSlice {
  readonly time: number;
  readonly name: number;
  readonly details: EventDetails;
  /** Whether its beginning is in the file. */
  written: boolean;
}

/**
 * Omits slices that are too short. A slice is held back until it is long enough. The slices around it are
 * long enough then, too, and are written first.
 */
export class LongSlices extends TrackEventWriter {
  readonly #least: number;
  /** By track: open slices, outermost first. */
  readonly #open = new Map<number, OpenSlice[]>();

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
    const slice = { time, name, details: this.take(), written: false };
    const open = this.#open.get(track);
    if (open === undefined) this.#open.set(track, [slice]);
    else open.push(slice);
  }

  #end(time: number, track: number): void {
    const open = this.#open.get(track);
    const slice = open?.pop();
    if (open === undefined || slice === undefined) this.clear();
    else if (time - slice.time < this.#least) this.#leaveOut(slice, track);
    else this.#writeEnd(slice, open, time, track);
    if (open?.length === 0) this.#open.delete(track);
  }

  /** @param around open slices around it, outermost first */
  #writeEnd(slice: OpenSlice, around: readonly OpenSlice[], time: number, track: number): void {
    if (!slice.written) {
      const details = this.take();
      for (const each of around) this.#writeBegin(each, track);
      this.#writeBegin(slice, track);
      this.put(details);
    }
    super.write(EventType.End, time, track, 0);
  }

  /** An arrow to a slice that is left out ends at an instant. */
  #leaveOut({ time, name, details }: OpenSlice, track: number): void {
    this.omitted++;
    this.clear();
    if (details.flowEnd === 0) return;
    this.put(details);
    super.write(EventType.Instant, time, track, name);
  }

  #writeBegin(slice: OpenSlice, track: number): void {
    if (slice.written) return;
    slice.written = true;
    this.put(slice.details);
    super.write(EventType.Begin, slice.time, track, slice.name);
  }
}
