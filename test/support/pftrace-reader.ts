import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import protobuf from "protobufjs";
import type { TracePacket } from "./pftrace-packet.js";

/** An integer of up to 64 bits: a number when that is exact, else a bigint. */
export type Int = number | bigint;

const PROTO_FILE = fileURLToPath(new URL("../../proto/perfetto.proto", import.meta.url));

let ownRoot: protobuf.Root | undefined;

/** Our own description of Perfetto's messages, read from its source so that no build is needed. */
export function perfettoRoot(): protobuf.Root {
  ownRoot ??= new protobuf.Root().loadSync(PROTO_FILE, { keepCase: true });
  return ownRoot;
}

/**
 * Decodes a .pftrace or .pftrace.gz to its packets: fields under the names of the .proto file; what is absent or empty has no
 * property. It is strict where Perfetto is not: a field that the description lacks, or has with another wire type, is an error.
 *
 * @param root describes a message `Trace` with the repeated field `packet`
 * @throws Error that names the packet and the message
 */
export function readPftrace<Packet = TracePacket>(bytes: Uint8Array, root = perfettoRoot()): Packet[] {
  const trace = root.lookupType("Trace");
  const packet = trace.fields.packet?.resolve();
  if (!(packet?.resolvedType instanceof protobuf.Type)) throw new Error("Trace has no packets");
  const type = messageType(packet.resolvedType);
  const tag = (packet.id << 3) | WireType.Bytes;
  const reader = protobuf.Reader.create(isGzip(bytes) ? gunzipSync(bytes) : bytes);
  const packets: Packet[] = [];
  while (reader.pos < reader.len) {
    const found = reader.uint32();
    if (found !== tag) throw new Error(`the file: ${unknownField(trace.name, found)}`);
    packets.push(readMessage(reader, type, packets.length) as Packet);
  }
  return packets;
}

const WireType = { Varint: 0, Fixed64: 1, Bytes: 2, Fixed32: 5 } as const;

/** How each type is encoded, and read. Varints of up to 64 bits are read without an object for each. */
const SCALARS: Readonly<Record<string, readonly [wire: number, read: (reader: protobuf.Reader) => unknown]>> =
  {
    uint32: [WireType.Varint, (reader) => reader.uint32()],
    int32: [WireType.Varint, (reader) => reader.int32()],
    sint32: [WireType.Varint, (reader) => reader.sint32()],
    bool: [WireType.Varint, (reader) => reader.bool()],
    uint64: [WireType.Varint, (reader) => varint(reader) ?? exactInteger(reader.uint64())],
    int64: [WireType.Varint, (reader) => varint(reader) ?? exactInteger(reader.int64())],
    sint64: [WireType.Varint, (reader) => exactInteger(reader.sint64())],
    fixed64: [WireType.Fixed64, (reader) => exactInteger(reader.fixed64())],
    double: [WireType.Fixed64, (reader) => reader.double()],
    fixed32: [WireType.Fixed32, (reader) => reader.fixed32()],
    float: [WireType.Fixed32, (reader) => reader.float()],
    string: [WireType.Bytes, (reader) => reader.string()],
    bytes: [WireType.Bytes, (reader) => reader.bytes()],
  };

interface Field {
  readonly name: string;
  readonly repeated: boolean;
  /** Whether many values follow the tag at once. */
  readonly packed: boolean;
  readonly read: ((reader: protobuf.Reader) => unknown) | undefined;
  /** Of a message. */
  readonly type: MessageType | undefined;
}

interface MessageType {
  readonly name: string;
  /** By tag: number of the field and wire type. */
  readonly fields: Map<number, Field>;
}

const messageTypes = new WeakMap<protobuf.Type, MessageType>();

function messageType(type: protobuf.Type): MessageType {
  const known = messageTypes.get(type);
  if (known !== undefined) return known;
  const made: MessageType = { name: type.name, fields: new Map() };
  // Before its fields, of which one may be of this type.
  messageTypes.set(type, made);
  for (const { id, name, repeated, resolvedType, type: scalar } of type.fieldsArray.map((field) =>
    field.resolve(),
  )) {
    if (resolvedType instanceof protobuf.Type) {
      const inner = messageType(resolvedType);
      made.fields.set((id << 3) | WireType.Bytes, {
        name,
        repeated,
        packed: false,
        read: undefined,
        type: inner,
      });
      continue;
    }
    const [wire, read] = SCALARS[resolvedType === null ? scalar : "int32"] ?? [];
    if (wire === undefined) throw new Error(`${type.name}.${name} has the unknown type ${scalar}`);
    made.fields.set((id << 3) | wire, { name, repeated, packed: false, read, type: undefined });
    if (!repeated || wire === WireType.Bytes) continue;
    made.fields.set((id << 3) | WireType.Bytes, { name, repeated, packed: true, read, type: undefined });
  }
  return made;
}

/** Reads a message behind its length. @param packet number of the packet that it is in */
function readMessage(reader: protobuf.Reader, type: MessageType, packet: number): Record<string, unknown> {
  const end = endOf(reader);
  const message: Record<string, unknown> = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = type.fields.get(tag);
    if (field === undefined) throw new Error(`packet ${packet}: ${unknownField(type.name, tag)}`);
    const { name } = field;
    if (field.packed) {
      message[name] ??= [];
      for (const last = endOf(reader); reader.pos < last; )
        (message[name] as unknown[]).push(field.read?.(reader));
      continue;
    }
    const value = field.type === undefined ? field.read?.(reader) : readMessage(reader, field.type, packet);
    if (!field.repeated) message[name] = value;
    else if (message[name] === undefined) message[name] = [value];
    else (message[name] as unknown[]).push(value);
  }
  if (reader.pos !== end)
    throw new Error(`packet ${packet}: the last field of ${type.name} is longer than that`);
  return message;
}

/** Reads a length. @returns the position at which that many bytes end @throws RangeError if they are not there */
function endOf(reader: protobuf.Reader): number {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError(`index out of range: ${reader.pos} + ${length} > ${reader.len}`);
  return end;
}

/** A varint of at most 28 bits; undefined, and nothing read, if it is longer. */
function varint(reader: protobuf.Reader): number | undefined {
  const { buf, pos } = reader;
  let value = 0;
  for (let i = 0; i < 4; i++) {
    const byte = buf[pos + i];
    if (byte === undefined) return undefined;
    value |= (byte & 0x7f) << (7 * i);
    if (byte > 0x7f) continue;
    reader.pos = pos + i + 1;
    return value;
  }
  return undefined;
}

function unknownField(type: string, tag: number): string {
  return `${type} has an unknown field ${tag >>> 3} of wire type ${tag & 7}`;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** As protobufjs reads integers of 64 bits. */
function exactInteger(integer: protobuf.Long | number): Int {
  if (typeof integer === "number") return integer;
  const { high, low, unsigned } = integer;
  const upper = unsigned ? high >>> 0 : high;
  const number = upper * 2 ** 32 + (low >>> 0);
  return Number.isSafeInteger(number) ? number : (BigInt(upper) << 32n) | BigInt(low >>> 0);
}
