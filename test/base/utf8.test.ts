import { expect, it } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../src/base/utf8.js";
import fc from "../support/properties.js";

const encoder = new TextEncoder();
const bytesOf = (text: string) => [...encoder.encode(text)];

it("keeps texts as they are", () => {
  for (const text of ["", "plain", "größer", "\ufeffmark", "a\u0000b", "\ufffd is one too", "\u{1f600}"])
    expect(decodeUtf8(encoder.encode(text))).toBe(text);
});

it("shows each byte that is none in hex, and nothing else", () => {
  const euro = bytesOf("5 €");
  expect(decodeUtf8(Uint8Array.from(euro.slice(0, -1)))).toBe("5 \\xe2\\x82");
  expect(decodeUtf8(Uint8Array.of(0x9a, 0xff, 0, 0x80, 0xc3, 0x28))).toBe("\\x9a\\xff\\x00\\x80\\xc3(");
  // The text before a cut character has its line ends; among raw bytes they are bytes like others.
  expect(decodeUtf8(Uint8Array.from([0x0a, ...euro.slice(0, -2)]))).toBe("\n5 \\xe2");
  expect(decodeUtf8(Uint8Array.of(0xff, 0x0a, 0x7f, 0x41))).toBe("\\xff\\x0a\\x7fA");
  // Longer than needed, half of a pair, beyond the last character.
  expect(decodeUtf8(Uint8Array.of(0xc0, 0xaf))).toBe("\\xc0\\xaf");
  expect(decodeUtf8(Uint8Array.of(0xed, 0xa0, 0x80))).toBe("\\xed\\xa0\\x80");
  expect(decodeUtf8(Uint8Array.of(0xf4, 0x90, 0x80, 0x80))).toBe("\\xf4\\x90\\x80\\x80");
});

it("loses no byte, whatever they are", () => {
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xef, 0xbf, 0xbd),
  );
  fc.assert(
    fc.property(fc.array(byte), (bytes) => {
      const some = bytes.filter((each) => each !== 0x5c);
      expect([...encodeUtf8(decodeUtf8(Uint8Array.from(some)))]).toEqual(some);
    }),
    { numRuns: 2000 },
  );
});
