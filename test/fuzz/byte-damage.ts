import { HEADER_LENGTH } from "../../src/wire/format.js";
import type { Random } from "../support/simulator/random.js";

const MOST = 40;

type Damage = (bytes: Uint8Array, at: number, random: Random) => Uint8Array;

const flip: Damage = (bytes, at, random) => {
  const flipped = bytes.slice();
  if (at < bytes.length) flipped[at] = (bytes[at] as number) ^ random.between(1, 255);
  return flipped;
};
const cut: Damage = (bytes, at) => bytes.slice(0, at);
const remove: Damage = (bytes, at, random) =>
  joined(bytes.subarray(0, at), bytes.subarray(at + random.between(1, MOST)));
const repeat: Damage = (bytes, at, random) => {
  const end = at + random.between(1, MOST);
  return joined(bytes.subarray(0, end), bytes.subarray(at));
};
const insert: Damage = (bytes, at, random) =>
  joined(bytes.subarray(0, at), randomBytes(random, random.between(1, 12)), bytes.subarray(at));
/** A varint that goes on becomes one that does not end, or ends early. */
const goOn: Damage = (bytes, at) => {
  const changed = bytes.slice();
  if (at < bytes.length) changed[at] = (bytes[at] as number) ^ 0x80;
  return changed;
};
const zero: Damage = (bytes, at, random) => bytes.slice().fill(0, at, at + random.between(1, MOST));

const DAMAGES: readonly Damage[] = [flip, flip, flip, goOn, cut, remove, repeat, insert, zero];

/** A file with one damage to its bytes behind the header. */
export function damagedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.between(Math.min(HEADER_LENGTH, bytes.length), bytes.length);
  return random.pick(DAMAGES)(bytes, at, random);
}

export function randomBytes(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => random.between(0, 255));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
