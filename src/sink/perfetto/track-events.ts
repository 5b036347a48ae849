import { putSmallVarint, SMALL_VARINT } from "../../bytes/small-varint.js";
import { BOOTTIME, type PacketWriter } from "./packets.js";
import {
  ArrowTag,
  EventType,
  PACKET_AND_TIME,
  putAnnotation,
  putArrow,
  putNumber,
  STACK,
  TAG,
  TYPE_AND_TRACK,
} from "./track-event-bytes.js";

/** More than the bytes of any event. The longest takes less than 127, so every length is one byte. */
const ROOM = 256;
const MOST_ANNOTATIONS = 4;

/** What an event has besides its type, time, track and name. */
export interface EventDetails {
  readonly category: number;
  readonly stack: number;
  readonly flow: number;
  readonly flowEnd: number;
  readonly log: number;
  readonly annotations: readonly (readonly [tag: number, name: number, value: number])[];
}

/**
 * Writes slices and instants on tracks, byte by byte: a full conversion writes several for each event of the trace.
 *
 * The properties say what the next event has besides its type, time, track and name; writing it clears them.
 */
export class TrackEventWriter {
  /** Number of the category; 0 is none, as in all that follows. */
  category = 0;
  /** Number of the callstack: where it began, or for the end of a slice where that was. */
  stack = 0;
  /** An arrow that starts here. */
  flow = 0;
  /** An arrow that ends here. */
  flowEnd = 0;
  /** Number of the text of a log message. */
  log = 0;
  /** Slices that were left out. */
  omitted = 0;
  /**
   * Numbers of the names that the stacks of beginnings (and instants) and of ends have as annotations; 0 if stacks are
   * callstacks. Holds for all events.
   */
  stackName = 0;
  endStackName = 0;

  /** Annotations of the next event: the tag of the value, the number of the name, the value. */
  readonly #valueTags = new Int32Array(MOST_ANNOTATIONS);
  readonly #annotationNames = new Int32Array(MOST_ANNOTATIONS);
  readonly #values = new Float64Array(MOST_ANNOTATIONS);
  #annotations = 0;
  readonly #packets: PacketWriter;
  /** The bytes between the time and the event of a packet. */
  readonly sequenceAndEvent: number;
  readonly #base: number;
  /** Time of the packet before, from which the next one's counts. */
  last = -0;

  /**
   * @param sequence a packet sequence of its own that was started at `base`
   * @param base absolute time of the start of the trace
   */
  constructor(packets: PacketWriter, sequence: number, base: number) {
    this.#packets = packets;
    this.sequenceAndEvent = TAG.sequence | (sequence << 8) | (TAG.event << 16);
    this.#base = base;
  }

  /** The next event has an annotation. @param value number of a text; 0 for none, and then no annotation either */
  annotate(name: number, value: number): void {
    if (value !== 0) this.#annotate(TAG.annotationText, name, value);
  }

  /** The same with a whole number from 0 on. */
  annotateNumber(name: number, value: number): void {
    this.#annotate(TAG.annotationNumber, name, value);
  }

