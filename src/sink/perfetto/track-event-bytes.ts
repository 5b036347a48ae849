import { putNumber, putSmallVarint, SMALL_VARINT } from "../../bytes/encode/small-varint.js";
import { Sequence } from "./packets.js";
import { lengthTag, varintTag } from "./schema.js";

/** Types of track events. */
export const EventType = { Begin: 1, End: 2, Instant: 3 } as const;

/** Tags of the fields of an event. */
export const TAG = {
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
  flow: varintTag("TrackEvent", "flow_ids_old"),
  flowEnd: varintTag("TrackEvent", "terminating_flow_ids_old"),
  annotation: lengthTag("TrackEvent", "debug_annotations"),
  annotationName: varintTag("DebugAnnotation", "name_iid"),
  annotationText: varintTag("DebugAnnotation", "string_value_iid"),
  annotationNumber: varintTag("DebugAnnotation", "uint_value"),
  log: lengthTag("TrackEvent", "log_message"),
  logBody: varintTag("LogMessage", "body_iid"),
} as const;

/** The bytes of a tag of two. */
const bytesOf = (tag: number) => (tag & 0x7f) | 0x80 | ((tag >> 7) << 8);
const STACK = bytesOf(TAG.stack);
/** The tags of an arrow that starts or ends at an event. */
export const ArrowTag = { Start: bytesOf(TAG.flow), End: bytesOf(TAG.flowEnd) } as const;
// Adjacent bytes as a little-endian word, with zeros for bytes written later.
const PACKET_AND_SEQUENCE = TAG.packet | (TAG.sequence << 16) | (Sequence.Timeline << 24);
const EVENT_AND_TYPE = TAG.event | (TAG.type << 16);
const ANNOTATION = TAG.annotation | (TAG.annotationName << 16);
const TEXT_VALUE = bytesOf(TAG.annotationText);

/** An upper bound of the bytes of a packet. */
export const EVENT_ROOM = 128;

/**
 * Bytes of an event's packet before its track. {@link endPacket} writes them last, with the lengths. So
 * writers start after them, in this order, which keeps fields together that many events share: track,
 * annotations, name, category, stack, arrows.
 */
export const HEAD = 8;

/**
 * Completes the packet of an event.
 * @returns the position after it
 * @param start where the packet starts
 * @param end position after its fields
 * @param delta nanoseconds since the previous packet, below {@link SMALL_VARINT}
 */
export function endPacket(data: DataView, start: number, end: number, type: number, delta: number): number {
  data.setUint8(end, TAG.timestamp);
  const behind = putSmallVarint(data, end + 1, delta);
  putHead(data, start, end, behind, type);
  return behind;
}

/** The same, at the time of the previous packet. */
export function endNow(data: DataView, start: number, end: number, type: number): number {
  data.setInt16(end, TAG.timestamp, true);
  putHead(data, start, end, end + 2, type);
  return end + 2;
}

/** Writes the {@link HEAD} of a packet. @param end end of the event, and `behind` that of the packet */
export function putHead(data: DataView, start: number, end: number, behind: number, type: number): void {
  data.setInt32(start, PACKET_AND_SEQUENCE | ((behind - start - 2) << 8), true);
  data.setInt32(start + 4, EVENT_AND_TYPE | ((end - start - 6) << 8) | (type << 24), true);
}

export function putTrack(data: DataView, position: number, track: number): number {
  data.setUint8(position, TAG.track);
  return putNumber(data, position + 1, track);
}

export function putName(data: DataView, position: number, name: number): number {
  data.setUint8(position, TAG.name);
  return putNumber(data, position + 1, name);
}

export function putCategory(data: DataView, position: number, category: number): number {
  data.setInt16(position, TAG.category | (category << 8), true);
  return position + 2;
}

export function putStack(data: DataView, position: number, stack: number): number {
  data.setInt16(position, STACK, true);
  return putNumber(data, position + 2, stack);
}

/** Writes an annotation, by the numbers of its name (below 128) and text. */
export function putText(data: DataView, start: number, name: number, value: number): number {
  data.setInt32(start, ANNOTATION | (name << 24), true);
  data.setInt16(start + 4, TEXT_VALUE, true);
  const end = putNumber(data, start + 6, value);
  data.setUint8(start + 1, end - start - 2);
  return end;
}

/** The same with an encoded number of the text, in `length` bytes. */
export function putTextWord(
  data: DataView,
  start: number,
  name: number,
  word: number,
  length: number,
): number {
  data.setInt32(start, ANNOTATION | (name << 24) | ((length + 4) << 8), true);
  data.setInt16(start + 4, TEXT_VALUE, true);
  data.setInt32(start + 6, word, true);
  return start + 6 + length;
}

/** Writes a field with an encoded value, in `length` bytes. */
export function putWord(data: DataView, start: number, tag: number, word: number, length: number): number {
  data.setUint8(start, tag);
  data.setInt32(start + 1, word, true);
  return start + 1 + length;
}

/** The same for any value. @param tag of the value */
export function putAnnotation(
  data: DataView,
  start: number,
  name: number,
  tag: number,
  value: number,
): number {
  data.setInt32(start, ANNOTATION, true);
  let at = putNumber(data, start + 3, name);
  at = putNumber(data, at, tag);
  at = putNumber(data, at, value);
  data.setUint8(start + 1, at - start - 2);
  return at;
}

/** @param tag {@link ArrowTag} */
export function putArrow(data: DataView, start: number, tag: number, arrow: number): number {
  data.setInt16(start, tag, true);
  return putNumber(data, start + 2, arrow);
}
