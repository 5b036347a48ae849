import { putVarint } from "../../bytes/writer.js";
import { BOOTTIME, type PacketWriter } from "./packets.js";
import { fieldNumber, lengthTag, varintTag } from "./schema.js";

/** Types of track events. */
export const EventType = { Begin: 1, End: 2, Instant: 3 } as const;

const FIXED64 = 1;
const fixedTag = (field: string) => (fieldNumber("TrackEvent", field) << 3) | FIXED64;

const TAG = {
  packet: lengthTag("Trace", "packet"),
  timestamp: varintTag("TracePacket", "timestamp"),
  clock: varintTag("TracePacket", "timestamp_clock_id"),
  sequence: varintTag("TracePacket", "trusted_packet_sequence_id"),
  event: lengthTag("TracePacket", "track_event"),
  type: varintTag("TrackEvent", "type"),
  track: varintTag("TrackEvent", "track_uuid"),
  name: varintTag("TrackEvent", "name_iid"),
  category: varintTag("TrackEvent", "category_iids"),
  stack: varintTag("TrackEvent", "callstack_iid"),
  flow: fixedTag("flow_ids"),
  flowEnd: fixedTag("terminating_flow_ids"),
  annotation: lengthTag("TrackEvent", "debug_annotations"),
  annotationName: varintTag("DebugAnnotation", "name_iid"),
  annotationText: varintTag("DebugAnnotation", "string_value_iid"),
  annotationNumber: varintTag("DebugAnnotation", "uint_value"),
  log: lengthTag("TrackEvent", "log_message"),
  logBody: varintTag("LogMessage", "body_iid"),
} as const;

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
  readonly #sequence: number;
  readonly #base: number;
  /** Time of the packet before, from which the next one's counts. */
  #last = -0;

  /**
   * @param sequence a packet sequence of its own that was started at `base`
   * @param base absolute time of the start of the trace
   */
  constructor(packets: PacketWriter, sequence: number, base: number) {
    this.#packets = packets;
    this.#sequence = sequence;
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
    const { buffer } = out;
    buffer[out.length] = TAG.packet;
    const start = out.length + 2;
    let at = start;
    buffer[at++] = TAG.timestamp;
    const delta = time - this.#last;
    if (delta >= 0) {
      at = putVarint(buffer, at, delta);
      this.#last = time;
    } else {
      // Times of this clock do not go back: such a one is told by the file's own. Nothing lies before that one's zero.
      at = putVarint(buffer, at, Math.max(this.#base + time, 0));
      at = putVarint(buffer, at, TAG.clock);
      buffer[at++] = BOOTTIME;
    }
    buffer[at++] = TAG.sequence;
    buffer[at++] = this.#sequence;
    buffer[at++] = TAG.event;
    const event = at + 1;
    const end = this.#event(buffer, event, type, track, name);
    buffer[event - 1] = end - event;
    buffer[start - 1] = end - start;
    out.length = end;
  }

  #event(buffer: Uint8Array, start: number, type: number, track: number, name: number): number {
    let at = start;
    buffer[at++] = TAG.type;
    buffer[at++] = type;
    buffer[at++] = TAG.track;
    at = putVarint(buffer, at, track);
    if (name !== 0) {
      buffer[at++] = TAG.name;
      at = putVarint(buffer, at, name);
    }
    if (this.category !== 0) {
      buffer[at++] = TAG.category;
      buffer[at++] = this.category;
      this.category = 0;
    }
    if (this.stack !== 0) {
      at = this.#stack(buffer, at, type);
      this.stack = 0;
    }
    if (this.flow !== 0) {
      at = putVarint(buffer, at, TAG.flow);
      at = putFixed(buffer, at, this.flow);
      this.flow = 0;
    }
    if (this.flowEnd !== 0) {
      at = putVarint(buffer, at, TAG.flowEnd);
      at = putFixed(buffer, at, this.flowEnd);
      this.flowEnd = 0;
    }
    for (let i = 0; i < this.#annotations; i++) {
      const name = this.#annotationNames[i] as number;
      at = putAnnotation(buffer, at, name, this.#valueTags[i] as number, this.#values[i] as number);
    }
    this.#annotations = 0;
    if (this.log !== 0) at = this.#log(buffer, at);
    return at;
  }

  #stack(buffer: Uint8Array, start: number, type: number): number {
    if (this.stackName === 0) return putVarint(buffer, putVarint(buffer, start, TAG.stack), this.stack);
    const name = type === EventType.End ? this.endStackName : this.stackName;
    return putAnnotation(buffer, start, name, TAG.annotationText, this.stack);
  }

  #log(buffer: Uint8Array, start: number): number {
    const body = putVarint(buffer, start, TAG.log);
    let at = body + 1;
    buffer[at++] = TAG.logBody;
    at = putVarint(buffer, at, this.log);
    buffer[body] = at - body - 1;
    this.log = 0;
    return at;
  }
}

function putAnnotation(buffer: Uint8Array, start: number, name: number, tag: number, value: number): number {
  buffer[start] = TAG.annotation;
  let at = start + 2;
  buffer[at++] = TAG.annotationName;
  at = putVarint(buffer, at, name);
  at = putVarint(buffer, at, tag);
  at = putVarint(buffer, at, value);
  buffer[start + 1] = at - start - 2;
  return at;
}

/** Stands for a writer where a group of tracks is not wanted. */
export class SilentEvents extends TrackEventWriter {
  override write(): void {
    this.clear();
  }
}

/** Eight bytes, least significant first, of a number up to 2^53. */
function putFixed(buffer: Uint8Array, start: number, value: number): number {
  let low = value % 2 ** 32;
  let high = Math.floor(value / 2 ** 32);
  for (let i = 0; i < 4; i++) {
    buffer[start + i] = low & 0xff;
    buffer[start + 4 + i] = high & 0xff;
    low >>>= 8;
    high >>>= 8;
  }
  return start + 8;
}
