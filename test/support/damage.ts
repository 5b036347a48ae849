import { readFileSync } from "node:fs";
import fc from "fast-check";

const HEADER = 16;
/** Always the same damage, so that a failure is no accident. */
export const DAMAGE_SEED = 20_260_101;

/** Damage done at a place, given as a fraction of the file behind the header. */
type Damage = (bytes: Uint8Array) => Uint8Array;

const place = fc.noBias(fc.nat({ max: 999_999 }).map((millionths) => millionths / 1e6));

function at(bytes: Uint8Array, fraction: number): number {
  return HEADER + Math.floor(fraction * (bytes.length - HEADER));
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const oneDamage: fc.Arbitrary<Damage> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(flip) },
  { weight: 1, arbitrary: place.map((end) => (bytes: Uint8Array) => bytes.slice(0, at(bytes, end))) },
  { weight: 1, arbitrary: fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(remove) },
  { weight: 1, arbitrary: fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(repeat) },
  { weight: 1, arbitrary: fc.tuple(place, fc.uint8Array({ minLength: 1, maxLength: 12 })).map(insert) },
);

function flip([fraction, mask]: [number, number]): Damage {
  return (bytes) => {
    const damaged = bytes.slice();
    const index = at(bytes, fraction);
    damaged[index] = (bytes[index] ?? 0) ^ mask;
    return damaged;
  };
}

function remove([fraction, count]: [number, number]): Damage {
  return (bytes) => {
    const index = at(bytes, fraction);
    return joined(bytes.subarray(0, index), bytes.subarray(index + count));
  };
}

function repeat([fraction, count]: [number, number]): Damage {
  return (bytes) => {
    const end = at(bytes, fraction) + count;
    return joined(bytes.subarray(0, end), bytes.subarray(end - count));
  };
}

function insert([fraction, added]: [number, Uint8Array]): Damage {
  return (bytes) => {
    const index = at(bytes, fraction);
    return joined(bytes.subarray(0, index), added, bytes.subarray(index));
  };
}

/** A file with up to three damages, behind its header. */
export function damagedFiles(paths: readonly string[]): fc.Arbitrary<Uint8Array> {
  const files = paths.map((path) => new Uint8Array(readFileSync(path)));
  return fc
    .tuple(fc.constantFrom(...files), fc.array(oneDamage, { minLength: 1, maxLength: 3 }))
    .map(([file, damages]) => damages.reduce<Uint8Array>((bytes, damage) => damage(bytes), file));
}
