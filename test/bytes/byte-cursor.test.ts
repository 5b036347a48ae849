import { describe, expect, it } from "vitest";
import { ByteCursor, MalformedBytes } from "../../src/bytes/byte-cursor.js";
import { ByteWriter } from "../../src/bytes/writer.js";
import fc from "../support/properties.js";

const MAX = 2n ** 64n - 1n;
/** Numbers of every length a varint can have, and those next to where the length changes. */
const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX }),
  fc
    .nat({ max: 64 })
    .chain((bits) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - (bits === 0 ? 0n : 1n) })),
  fc.nat({ max: 9 }).map((n) => 2n ** BigInt(7 * n)),
  fc.constantFrom(2n ** 53n - 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, MAX - 1n, MAX),
);

/** A varint, encoded here without the code under test. */
function encoded(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...bytes, Number(rest)]);
}

function cursorOver(bytes: Uint8Array): ByteCursor {
  return new ByteCursor(bytes, 0, bytes.length);
}

describe("a varint", () => {
  it("is read exactly, and rounded as a conversion to double rounds", () => {
    fc.assert(
      fc.property(uint64, (value) => {
        const cursor = cursorOver(encoded(value));
        expect(cursor.uvarint()).toBe(Number(value));
        expect(cursor.exact()).toBe(value);
        expect([cursor.low, cursor.high]).toEqual([Number(value & 0xffffffffn), Number(value >> 32n)]);
        expect(cursor.remaining).toBe(0);
      }),
    );
  });

  it("is written as it is read", () => {
    fc.assert(
      fc.property(fc.array(uint64, { maxLength: 40 }), (values) => {
        const writer = new ByteWriter(4);
        for (const value of values) {
          writer.bigUvarint(value);
          if (value <= Number.MAX_SAFE_INTEGER) writer.uvarint(Number(value));
        }
        const expected = values.flatMap((value) =>
          value <= Number.MAX_SAFE_INTEGER ? [...encoded(value), ...encoded(value)] : [...encoded(value)],
        );
        expect([...writer.view()]).toEqual(expected);
      }),
    );
  });

  it("is one of many", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(uint64, fc.boolean()), { maxLength: 5 }), (all) => {
        const cursor = cursorOver(Uint8Array.from(all.flatMap(([value]) => [...encoded(value)])));
        const values = new Float64Array(5);
        const ids = all.reduce((bits, [, isId], i) => (isId ? bits | (1 << i) : bits), 0);
        cursor.uvarints(values, all.length, ids);
        const expected = all.map(([value, isId]) => (isId && value === MAX ? -1 : Number(value)));
        expect([...values.subarray(0, all.length)]).toEqual(expected);
        expect(cursor.remaining).toBe(0);
      }),
    );
  });

  it("is an id, or none if all of its 64 bits are set", () => {
    expect(cursorOver(encoded(MAX)).id()).toBe(-1);
    expect(cursorOver(encoded(MAX - 1n)).id()).toBe(2 ** 64);
    expect(cursorOver(encoded(0xffffffffn)).id()).toBe(0xffffffff);
    expect(cursorOver(encoded(0n)).id()).toBe(0);
  });

  it("may be padded, as long as it fits", () => {
    expect(cursorOver(Uint8Array.of(0x85, 0x80, 0x80, 0)).uvarint()).toBe(5);
    const longest = Uint8Array.of(...new Array(9).fill(0x80), 1);
    const cursor = cursorOver(longest);
    expect(cursor.uvarint()).toBe(2 ** 63);
    expect(cursor.exact()).toBe(2n ** 63n);
  });

  it("is malformed if it has more than 64 bits", () => {
    for (const last of [2, 0x7f, 0x80]) {
      const bytes = Uint8Array.of(...new Array(9).fill(0xff), last, 0);
      expect(() => cursorOver(bytes).uvarint()).toThrow(MalformedBytes);
    }
  });

  it("is malformed if the bytes end within it, whatever stands behind them", () => {
    fc.assert(
      fc.property(uint64, (value) => {
        const bytes = encoded(value);
        for (let end = 0; end < bytes.length; end++)
          expect(() => new ByteCursor(bytes, 0, end).uvarint()).toThrow(MalformedBytes);
      }),
    );
  });
});

describe("a cursor", () => {
  it("reads bytes and ranges up to its end, and no further", () => {
    const cursor = new ByteCursor(Uint8Array.of(9, 1, 2, 3, 4, 9), 1, 5);
    expect(cursor.byte()).toBe(1);
    expect([...cursor.take(2)]).toEqual([2, 3]);
    expect(() => cursor.take(2)).toThrow(MalformedBytes);
    expect(cursor.byte()).toBe(4);
    expect(() => cursor.byte()).toThrow(MalformedBytes);
    expect([...cursor.take(0)]).toEqual([]);
  });

  it("can be set to another range", () => {
    const cursor = new ByteCursor(Uint8Array.of(1), 0, 1);
    cursor.reset(Uint8Array.of(7, 8, 9), 1, 3);
    expect(cursor.remaining).toBe(2);
    expect(cursor.uvarint()).toBe(8);
  });
});
