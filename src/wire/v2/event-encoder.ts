import { type ByteWriter, putVarint } from "../../bytes/writer.js";
import { TIMED_ARGS } from "./event-decoder.js";

/** The most bytes of a timed event: its type, and six varints. */
const MAX_EVENT = 1 + 6 * 10;
/** Bytes of the varint with all bits set, which stands for "none". */
const ALL_BITS = 10;

/**
 * Appends a timed event.
 * @param delta ticks since the previous event of the batch
 * @param args its arguments, as many as {@link TIMED_ARGS} says. A negative one means "none".
 */
export function putEvent(writer: ByteWriter, type: number, delta: number, args: Float64Array): void {
  writer.reserve(MAX_EVENT);
  const { buffer } = writer;
  let at = writer.length;
  buffer[at++] = type;
  if (delta < 128) buffer[at++] = delta;
  else at = putVarint(buffer, at, delta);
  const count = TIMED_ARGS[type] as number;
  for (let i = 0; i < count; i++) {
    const arg = args[i] as number;
    if (arg >= 128) at = putVarint(buffer, at, arg);
    else if (arg >= 0) buffer[at++] = arg;
    else at = putAllBits(buffer, at);
  }
  writer.length = at;
}

/** Appends an event of one argument that may exceed 2^53. */
export function putExactEvent(writer: ByteWriter, type: number, delta: number, arg: bigint): void {
  writer.byte(type);
  writer.uvarint(delta);
  writer.bigUvarint(arg);
}

/** Appends an id; a negative one means "none". */
export function putId(writer: ByteWriter, id: number): void {
  if (id >= 0) {
    writer.uvarint(id);
    return;
  }
  writer.reserve(ALL_BITS);
  writer.length = putAllBits(writer.buffer, writer.length);
}

function putAllBits(buffer: Uint8Array, at: number): number {
  const end = at + ALL_BITS - 1;
  buffer.fill(0xff, at, end);
  buffer[end] = 1;
  return end + 1;
}
