import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import protobuf from "protobufjs";
import type { TracePacket } from "./pftrace-packet.js";

/** An integer of up to 64 bits: a number when that is exact, else a bigint. */
export type Int = number | bigint;

/** A decoded message: fields under the names of the .proto file; what is absent or empty has no property. */
type PlainMessage = Readonly<Record<string, unknown>>;

const PROTO_FILE = fileURLToPath(new URL("../../proto/perfetto.proto", import.meta.url));

let ownRoot: protobuf.Root | undefined;

/** Our own description of Perfetto's messages, read from its source so that no build is needed. */
export function perfettoRoot(): protobuf.Root {
  ownRoot ??= new protobuf.Root().loadSync(PROTO_FILE, { keepCase: true });
  return ownRoot;
}

/**
 * Decodes a .pftrace or .pftrace.gz to its packets. It is strict where Perfetto is not: a field that the
 * description lacks, or has with another wire type, is an error.
 *
 * @param root describes a message `Trace` with the repeated field `packet`
 * @throws Error that names the packet and the message
 */
export function readPftrace<Packet = TracePacket>(bytes: Uint8Array, root = perfettoRoot()): Packet[] {
  const type = root.lookupType("Trace");
  const reader = protobuf.Reader.create(isGzip(bytes) ? gunzipSync(bytes) : bytes);
  reader.discardUnknown = false;
  const trace = type.decode(reader);
  rejectUnknown(trace, type, "the file");
  const packetField = type.fields.packet?.resolve();
  if (!(packetField?.resolvedType instanceof protobuf.Type)) throw new Error("Trace has no packets");
  const packetType = packetField.resolvedType;
  const packets = ((trace as unknown as PlainMessage).packet ?? []) as protobuf.Message[];
  return packets.map((packet, index) => plainMessage(packet, packetType, `packet ${index}`) as Packet);
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function plainMessage(message: protobuf.Message, type: protobuf.Type, where: string): PlainMessage {
  if (message.$unknowns !== undefined) rejectUnknown(message, type, where);
  const plain: Record<string, unknown> = {};
  const inner = innerTypes(type);
  const fields = message as unknown as PlainMessage;
  for (const name of Object.keys(message)) {
    const value = fields[name];
    const innerType = inner.get(name);
    if (!Array.isArray(value)) plain[name] = plainValue(value, innerType, where);
    // protobufjs makes an empty array for each repeated field that is absent.
    else if (value.length > 0) plain[name] = value.map((each) => plainValue(each, innerType, where));
  }
  return plain;
}

function plainValue(value: unknown, type: protobuf.Type | undefined, where: string): unknown {
  if (typeof value !== "object") return value;
  if (type !== undefined) return plainMessage(value as protobuf.Message, type, where);
  return value instanceof protobuf.util.Long ? exactInteger(value) : value;
}

const innerTypesOf = new WeakMap<protobuf.Type, ReadonlyMap<string, protobuf.Type>>();

/** The types of a message's fields that are messages themselves, by name of the field. */
function innerTypes(type: protobuf.Type): ReadonlyMap<string, protobuf.Type> {
  let inner = innerTypesOf.get(type);
  if (inner === undefined) {
    const types = type.fieldsArray.map((field) => [field.name, field.resolve().resolvedType] as const);
    inner = new Map(
      types.filter((entry): entry is [string, protobuf.Type] => entry[1] instanceof protobuf.Type),
    );
    innerTypesOf.set(type, inner);
  }
  return inner;
}

function rejectUnknown(message: protobuf.Message, type: protobuf.Type, where: string): void {
  const unknown = message.$unknowns?.[0];
  if (unknown === undefined) return;
  const tag = protobuf.Reader.create(unknown).uint32();
  throw new Error(`${where}: ${type.name} has an unknown field ${tag >>> 3} of wire type ${tag & 7}`);
}

function exactInteger({ high, low, unsigned }: protobuf.Long): Int {
  const upper = unsigned ? high >>> 0 : high;
  const number = upper * 2 ** 32 + (low >>> 0);
  return Number.isSafeInteger(number) ? number : (BigInt(upper) << 32n) | BigInt(low >>> 0);
}
