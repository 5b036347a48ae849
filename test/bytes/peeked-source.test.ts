import { describe, expect, it } from "vitest";
import { TraceError } from "../../src/base/errors.js";
import { type ByteSource, sourceOf } from "../../src/bytes/byte-source.js";
import { PeekedSource } from "../../src/bytes/peeked-source.js";
import { chunkedBytes } from "../support/reading.js";

const DATA = Uint8Array.from({ length: 1000 }, (_, i) => i % 251);

async function readAll(source: ByteSource): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of source.chunks()) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

describe("a source that is peeked at", () => {
  it.each([1, 3, 64, 5000])("gives all bytes afterwards, in chunks of %i", async (chunk) => {
    const source = new PeekedSource(chunkedBytes(DATA, chunk));
    for (const count of [2, 16, 1, 300]) expect(await source.peek(count)).toEqual(DATA.subarray(0, count));
    expect((await readAll(source)).equals(DATA)).toBe(true);
  });

  it("gives fewer bytes only if there are no more", async () => {
    const source = new PeekedSource(chunkedBytes(DATA, 7));
    expect(await source.peek(2000)).toEqual(DATA);
    expect((await readAll(source)).equals(DATA)).toBe(true);
    expect(await new PeekedSource(sourceOf([])).peek(2)).toHaveLength(0);
  });

  it("reads no more than it takes", async () => {
    let read = 0;
    function* chunks(): Generator<Uint8Array> {
      for (; ; read++) yield Uint8Array.of(read);
    }
    await new PeekedSource(sourceOf(chunks())).peek(3);
    expect(read).toBe(2);
  });

  it("gives what stands before a failure twice, and then the failure", async () => {
    const failure = new TraceError("read-failed", "it broke");
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield DATA.subarray(0, 5);
      throw failure;
    }
    const source = new PeekedSource(sourceOf(chunks()));
    expect(await source.peek(16)).toEqual(DATA.subarray(0, 5));
    expect(source.failure).toBe(failure);
    const given: number[] = [];
    const reading = (async () => {
      for await (const chunk of source.chunks()) given.push(...chunk);
    })();
    await expect(reading).rejects.toBe(failure);
    expect(given).toEqual([...DATA.subarray(0, 5)]);
  });
});
