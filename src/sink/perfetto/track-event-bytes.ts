import { putSmallVarint, SMALL_VARINT } from "../../bytes/small-varint.js";
import { putVarint } from "../../bytes/writer.js";
import { fieldNumber, lengthTag, varintTag } from "./schema.js";

/** Types of track events. */
export const EventType = { Begin: 1, End: 2, Instant: 3 } as const;

const FIXED64 = 1;
const fixedTag = (field: string) => (fieldNumber("TrackEvent", field) << 3) | FIXED64;

/** Tags of what an event can have. */
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
  flow: fixedTag("flow_ids"),
  flowEnd: fixedTag("terminating_flow_ids"),
  annotation: lengthTag("TrackEvent", "debug_annotations"),
  annotationName: varintTag("DebugAnnotation", "name_iid"),
  annotationText: varintTag("DebugAnnotation", "string_value_iid"),
  annotationNumber: varintTag("DebugAnnotation", "uint_value"),
  log: lengthTag("TrackEvent", "log_message"),
  logBody: varintTag("LogMessage", "body_iid"),
} as const;

const WORD = 2 ** 32;
/** The bytes of a tag of two. */
const bytesOf = (tag: number) => (tag & 0x7f) | 0x80 | ((tag >> 7) << 8);
/** The tag of a callstack's number. */
export const STACK = bytesOf(TAG.stack);
/** The tags of an arrow that starts or ends at an event. */
export const ArrowTag = { Start: bytesOf(TAG.flow), End: bytesOf(TAG.flowEnd) } as const;
// Several bytes that stand together, the first in the lowest; with zeros for what is put later.
export const PACKET_AND_TIME = TAG.packet | (TAG.timestamp << 16);
export const TYPE_AND_TRACK = TAG.type | (TAG.track << 16);
const ANNOTATION = TAG.annotation | (TAG.annotationName << 16);
/** Behind the number of the annotation's name. */
const TEXT_VALUE = bytesOf(TAG.annotationText) << 8;

/** More than the bytes that {@link putEvent} puts. */
export const EVENT_ROOM = 128;

/**
 * Puts the packet of an event of the plainest sort at a position; gives the position behind it. For what is 0 the event
 * has nothing.
 *
 * @param delta nanoseconds since the packet before, below {@link SMALL_VARINT}
 * @param sequenceAndEvent the bytes between time and event
 * @param arrowTag {@link ArrowTag} of the arrow
 * @param annotation number of the name of an annotation whose text has the number `value`
 */
export function putEvent(
  data: DataView,
  start: number,
  delta: number,
  sequenceAndEvent: number,
  type: number,
  track: number,
  name: number,
  category: number,
  stack: number,
  arrowTag: number,
  arrow: number,
  annotation: number,
  value: number,
): number {
  data.setInt32(start, PACKET_AND_TIME, true);
  const head = putSmallVarint(data, start + 3, delta);
  data.setInt32(head, sequenceAndEvent, true);
  const event = head + 4;
  data.setInt32(event, TYPE_AND_TRACK | (type << 8), true);
  let at = putNumber(data, event + 3, track);
  if (name !== 0) {
    data.setUint8(at, TAG.name);
    at = putNumber(data, at + 1, name);
  }
  if (category !== 0) {
    data.setInt16(at, TAG.category | (category << 8), true);
    at += 2;
  }
  if (stack !== 0) {
    data.setInt16(at, STACK, true);
    at = putNumber(data, at + 2, stack);
  }
  if (arrow !== 0) at = putArrow(data, at, arrowTag, arrow);
  if (value !== 0) at = putAnnotation(data, at, annotation, TAG.annotationText, value);
  data.setUint8(event - 1, at - event);
  data.setUint8(start + 1, at - start - 2);
  return at;
}

/** @param tag of the value */
export function putAnnotation(
  data: DataView,
  start: number,
  name: number,
  tag: number,
  value: number,
): number {
  data.setInt32(start, ANNOTATION, true);
  if (tag === TAG.annotationText && name < 0x80 && value < SMALL_VARINT) {
    data.setInt32(start + 3, name | TEXT_VALUE, true);
    const end = putSmallVarint(data, start + 6, value);
    data.setUint8(start + 1, end - start - 2);
    return end;
  }
  let at = putNumber(data, start + 3, name);
  at = putNumber(data, at, tag);
  at = putNumber(data, at, value);
  data.setUint8(start + 1, at - start - 2);
  return at;
}

/**
 * Adds an annotation to the packet of an event that has just been put; gives the position behind it.
 * @param packet where the packet starts
 * @param end where it ends
 */
export function addAnnotation(
  data: DataView,
  packet: number,
  end: number,
  name: number,
  value: number,
): number {
  const at = putAnnotation(data, end, name, TAG.annotationText, value);
  const length = at - end;
  // Behind the tag and length of the packet: the time, then four bytes whose last is the event's length.
  let time = packet + 3;
  while (data.getUint8(time) >= 0x80) time++;
  const event = time + 4;
  data.setUint8(event, data.getUint8(event) + length);
  data.setUint8(packet + 1, data.getUint8(packet + 1) + length);
  return at;
}

/** @param tag {@link ArrowTag} */
export function putArrow(data: DataView, start: number, tag: number, arrow: number): number {
  data.setInt16(start, tag, true);
  data.setUint32(start + 2, arrow, true);
  data.setUint32(start + 6, arrow < WORD ? 0 : Math.floor(arrow / WORD), true);
  return start + 10;
}

/** Puts the varint of a number up to 2^53. */
export function putNumber(data: DataView, position: number, value: number): number {
  return value < SMALL_VARINT ? putSmallVarint(data, position, value) : putLarge(data, position, value);
}

function putLarge(data: DataView, position: number, value: number): number {
  return putVarint(new Uint8Array(data.buffer), position, value);
}
