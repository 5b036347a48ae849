import type { Random } from "../support/simulator/random.js";
import { randomBytes } from "./byte-damage.js";
import { type Batch, NO_BYTES, type Pieces } from "./pieces.js";

/** What a program prints to the file that its trace goes to. */
const PRINTED = [
  "hello\n",
  "panic: runtime error\n\ngoroutine 1 [running]:\n",
  "\r\n",
  "go 1.22 trace\0\0\0",
];
const encoder = new TextEncoder();

type Damage = (batches: Batch[], at: number, random: Random, other: () => Pieces) => void;

const drop: Damage = (batches, at, random) => {
  batches.splice(at, random.chance(0.8) ? 1 : random.between(1, batches.length));
};
const double: Damage = (batches, at, random) => {
  const to = random.chance(0.5) ? at : random.between(0, batches.length);
  batches.splice(to, 0, batches[at] as Batch);
};
const swap: Damage = (batches, at, random) => {
  const to = random.between(0, batches.length - 1);
  [batches[at], batches[to]] = [batches[to] as Batch, batches[at] as Batch];
};
/** Some batches of another trace come between, perhaps as ones of the same generation. */
const splice: Damage = (batches, at, random, other) => {
  const theirs = other().batches;
  const from = random.between(0, theirs.length - 1);
  const taken = theirs.slice(from, from + (random.chance(0.7) ? 1 : random.between(1, theirs.length)));
  const generation = fieldOf(batches[at], "gen");
  const adopted = random.chance(0.5) ? taken.map((batch) => withField(batch, "gen", generation)) : taken;
  batches.splice(at, random.between(0, 1), ...adopted);
};
/** A batch goes to another generation, or thread, or comes at another time. */
const move: Damage = (batches, at, random) => {
  const role = random.pick(["gen", "m", "p", "time"]);
  batches[at] = withField(batches[at] as Batch, role, fieldOf(random.pick(batches), role));
};
const print: Damage = (batches, at, random) => {
  const text = random.chance(0.6)
    ? encoder.encode(random.pick(PRINTED))
    : randomBytes(random, random.between(1, 60));
  batches.splice(at, 0, { items: [{ fields: [], text }] });
};
/** A batch without events, or without what is behind one of them. */
const empty: Damage = (batches, at, random) => {
  const { head, items } = batches[at] as Batch;
  batches[at] = { ...(head && { head }), items: items.slice(0, random.between(0, items.length)) };
};
/** A batch that ends a generation and is one of it, or an end where there is none. */
const behead: Damage = (batches, at, random) => {
  const { head, items } = batches[at] as Batch;
  const other = random.pick(batches).head ?? head ?? { fields: [], text: NO_BYTES };
  batches[at] = { head: other, items };
};

const DAMAGES: readonly Damage[] = [
  drop,
  drop,
  double,
  double,
  swap,
  swap,
  splice,
  splice,
  move,
  print,
  empty,
  behead,
];

/** A trace with one damage to its batches. @param other gives a trace from which parts may come */
export function damagedBatches(pieces: Pieces, random: Random, other: () => Pieces): Pieces {
  const batches = [...pieces.batches];
  if (batches.length === 0) return pieces;
  random.pick(DAMAGES)(batches, random.between(0, batches.length - 1), random, other);
  return { ...pieces, batches };
}

function fieldOf(batch: Batch | undefined, role: string): bigint | undefined {
  return batch?.head?.fields.find((field) => field.role === role)?.value;
}

function withField(batch: Batch, role: string, value: bigint | undefined): Batch {
  const { head, items } = batch;
  if (head === undefined || value === undefined) return batch;
  const fields = head.fields.map((field) => (field.role === role ? { ...field, value } : field));
  return { head: { ...head, fields }, items };
}
