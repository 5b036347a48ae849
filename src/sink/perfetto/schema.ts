import descriptor from "#proto/perfetto.js";
import { ByteWriter } from "../../bytes/writer.js";

/** A message as a plain object, with the field names of the .proto file. Numbers beyond 2^53 are bigints. */
export interface Message {
  readonly [field: string]: Value | readonly Value[] | undefined;
}

/** A TracePacket as a plain object. */
export type Packet = Message;

type Value = number | bigint | string | boolean | Message;

/** A field as the reflection descriptor has it. */
interface Field {
  readonly type: string;
  readonly id: number;
}

/** A message or package as the reflection descriptor has it. */
interface Namespace {
  readonly fields?: Readonly<Record<string, Field>>;
  readonly nested?: Readonly<Record<string, Namespace>>;
}

const LOWER_CASE = "a".charCodeAt(0);
const root = (descriptor as unknown as Namespace).nested?.perfetto as Namespace;

/**
 * Encodes a rare packet by the descriptor; frequent ones are written byte by byte. Loading a library for this takes
 * longer than converting a small trace.
 */
export function encodePacket(packet: Packet): Uint8Array {
  const writer = new ByteWriter(256);
  encode(writer, "TracePacket", packet);
  return writer.view();
}

/** The number of a field, by the message's name within the package and the field's own. */
function fieldNumber(message: string, field: string): number {
  return lookUp(message, field).id;
}

/** The bytes that start a varint field. */
export function varintTag(message: string, field: string): number {
  return fieldNumber(message, field) << 3;
}

/** The bytes that start a field of bytes, text, packed numbers or a message. */
export function lengthTag(message: string, field: string): number {
  return (fieldNumber(message, field) << 3) | 2;
}

function encode(writer: ByteWriter, name: string, message: Message): void {
  for (const [field, value] of Object.entries(message)) {
    if (value === undefined) continue;
    const { type, id } = lookUp(name, field);
    for (const each of Array.isArray(value) ? (value as readonly Value[]) : [value as Value]) {
      encodeField(writer, id, typeWithin(name, type), each);
    }
  }
}

function encodeField(writer: ByteWriter, id: number, type: string, value: Value): void {
  if (typeof value === "string") {
    writer.uvarint((id << 3) | 2);
    writer.text(value);
  } else if (typeof value === "object") {
    const inner = new ByteWriter(64);
    encode(inner, type, value);
    writer.nestedWriter((id << 3) | 2, inner);
  } else {
    writer.uvarint(id << 3);
    if (typeof value === "bigint") writer.bigUvarint(value);
    else writer.int64(Number(value));
  }
}

/** The full name of a type that a message's field names: nested in the message, or beside it. */
function typeWithin(message: string, type: string): string {
  if (!isMessage(type)) return type;
  return namespace(`${message}.${type}`) === undefined ? type : `${message}.${type}`;
}

/** Names of scalar types are in lower case. */
function isMessage(type: string): boolean {
  return type.charCodeAt(0) < LOWER_CASE;
}

/** Messages by name within the package, undefined where there is none. A search takes longer than encoding a field. */
const known = new Map<string, Namespace | undefined>();

function lookUp(message: string, field: string): Field {
  const found = namespace(message)?.fields?.[field];
  if (found === undefined) throw new Error(`no field ${field} in ${message}`);
  return found;
}

function namespace(name: string): Namespace | undefined {
  if (known.has(name)) return known.get(name);
  let found: Namespace | undefined = root;
  for (const part of name.split(".")) found = found?.nested?.[part];
  known.set(name, found);
  return found;
}
