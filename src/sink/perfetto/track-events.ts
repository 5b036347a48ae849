import { putNumber, SMALL_VARINT } from "../../bytes/encode/small-varint.js";
import { type HeldFields, MOST_ANNOTATIONS } from "./held-fields.js";
import { BOOTTIME, type PacketWriter } from "./packets.js";
import {
  ArrowTag,
  EventType,
  endPacket,
  HEAD,
  putAnnotation,
  putArrow,
  putCategory,
  putHead,
  putName,
  putStack,
  putTrack,
  TAG,
} from "./track-event-bytes.js";

/** An upper bound of the bytes of an event. The longest takes less than 127, so every length is one byte. */
const ROOM = 256;

/**
 * Writes slices and instants byte by byte, because a full conversion writes several for each event of the
 * trace.
 *
 * The properties hold the next event's fields other than type, time, track and name. Writing it clears them.
 */
export class TrackEventWriter {
  /** Number of the category; 0: none, as in all below. */
  category = 0;
  /** Number of the callstack where it happens. */
  stack = 0;
  /** An arrow that starts here. */
  flow = 0;
  /** An arrow that ends here. */
  flowEnd = 0;
  /** Number of the text of a log message. */
  log = 0;
  /** Number of slices left out. */
  omitted = 0;
  /**
   * Names of the annotations with the stacks of beginnings (and instants) and of ends, for all events; 0 if stacks are
   * callstacks.
   */
  stackName = 0;
  endStackName = 0;

  /** Annotations of the next event: tag of the value, number of the name, value. */
  readonly #valueTags = new Int32Array(MOST_ANNOTATIONS);
  readonly #annotationNames = new Int32Array(MOST_ANNOTATIONS);
  readonly #values = new Float64Array(MOST_ANNOTATIONS);
  #annotations = 0;
  readonly #packets: PacketWriter;
  readonly #base: number;
  /** Time of the previous packet; the next one's is relative to it. */
  last = -0;

  /**
   * @param base absolute time of the start of the trace
   */
  constructor(packets: PacketWriter, base: number) {
    this.#packets = packets;
    this.#base = base;
  }

  /** Adds an annotation to the next event. @param value number of a text; 0: no annotation */
  annotate(name: number, value: number): void {
    if (value !== 0) this.#annotate(TAG.annotationText, name, value);
  }

  /** The same with a natural number. */
  annotateNumber(name: number, value: number): void {
    this.#annotate(TAG.annotationNumber, name, value);
  }

  #annotate(tag: number, name: number, value: number): void {
    const i = this.#annotations++;
    this.#valueTags[i] = tag;
    this.#annotationNames[i] = name;
    this.#values[i] = value;
  }

  /** Moves the fields of the next event to a row. */
  hold(held: HeldFields, row: number): void {
    held.reserve(row);
    held.category[row] = this.category;
    held.stack[row] = this.stack;
    held.flow[row] = this.flow;
    held.flowEnd[row] = this.flowEnd;
    held.log[row] = this.log;
    held.annotations[row] = this.#annotations;
    for (let i = 0, at = row * MOST_ANNOTATIONS; i < this.#annotations; i++, at++) {
      held.valueTags[at] = this.#valueTags[i] as number;
      held.annotationNames[at] = this.#annotationNames[i] as number;
      held.values[at] = this.#values[i] as number;
    }
    this.clear();
  }

  /** Sets the fields that {@link hold} moved. */
  restore(held: HeldFields, row: number): void {
    this.category = held.category[row] as number;
    this.stack = held.stack[row] as number;
    this.flow = held.flow[row] as number;
    this.flowEnd = held.flowEnd[row] as number;
    this.log = held.log[row] as number;
    this.#annotations = held.annotations[row] as number;
    for (let i = 0, at = row * MOST_ANNOTATIONS; i < this.#annotations; i++, at++) {
      this.#valueTags[i] = held.valueTags[at] as number;
      this.#annotationNames[i] = held.annotationNames[at] as number;
      this.#values[i] = held.values[at] as number;
    }
  }

  /** Clears the fields of the next event. */
  clear(): void {
    this.category = 0;
    this.stack = 0;
    this.flow = 0;
    this.flowEnd = 0;
    this.log = 0;
    this.#annotations = 0;
  }

  /**
   * Appends an event.
   * @param type {@link EventType}
   * @param time nanoseconds since the start of the trace; may be earlier than the previous event's
   * @param track its uuid
   * @param name its number; 0 for the end of a slice
   */
  write(type: number, time: number, track: number, name: number): void {
    const { out } = this.#packets;
    out.reserve(ROOM);
    const { data } = out;
    const start = out.length;
    let at = putTrack(data, start + HEAD, track);
    if (this.#annotations !== 0) at = this.#putAnnotations(data, at);
    if (name !== 0) at = putName(data, at, name);
    if (this.category !== 0) at = putCategory(data, at, this.category);
    if (this.stack !== 0) at = this.#putStack(data, at, type);
    if (this.flow !== 0) at = putArrow(data, at, ArrowTag.Start, this.flow);
    if (this.flowEnd !== 0) at = putArrow(data, at, ArrowTag.End, this.flowEnd);
    if (this.log !== 0) at = this.#putLog(data, at);
    const delta = time - this.last;
    if (delta >= 0 && delta < SMALL_VARINT) {
      out.length = endPacket(data, start, at, type, delta);
      this.last = time;
    } else out.length = this.#endFar(data, start, at, type, time);
    this.clear();
  }

  /** Completes a packet long after the previous one, or earlier. @returns the position after it */
  #endFar(data: DataView, start: number, end: number, type: number, time: number): number {
    data.setUint8(end, TAG.timestamp);
    let behind: number;
    if (time >= this.last) {
      behind = putNumber(data, end + 1, time - this.last);
      this.last = time;
    } else {
      // Times of this clock never decrease, so an earlier time uses the file's clock, which begins at 0.
      const clock = putNumber(data, end + 1, Math.max(this.#base + time, 0));
      behind = putNumber(data, clock, TAG.clock) + 1;
      data.setUint8(behind - 1, BOOTTIME);
    }
    putHead(data, start, end, behind, type);
    return behind;
  }

  #putStack(data: DataView, start: number, type: number): number {
    if (this.stackName === 0) return putStack(data, start, this.stack);
    const name = type === EventType.End ? this.endStackName : this.stackName;
    return putAnnotation(data, start, name, TAG.annotationText, this.stack);
  }

  #putAnnotations(data: DataView, start: number): number {
    let at = start;
    for (let i = 0; i < this.#annotations; i++) {
      const name = this.#annotationNames[i] as number;
      at = putAnnotation(data, at, name, this.#valueTags[i] as number, this.#values[i] as number);
    }
    return at;
  }

  #putLog(data: DataView, start: number): number {
    const body = putNumber(data, start, TAG.log) + 1;
    data.setUint8(body, TAG.logBody);
    const at = putNumber(data, body + 1, this.log);
    data.setUint8(body - 1, at - body);
    return at;
  }
}

/** Writes nothing: for groups of tracks that are left out. */
export class SilentEvents extends TrackEventWriter {
  override write(): void {
    this.clear();
  }
}
