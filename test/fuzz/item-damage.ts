import { WIRE_EVENTS as EVENTS_1, wireArgs } from "../../src/wire/v1/spec.js";
import { WIRE_EVENTS as EVENTS_2 } from "../../src/wire/v2/spec.js";
import type { Random } from "../support/simulator/random.js";
import { randomBytes } from "./byte-damage.js";
import {
  type Batch,
  FIRST_OF_FORMAT_2,
  type Field,
  type Item,
  NO_BYTES,
  type Pieces,
  type Role,
} from "./pieces.js";

/** Numbers at which something begins or ends: of varints, of exact numbers, of 32 and 64 bits, of the runtime's limits. */
const EDGES: readonly bigint[] = [
  ...[0n, 1n, 2n, 3n, 100n, 1000n, 1024n, 65_536n],
  ...[7, 14, 16, 21, 24, 28, 30, 31, 32, 40, 48, 52, 53, 62, 63, 64].flatMap((bits) =>
    [-1n, 0n, 1n].map((by) => BigInt.asUintN(64, (1n << BigInt(bits)) + by)),
  ),
];
const TEXTS: readonly (string | readonly number[])[] = [
  ...[
    "",
    "\u0000\u0001\u001b[31m",
    '"\\\n\r\t',
    "</script><script>",
    "__proto__",
    "constructor",
    "\u2028\u2029\u0085",
  ],
  ...["𝔘 ni\u0301", "main.main", "GC", "a".repeat(1024)],
  // Lone surrogates, overlong and cut sequences: no UTF-8.
  ...[
    [0xed, 0xa0, 0x80],
    [0xc0, 0x80],
    [0xe2, 0x82],
    [0xff, 0xfe],
    [0x61, 0x80, 0x62],
    [0xf5, 0x80, 0x80, 0x80],
  ],
];
const encoder = new TextEncoder();

/** All items of a batch, its head first. */
type Damage = (items: Item[], at: number, random: Random, pieces: Pieces) => void;

const number: Damage = (items, at, random, pieces) => {
  const item = items[at] as Item;
  if (item.fields.length === 0) return;
  const index = random.between(0, item.fields.length - 1);
  const fields = [...item.fields];
  fields[index] = otherField(fields[index] as Field, random, pieces);
  items[at] = { ...item, fields };
};
const drop: Damage = (items, at, random) => {
  items.splice(at, random.chance(0.8) ? 1 : random.between(1, items.length));
};
const double: Damage = (items, at, random) => {
  items.splice(random.chance(0.5) ? at : random.between(0, items.length), 0, items[at] as Item);
};
const swap: Damage = (items, at, random) => {
  const to = random.between(0, items.length - 1);
  [items[at], items[to]] = [items[to] as Item, items[at] as Item];
};
/** An event of any kind, about what occurs in the trace. */
const add: Damage = (items, at, random, pieces) => {
  const roles = rolesOfAny(pieces.minor, random);
  const fields = roles.fields.map((role) => otherField({ role, value: 0n }, random, pieces));
  items.splice(at, 0, { type: roles.type, fields, text: NO_BYTES });
};
/** It becomes an event of another kind, with the same numbers. */
const retype: Damage = (items, at, random, { minor }) => {
  items[at] = { ...(items[at] as Item), type: rolesOfAny(minor, random).type };
};
const text: Damage = (items, at, random) => {
  const found = items.findIndex((item, i) => i >= at && item.text.length > 0);
  const item = items[found];
  if (item === undefined) return;
  const other = random.pick(TEXTS);
  const bytes = typeof other === "string" ? encoder.encode(other) : Uint8Array.from(other);
  items[found] = { ...item, text: random.chance(0.9) ? bytes : randomBytes(random, random.between(1, 40)) };
};
/** A number too few or too many. */
const arity: Damage = (items, at, random) => {
  const item = items[at] as Item;
  const index = random.between(0, item.fields.length);
  const fields = [...item.fields];
  if (random.chance(0.5)) fields.splice(index, 1);
  else fields.splice(index, 0, { role: "value", value: random.pick(EDGES) });
  items[at] = { ...item, fields };
};

const DAMAGES: readonly Damage[] = [
  ...[number, number, number, number, number, number, number],
  ...[drop, drop, double, swap, add, retype, text, text, arity],
];

/** A trace with one damage to an event or an entry of a table. */
export function damagedItems(pieces: Pieces, random: Random): Pieces {
  const { batches } = pieces;
  if (batches.length === 0) return pieces;
  const index = random.between(0, batches.length - 1);
  const batch = batches[index] as Batch;
  // The header is an item among others, if only for numbers.
  const items = [...batch.items];
  const damage = random.pick(DAMAGES);
  let { head } = batch;
  if (head === undefined && items.length === 0) return pieces;
  if (head !== undefined && (items.length === 0 || (damage === number && random.chance(0.15)))) {
    const heads = [head];
    number(heads, 0, random, pieces);
    head = heads[0];
  } else damage(items, random.between(0, items.length - 1), random, pieces);
  const changed = [...batches];
  changed[index] = { ...(head && { head }), items };
  return { ...pieces, batches: changed };
}

function otherField({ role, value }: Field, random: Random, pieces: Pieces): Field {
  const kind = random.next();
  // What was a length that fits is one of its own then.
  const known = value ?? BigInt(random.between(0, 100));
  if (kind < 0.3) return { role, value: random.pick(EDGES) };
  if (kind < 0.5) return { role, value: BigInt.asUintN(64, known + BigInt(random.between(-3, 3))) };
  if (kind < 0.6) return { role, value: BigInt(random.between(0, 300)) };
  if (kind < 0.65) return { role, value: known ^ (1n << BigInt(random.between(0, 63))) };
  return { role, value: valueInUse(role, random, pieces) ?? known };
}

/** A number of the same role that stands elsewhere in the trace. */
function valueInUse(role: Role, random: Random, { batches }: Pieces): bigint | undefined {
  const isName = role === "string" || role === "stack";
  for (let tries = 0; tries < 20; tries++) {
    const { head, items } = random.pick(batches);
    const item = items.length > 0 && random.chance(0.9) ? random.pick(items) : head;
    const field = item?.fields.find((each) => each.role === role || (isName && each.role === "id"));
    if (field?.value !== undefined) return field.value;
  }
  return undefined;
}

function rolesOfAny(minor: number, random: Random): { type: number; fields: Role[] } {
  if (minor >= FIRST_OF_FORMAT_2) {
    const { type, args, timed } = random.pick(EVENTS_2);
    return { type, fields: [...(timed ? (["delta"] as const) : []), ...args.map((arg) => arg.type)] };
  }
  const { type, timed } = random.pick(EVENTS_1);
  const args = wireArgs(type, minor) ?? [];
  return { type, fields: [...(timed ? (["delta"] as const) : []), ...args.map((arg) => arg.type)] };
}
