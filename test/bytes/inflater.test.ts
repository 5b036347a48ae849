import { readFileSync } from "node:fs";
import { constants, deflateRawSync, inflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DamagedDeflate, Inflated, Inflater } from "../../src/bytes/inflater.js";
import { fixtureTraces } from "../support/corpus.js";

interface Result {
  readonly bytes: Uint8Array;
  /** What is wrong, or how many bytes were used up. */
  readonly end: string | number;
}

/** Decompresses data that comes in pieces of a size. */
function inflate(data: Uint8Array, piece: number): Result {
  const inflater = new Inflater();
  const parts: Uint8Array[] = [];
  const result = (end: string | number) => ({ bytes: new Uint8Array(Buffer.concat(parts)), end });
  let position = 0;
  let end = 0;
  for (;;) {
    try {
      const state = inflater.run(data, position, end);
      position = inflater.position;
      parts.push(inflater.take().slice());
      if (state === Inflated.Done) return result(position);
      if (state === Inflated.Starved && end === data.length) return result("cut");
      if (state === Inflated.Starved) end = Math.min(end + piece, data.length);
    } catch (error) {
      if (!(error instanceof DamagedDeflate)) throw error;
      parts.push(inflater.take().slice());
      return result(error.message);
    }
  }
}

/** What Node's zlib makes of data that is cut. */
function inflateCut(data: Uint8Array): Uint8Array {
  return new Uint8Array(inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }));
}

function isRefused(data: Uint8Array): boolean {
  try {
    inflateCut(data);
    return false;
  } catch {
    return true;
  }
}

/** Length of the beginning that Node's zlib does not refuse. */
function accepted(data: Uint8Array): number {
  let good = 0;
  for (let refused = data.length + 1; refused - good > 1; ) {
    const middle = (good + refused) >> 1;
    if (middle <= data.length && !isRefused(data.subarray(0, middle))) good = middle;
    else refused = middle;
  }
  return good;
}

/** Bytes with repetitions near and far. */
const contents = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: 40 }), fc.nat({ max: 255 })), {
    maxLength: 60,
  })
  .map((parts) => {
    const pieces = parts.flatMap(([bytes, times, byte]) => [
      ...Array.from({ length: times }, () => bytes),
      new Uint8Array(times * 7).fill(byte),
    ]);
    return new Uint8Array(Buffer.concat(pieces));
  });

const ways = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
    constants.Z_FIXED,
  ),
  memLevel: fc.integer({ min: 1, max: 9 }),
});

const piece = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1 << 18 }));

describe("the inflater", () => {
  it("decompresses whatever zlib compresses, in pieces of any size", () => {
    fc.assert(
      fc.property(contents, ways, piece, (bytes, way, size) => {
        const data = new Uint8Array(deflateRawSync(bytes, way));
        const result = inflate(data, size);
        expect(result.end).toBe(data.length);
        expect(Buffer.compare(result.bytes, bytes)).toBe(0);
      }),
    );
  });

  it("decompresses traces, and leaves what stands behind them", () => {
    for (const { path } of fixtureTraces()) {
      const trace = new Uint8Array(readFileSync(path));
      const data = new Uint8Array(deflateRawSync(trace));
      const { bytes, end } = inflate(new Uint8Array(Buffer.concat([data, Buffer.from("behind")])), 1000);
      expect([path, end, Buffer.compare(bytes, trace)]).toEqual([path, data.length, 0]);
    }
  });

  it("gives of cut data what zlib gives", () => {
    fc.assert(
      fc.property(contents, ways, piece, fc.nat(), (bytes, way, size, place) => {
        const whole = new Uint8Array(deflateRawSync(bytes, way));
        const data = whole.subarray(0, place % whole.length);
        const result = inflate(data, size);
        expect(result.end).toBe("cut");
        expect(Buffer.compare(result.bytes, inflateCut(data))).toBe(0);
      }),
    );
  });

  it("finds damage where zlib finds it, and keeps what stands before it, in pieces of any size", () => {
    const path = fixtureTraces().find(({ name }) => name === "hello-go1.26")?.path ?? "";
    const whole = deflateRawSync(readFileSync(path));
    let refused = 0;
    for (let place = 0; place < whole.length; place += 7) {
      const data = new Uint8Array(whole);
      data[place] = (data[place] as number) ^ (1 << (place & 7));
      const { bytes, end } = inflate(data, 1 << 18);
      expect([place, typeof end === "string" && end !== "cut"]).toEqual([place, isRefused(data)]);
      for (const size of [1, 100]) {
        const parts = inflate(data, size);
        expect([place, parts.end, Buffer.compare(parts.bytes, bytes)]).toEqual([place, end, 0]);
      }
      if (isRefused(data)) refused++;
      // Up to the byte before the one in which it is found, zlib agrees.
      const before = inflateCut(data.subarray(0, accepted(data)));
      expect(Buffer.compare(bytes.subarray(0, before.length), before)).toBe(0);
    }
    expect(refused).toBeGreaterThan(20);
  });

  it("decompresses other data after a reset, of which nothing before is a part", () => {
    const inflater = new Inflater();
    const data = new Uint8Array(deflateRawSync(Buffer.from("abcabcabcabc")));
    for (let i = 0; i < 3; i++) {
      inflater.reset();
      expect(inflater.run(data, 0, data.length)).toBe(Inflated.Done);
      expect(Buffer.from(inflater.take()).toString()).toBe("abcabcabcabc");
    }
    // A block of fixed codes that begins with a repetition: of 3 bytes, 1 byte back.
    inflater.reset();
    expect(() => inflater.run(Uint8Array.of(0x03, 0x02, 0, 0), 0, 4)).toThrow("before the beginning");
  });
});
