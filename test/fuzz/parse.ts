import { ByteCursor, MalformedBytes } from "../../src/bytes/byte-cursor.js";
import {
  wireArgs as argsOfFormat1,
  wireEvent as eventOfFormat1,
  SINCE_NAMES,
} from "../../src/wire/v1/spec.js";
import { wireEvent as eventOfFormat2, wireType } from "../../src/wire/v2/spec.js";
import { type Batch, type Field, type Item, NO_BYTES, type Role } from "./pieces.js";

const TYPE_MASK = 0x3f;
const COUNT_SHIFT = 6;
const LONG_FORM = 3;
const V1 = { batch: 1, stack: 3, string: 37, log: 48 } as const;
const V2 = {
  batch: wireType("EventBatch"),
  stack: wireType("Stack"),
  string: wireType("String"),
  experimental: wireType("ExperimentalBatch"),
  end: wireType("EndOfGeneration"),
} as const;
const FRAME: readonly Role[] = ["pc", "string", "string", "value"];
const HEAD: readonly Role[] = ["gen", "m", "time"];
const NAMED: Readonly<Record<string, Role>> = { id: "id", time: "time", ticks: "time", dt: "time" };

/** The parts of the formats of Go 1.5 to 1.21: a batch begins with an event of its own. */
export function partsOfFormat1(bytes: Uint8Array, minor: number): Batch[] {
  const parts: Batch[] = [];
  let items: Item[] = [];
  let head: Item | undefined;
  const close = () => {
    if (head !== undefined || items.length > 0) parts.push({ ...(head && { head }), items });
    items = [];
    head = undefined;
  };
  let isTable = false;
  for (const item of itemsOf(bytes, (cursor) => itemOfFormat1(cursor, minor))) {
    const isTimed = item.type !== undefined && eventOfFormat1(item.type)?.timed === true;
    if (item.type === V1.batch || (!isTimed && !isTable)) close();
    isTable = !isTimed && item.type !== V1.batch;
    if (item.type === V1.batch) head = item;
    else items.push(item);
  }
  close();
  return parts;
}

/** The parts of the formats since Go 1.22. */
export function partsOfFormat2(bytes: Uint8Array): Batch[] {
  const parts: Batch[] = [];
  const cursor = new ByteCursor(bytes, 0, bytes.length);
  while (cursor.remaining > 0) {
    const start = cursor.position;
    try {
      parts.push(batchOfFormat2(cursor));
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      parts.push({ items: [rawItem(bytes.subarray(start))] });
      break;
    }
  }
  return parts;
}

/** Things that follow one another; what is behind the last that can be read is one of mere bytes. */
function itemsOf(bytes: Uint8Array, read: (cursor: ByteCursor) => Item): Item[] {
  const items: Item[] = [];
  const cursor = new ByteCursor(bytes, 0, bytes.length);
  while (cursor.remaining > 0) {
    const start = cursor.position;
    try {
      items.push(read(cursor));
    } catch (error) {
      if (!(error instanceof MalformedBytes)) throw error;
      items.push(rawItem(bytes.subarray(start)));
      break;
    }
  }
  return items;
}

function itemOfFormat1(cursor: ByteCursor, minor: number): Item {
  const first = cursor.byte();
  const type = first & TYPE_MASK;
  const spec = eventOfFormat1(type);
  if (spec === undefined) throw new MalformedBytes("no event");
  if (type === V1.string) return stringItem(cursor, type);
  const isOld = minor < SINCE_NAMES;
  const leading: Role[] = spec.timed ? (isOld ? ["seq", "delta"] : ["delta"]) : [];
  const roles = [...leading, ...(argsOfFormat1(type, minor) ?? []).map(roleOf)];
  if (type === V1.stack) roles.splice(0, roles.length, "id", "length");
  const fields: Field[] = [];
  const frame = isOld ? FRAME.slice(0, 1) : FRAME;
  const next = () => fields.push(field(roleAt(roles, fields.length, type === V1.stack ? frame : []), cursor));
  if (first >> COUNT_SHIFT === LONG_FORM) {
    const length = cursor.uvarint();
    const end = cursor.position + length;
    if (length > cursor.remaining) throw new MalformedBytes("too long");
    while (cursor.position < end) next();
    if (cursor.position > end) throw new MalformedBytes("too long");
  } else for (let left = (first >> COUNT_SHIFT) + (isOld ? 2 : 1); left > 0; left--) next();
  if (type === V1.stack) return { type, fields: withOwnCount(fields), text: NO_BYTES };
  if (type !== V1.log) return { type, fields, text: NO_BYTES };
  const text = cursor.take(cursor.uvarint());
  return { type, fields: [...fields, { role: "length" }], text };
}

function batchOfFormat2(cursor: ByteCursor): Batch {
  const type = cursor.byte();
  if (type === V2.end) return { head: { type, fields: [], text: NO_BYTES }, items: [] };
  if (type !== V2.batch && type !== V2.experimental) throw new MalformedBytes("no batch");
  const roles: readonly Role[] = type === V2.experimental ? ["value", ...HEAD] : HEAD;
  const fields = roles.map((role) => field(role, cursor));
  const data = cursor.take(cursor.uvarint());
  const head: Item = { type, fields: [...fields, { role: "length" }], text: NO_BYTES };
  return { head, items: type === V2.batch ? itemsOf(data, itemOfFormat2) : [rawItem(data)] };
}

function itemOfFormat2(cursor: ByteCursor): Item {
  const type = cursor.byte();
  const spec = eventOfFormat2(type);
  if (spec === undefined) throw new MalformedBytes("no event");
  if (type === V2.string) return stringItem(cursor, type);
  const fields: Field[] = spec.timed ? [field("delta", cursor)] : [];
  for (const arg of spec.args) fields.push(field(roleOf(arg), cursor));
  if (type !== V2.stack) return { type, fields, text: NO_BYTES };
  const frames = Number(fields[1]?.value ?? 0n);
  if (frames > cursor.remaining) throw new MalformedBytes("too many frames");
  for (let i = 0; i < frames * FRAME.length; i++) fields.push(field(FRAME[i % FRAME.length] as Role, cursor));
  return { type, fields: withOwnCount(fields), text: NO_BYTES };
}

function stringItem(cursor: ByteCursor, type: number): Item {
  const id = field("id", cursor);
  const text = cursor.take(cursor.uvarint());
  return { type, fields: [id, { role: "length" }], text };
}

/** A stack's number of frames follows from what is there. */
function withOwnCount([id, , ...frames]: readonly Field[]): Field[] {
  return [id as Field, { role: "length" }, ...frames];
}

function rawItem(text: Uint8Array): Item {
  return { fields: [], text };
}

function field(role: Role, cursor: ByteCursor): Field {
  cursor.uvarint();
  return { role, value: cursor.exact() };
}

function roleOf({ name, type }: { readonly name: string; readonly type: Role }): Role {
  return NAMED[name] ?? type;
}

/** Behind those that are known come repeated ones. */
function roleAt(roles: readonly Role[], index: number, repeated: readonly Role[]): Role {
  return roles[index] ?? repeated[(index - roles.length) % repeated.length] ?? "value";
}
