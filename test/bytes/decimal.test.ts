import { expect, test } from "vitest";
import { decimalLength, MAX_DECIMAL, putDecimal, putMicroseconds } from "../../src/bytes/decimal.js";
import fc from "../support/properties.js";

type Put = (bytes: Uint8Array, position: number, value: number) => number;

function text(put: Put, value: number): string {
  const bytes = new Uint8Array(MAX_DECIMAL + 1);
  const end = put(bytes, 1, value);
  return Buffer.from(bytes.subarray(1, end)).toString("latin1");
}

const EDGES = [0, 9, 10, 99, 100, 999, 1000, 999_999, 1_000_000, 999_999_999, 1e9, 1_000_000_001, 2 ** 53];

test("whole numbers are as JavaScript prints them", () => {
  for (const value of EDGES) expect(text(putDecimal, value)).toBe(String(value));
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(52), (value, bits) => {
      const number = Math.floor(value / 2 ** bits);
      expect(text(putDecimal, number)).toBe(String(number));
    }),
  );
});

test("microseconds keep their nanoseconds", () => {
  expect(text(putMicroseconds, 0)).toBe("0");
  expect(text(putMicroseconds, 5)).toBe("0.005");
  expect(text(putMicroseconds, 71_808)).toBe("71.808");
  expect(text(putMicroseconds, 2_000)).toBe("2");
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const [whole = "", rest = "000"] = text(putMicroseconds, value).split(".");
      expect(BigInt(whole) * 1000n + BigInt(rest)).toBe(BigInt(value));
      expect(rest.length).toBe(3);
    }),
  );
});

test("any other number is one of JSON, too", () => {
  const numbers = fc.oneof(fc.double(), fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(Number));
  fc.assert(
    fc.property(numbers, (number) => {
      const value = Number.isInteger(number) ? number : Math.sign(number) * 2 ** 60;
      const expected = Number.isFinite(value) ? value : 0;
      expect(JSON.parse(text(putDecimal, value))).toBe(expected === 0 ? 0 : expected);
      expect(decimalLength(value)).toBe(text(putDecimal, value).length);
      expect(JSON.parse(text(putMicroseconds, value))).toBeCloseTo(expected / 1000, 3);
    }),
  );
});
