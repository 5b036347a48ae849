import protobuf from "protobufjs/light.js";
import descriptor from "#proto/perfetto.js";

const root = protobuf.Root.fromJSON(descriptor);
const tracePacket = root.lookupType("perfetto.TracePacket");

/** A TracePacket as a plain object, with the field names of the .proto file. */
export type Packet = Readonly<Record<string, unknown>>;

/** Encodes one of the rarer packets. The frequent ones are written byte by byte. */
export function encodePacket(packet: Packet): Uint8Array {
  return tracePacket.encode(packet).finish();
}

/** The number of a field, by the message's name within the package and the field's own. */
export function fieldNumber(message: string, field: string): number {
  const found = root.lookupType(`perfetto.${message}`).fields[field];
  if (found === undefined) throw new Error(`no field ${field} in ${message}`);
  return found.id;
}

/** The bytes that start a varint field; those of the fields used here fit in two. */
export function varintTag(message: string, field: string): number {
  return fieldNumber(message, field) << 3;
}

/** The bytes that start a field of bytes, text, packed numbers or a message. */
export function lengthTag(message: string, field: string): number {
  return (fieldNumber(message, field) << 3) | 2;
}
