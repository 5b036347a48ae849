import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { decimalLength } from "../../../src/bytes/decimal.js";
import { putField, putNumber } from "../../../src/bytes/encode/small-varint.js";
import { SteadyVarint } from "../../../src/bytes/encode/steady-varint.js";
import { EncodedText } from "../../../src/bytes/encoded-text.js";
import fc from "../../support/properties.js";

const START = 3;

/** What a function puts behind three bytes of other things. */
function put(write: (data: DataView, position: number) => number): Uint8Array {
  const bytes = new Uint8Array(256).fill(0xee);
  const end = write(new DataView(bytes.buffer), START);
  expect([...bytes.subarray(0, START)]).toEqual([0xee, 0xee, 0xee]);
  return bytes.subarray(START, end);
}

/** The shortest varint of a number, as protobuf's own library writes it. */
function varint(value: number): Uint8Array {
  return Uint8Array.from(protobuf.Writer.create().uint64(value).finish());
}

const wholeNumber = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(),
  fc
    .integer({ min: 0, max: 53 })
    .chain((bits) => fc.constantFrom(2 ** bits - 1, Math.min(2 ** bits, 2 ** 53 - 1))),
);

test("numbers are varints", () => {
  fc.assert(
    fc.property(wholeNumber, (value) => {
      expect(put((data, at) => putNumber(data, at, value))).toEqual(varint(value));
      expect(put((data, at) => putField(data, at, 8, value))).toEqual(Uint8Array.of(8, ...varint(value)));
    }),
  );
});

test("numbers that follow each other are varints", () => {
  fc.assert(
    fc.property(fc.array(wholeNumber), fc.array(fc.nat()), (values, deltas) => {
      const steady = new SteadyVarint();
      let last = 2 ** 50;
      const all = [...values, ...deltas.map((delta) => (last += delta))];
      for (const value of all) expect(put((data, at) => steady.put(data, at, value))).toEqual(varint(value));
    }),
  );
});

test("decimals are as long as the digits that the language gives them", () => {
  fc.assert(
    fc.property(wholeNumber, (value) => {
      expect(decimalLength(value)).toBe(String(value).length);
    }),
  );
});

test("texts are put as they are", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
      const bytes = put((data, at) => new EncodedText(text).put(data, at));
      expect(Buffer.from(bytes).toString()).toBe(text);
    }),
  );
});