  #annotate(tag: number, name: number, value: number): void {
    const i = this.#annotations++;
    this.#valueTags[i] = tag;
    this.#annotationNames[i] = name;
    this.#values[i] = value;
  }

  /** Takes what has been said of the next event. */
  take(): EventDetails {
    const { category, stack, flow, flowEnd, log } = this;
    const annotations = Array.from(
      { length: this.#annotations },
      (_, i) =>
        [
          this.#valueTags[i] as number,
          this.#annotationNames[i] as number,
          this.#values[i] as number,
        ] as const,
    );
    this.clear();
    return { category, stack, flow, flowEnd, log, annotations };
  }

  /** Forgets what has been said of the next event. */
  clear(): void {
    this.category = 0;
    this.stack = 0;
    this.flow = 0;
    this.flowEnd = 0;
    this.log = 0;
    this.#annotations = 0;
  }

  /** Says of the next event what {@link take} took. */
  put(details: EventDetails): void {
    this.category = details.category;
    this.stack = details.stack;
    this.flow = details.flow;
    this.flowEnd = details.flowEnd;
    this.log = details.log;
    this.#annotations = 0;
    for (const [tag, name, value] of details.annotations) this.#annotate(tag, name, value);
  }

  /**
   * Appends an event.
   * @param type {@link EventType}
   * @param time nanoseconds since the start of the trace; may lie before that of the event before
   * @param track its uuid
   * @param name its number; 0 for the end of a slice
   */
  write(type: number, time: number, track: number, name: number): void {
    const { out } = this.#packets;
    out.reserve(ROOM);
    const { data } = out;
    const start = out.length;
    const event = this.#putHead(data, start, time);
    data.setInt32(event, TYPE_AND_TRACK | (type << 8), true);
    let at = event + 3;
    at = putNumber(data, at, track);
    if (name !== 0) {
      data.setUint8(at, TAG.name);
      at = putNumber(data, at + 1, name);
    }
    if (this.category !== 0) {
      data.setInt16(at, TAG.category | (this.category << 8), true);
      at += 2;
      this.category = 0;
    }
    if (this.stack !== 0) {
      at = this.#putStack(data, at, type);
      this.stack = 0;
    }
    if (this.flow !== 0) {
      at = putArrow(data, at, ArrowTag.Start, this.flow);
      this.flow = 0;
    }
    if (this.flowEnd !== 0) {
      at = putArrow(data, at, ArrowTag.End, this.flowEnd);
      this.flowEnd = 0;
    }
    if (this.#annotations !== 0) at = this.#putAnnotations(data, at);
    if (this.log !== 0) at = this.#putLog(data, at);
    data.setUint8(event - 1, at - event);
    data.setUint8(start + 1, at - start - 2);
    out.length = at;
  }

  /** Puts what stands before the event itself; gives the position where that starts. Lengths are put later. */
  #putHead(data: DataView, start: number, time: number): number {
    const delta = time - this.last;
    let at = start + 3;
    data.setInt32(start, PACKET_AND_TIME, true);
    if (delta >= 0 && delta < SMALL_VARINT) {
      at = putSmallVarint(data, at, delta);
      this.last = time;
    } else at = this.#putFarTime(data, at, time, delta);
    data.setInt32(at, this.sequenceAndEvent, true);
    return at + 4;
  }

  #putFarTime(data: DataView, start: number, time: number, delta: number): number {
    if (delta >= 0) {
      this.last = time;
      return putNumber(data, start, delta);
    }
    // Times of this clock do not go back: such a one is told by the file's own. Nothing lies before that one's zero.
    const at = putNumber(data, start, Math.max(this.#base + time, 0));
    const clock = putNumber(data, at, TAG.clock);
    data.setUint8(clock, BOOTTIME);
    return clock + 1;
  }

  #putStack(data: DataView, start: number, type: number): number {
    if (this.stackName === 0) {
      data.setInt16(start, STACK, true);
      return putNumber(data, start + 2, this.stack);
    }
    const name = type === EventType.End ? this.endStackName : this.stackName;
    return putAnnotation(data, start, name, TAG.annotationText, this.stack);
  }

  #putAnnotations(data: DataView, start: number): number {
    let at = start;
    for (let i = 0; i < this.#annotations; i++) {
      const name = this.#annotationNames[i] as number;
      at = putAnnotation(data, at, name, this.#valueTags[i] as number, this.#values[i] as number);
    }
    this.#annotations = 0;
    return at;
  }

  #putLog(data: DataView, start: number): number {
    const body = putNumber(data, start, TAG.log) + 1;
    data.setUint8(body, TAG.logBody);
    const at = putNumber(data, body + 1, this.log);
    data.setUint8(body - 1, at - body);
    this.log = 0;
    return at;
  }
}

/** Stands for a writer where a group of tracks is not wanted. */
export class SilentEvents extends TrackEventWriter {
  override write(): void {
    this.clear();
  }
}
