import { EventType, endNow, HEAD, putText, putTrack } from "./track-event-bytes.js";

/** Three words, and four bytes that a writer may add after them. */
const LABEL_ROOM = 16;
const WORD = 4;
/** Tracks below this take up to four bytes with their tag. */
const MOST_TRACK = 1 << 21;

/**
 * Encoded fields of a P or thread that many events share, as little-endian words of four bytes. They are
 * properties, because properties are read several times faster than the elements of an array.
 */
export class CarrierBytes {
  /** Its track as a field of an event, with the length in bytes. */
  readonly track: number;
  readonly trackLength: number;
  /** An annotation that names it. */
  readonly label0: number;
  readonly label1: number;
  readonly label2: number;
  readonly labelLength: number;
  /** A packet that ends a slice on it, at the time of the previous packet. */
  readonly end0: number;
  readonly end1: number;
  readonly end2: number;
  readonly end3: number;
  readonly endLength: number;

  private constructor(track: number, annotation: number, label: number) {
    const data = new DataView(new ArrayBuffer(2 * LABEL_ROOM));
    this.trackLength = putTrack(data, 0, track);
    this.track = data.getInt32(0, true);
    this.labelLength = putText(data, 0, annotation, label);
    this.label0 = data.getInt32(0, true);
    this.label1 = data.getInt32(WORD, true);
    this.label2 = data.getInt32(2 * WORD, true);
    this.endLength = endNow(data, 0, putTrack(data, HEAD, track), EventType.End);
    this.end0 = data.getInt32(0, true);
    this.end1 = data.getInt32(WORD, true);
    this.end2 = data.getInt32(2 * WORD, true);
    this.end3 = data.getInt32(3 * WORD, true);
  }

  /**
   * @param annotation number of the name of the annotation, and `label` of its text
   * @returns undefined for numbers too large for the words
   */
  static of(track: number, annotation: number, label: number): CarrierBytes | undefined {
    const fits = track < MOST_TRACK && annotation < 1 << 7 && label < 1 << 28;
    return fits ? new CarrierBytes(track, annotation, label) : undefined;
  }
}

/**
 * Writes its track at a position. Sixteen bytes of room are required, as for the functions below.
 * @returns the position after it
 */
export function putTrackOf(data: DataView, position: number, carrier: CarrierBytes): number {
  data.setInt32(position, carrier.track, true);
  return position + carrier.trackLength;
}

export function putLabelOf(data: DataView, position: number, carrier: CarrierBytes): number {
  data.setInt32(position, carrier.label0, true);
  data.setInt32(position + WORD, carrier.label1, true);
  data.setInt32(position + 2 * WORD, carrier.label2, true);
  return position + carrier.labelLength;
}

export function putEndOf(data: DataView, position: number, carrier: CarrierBytes): number {
  data.setInt32(position, carrier.end0, true);
  data.setInt32(position + WORD, carrier.end1, true);
  data.setInt32(position + 2 * WORD, carrier.end2, true);
  data.setInt32(position + 3 * WORD, carrier.end3, true);
  return position + carrier.endLength;
}
