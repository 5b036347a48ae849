import { describe, expect, it } from "vitest";
import { ChunkReader } from "../../src/bytes/chunk-reader.js";
import fc from "../support/properties.js";
import { chunkedBytes } from "../support/reading.js";

const bytes = fc.uint8Array({ minLength: 0, maxLength: 20_000 });

/** A reader with random access to the bytes. */
function fileReader(data: Uint8Array): ChunkReader {
  return new ChunkReader({
    size: data.length,
    readAt(offset, into) {
      const part = data.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
  });
}

function streamReader(data: Uint8Array, chunk: number): ChunkReader {
  return new ChunkReader(chunkedBytes(data, chunk).chunks());
}

/** Takes pieces of the given lengths; whatever the reader looks ahead, they are the input. */
async function takePieces(reader: ChunkReader, data: Uint8Array, lengths: readonly number[]): Promise<void> {
  let offset = 0;
  for (const length of lengths) {
    expect(reader.offset).toBe(offset);
    const available = await reader.need(length);
    const left = data.length - offset;
    expect(available).toBeGreaterThanOrEqual(Math.min(length, left));
    expect(available).toBeLessThanOrEqual(left);
    const piece = Math.min(length, available);
    expect(reader.buffer.subarray(reader.position, reader.position + piece)).toEqual(
      data.subarray(offset, offset + piece),
    );
    if (available > 0) expect(reader.peek()).toBe(data[offset]);
    reader.skip(piece);
    offset += piece;
  }
}

describe("a chunk reader", () => {
  const lengths = fc.array(fc.oneof(fc.nat({ max: 50 }), fc.nat({ max: 6000 })), { maxLength: 30 });

  it("gives contiguous bytes out of chunks that are overwritten behind it", async () => {
    const chunk = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 9000 }));
    await fc.assert(
      fc.asyncProperty(bytes, chunk, lengths, (data, size, pieces) =>
        takePieces(streamReader(data, size), data, pieces),
      ),
    );
  });

  it("gives them out of a file", async () => {
    await fc.assert(
      fc.asyncProperty(bytes, lengths, (data, pieces) => takePieces(fileReader(data), data, pieces)),
    );
  });

  it("passes over bytes of a file that it has not read", async () => {
    const data = Uint8Array.from({ length: 100_000 }, (_, i) => i % 251);
    const reader = fileReader(data);
    await reader.need(10);
    expect(reader.reaches(90_000)).toBe(true);
    expect(reader.reaches(100_001)).toBe(false);
    reader.skip(90_000);
    expect(await reader.need(5)).toBeGreaterThanOrEqual(5);
    expect(reader.peek()).toBe(data[90_000]);
    expect(streamReader(data, 100).reaches(1)).toBe(false);
  });

  it("counts what it passes over to the end", async () => {
    const data = new Uint8Array(12_345);
    for (const reader of [fileReader(data), streamReader(data, 100)]) {
      await reader.need(20);
      reader.skip(20);
      expect(await reader.drain()).toBe(12_325);
      expect(await reader.need(1)).toBe(0);
    }
  });

  it("lets go of the source when it is closed", async () => {
    let released = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield new Uint8Array(8);
      } finally {
        released = true;
      }
    }
    const reader = new ChunkReader(source());
    await reader.need(3);
    await reader.close();
    expect(released).toBe(true);
    reader.skip(8);
    expect(await reader.need(1)).toBe(0);
  });
});
