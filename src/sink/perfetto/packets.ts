import { putField, putNumber } from "../../bytes/encode/small-varint.js";
import { ByteWriter } from "../../bytes/writer.js";
import { encodePacket, lengthTag, type Packet, varintTag } from "./schema.js";

const PACKET = lengthTag("Trace", "packet");
const TIMESTAMP = varintTag("TracePacket", "timestamp");
const SEQUENCE = varintTag("TracePacket", "trusted_packet_sequence_id");
/** An upper bound of the bytes of a packet whose length is one byte. */
const SHORT = 130;

/** Packet sequences. Interned data, clocks and defaults belong to one sequence. */
export const Sequence = {
  /** Custom tracks, logs, and what a file has once. */
  Tracks: 1,
  /** The scheduling tables and names of goroutines. */
  Sched: 2,
  /** Tracks of goroutines' slices. On another sequence they would claim all slices that follow. */
  ThreadTracks: 3,
  /** All slices, instants and samples. */
  Timeline: 4,
  /** Why goroutines waited. */
  BlockedReasons: 5,
  /** The profile of what goroutines waited for. */
  Blocking: 6,
  /** The first counter; each other counter has a sequence after it. */
  Counters: 16,
} as const;

/** Perfetto's number for the clock of all times. */
export const BOOTTIME = 6;
/** Its number for the wall clock. */
export const REALTIME = 1;
/** A clock of the sequence's own, whose times are relative to the previous packet. */
export const INCREMENTAL = 64;

/** Writes the header of a packet of `length` bytes. @returns the position after it */
export function putPacketHead(data: DataView, position: number, length: number): number {
  data.setUint8(position, PACKET);
  return putNumber(data, position + 1, length);
}

/** Appends packets to the output. */
export class PacketWriter {
  readonly out = new ByteWriter();

  /** Appends a packet given as an object. */
  packet(packet: Packet): void {
    this.encoded(encodePacket(packet));
  }

  /** Appends a packet that is encoded already. */
  encoded(bytes: Uint8Array): void {
    this.out.nested(PACKET, bytes);
  }

  /** Starts a packet. The caller appends its `length` bytes to the output next. */
  header(length: number): void {
    this.out.uvarint(PACKET);
    this.out.uvarint(length);
  }

  /**
   * Starts a packet of less than 128 bytes, with a time relative to the previous one. The caller writes the
   * rest into the output's buffer, which has room for it, and calls {@link endShort}.
   * @param sequence its number, below 128
   * @returns the position after time and sequence
   */
  beginShort(delta: number, sequence: number): number {
    const { out } = this;
    out.reserve(SHORT);
    const { data } = out;
    data.setUint8(out.length, PACKET);
    const at = putField(data, out.length + 2, TIMESTAMP, delta);
    return putField(data, at, SEQUENCE, sequence);
  }

  /** @param end position after the packet */
  endShort(end: number): void {
    const { out } = this;
    out.buffer[out.length + 1] = end - out.length - 2;
    out.length = end;
  }

  /** Appends a packet that a writer holds. */
  append(packet: ByteWriter): void {
    this.out.nestedWriter(PACKET, packet);
  }
}
