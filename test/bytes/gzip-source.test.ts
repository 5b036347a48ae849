import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { constants, crc32, deflateRawSync, gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { TraceError } from "../../src/base/errors.js";
import { gunzipSource } from "../../src/bytes/gzip-source.js";
import { openTraceFile } from "../../src/node.js";
import { openTrace } from "../../src/order/open.js";
import { validTrace } from "../support/corpus.js";
import { type ReadTrace, readRows } from "../support/event-rows.js";
import { chunkedBytes, openBytes } from "../support/reading.js";

const CHUNKS = [50, 1000, 4096, 1 << 20];
/** Compressed bytes before damage that may be lost. */
const LARGEST_LOSS = 1 << 14;
const HEADER = 10;
const TRAILER = 8;

interface Gunzipped {
  readonly bytes: Buffer;
  readonly error: TraceError | undefined;
}

async function gunzip(data: Uint8Array, chunk: number): Promise<Gunzipped> {
  const parts: Buffer[] = [];
  let error: TraceError | undefined;
  try {
    for await (const part of gunzipSource(chunkedBytes(data, chunk)).chunks()) parts.push(Buffer.from(part));
  } catch (thrown) {
    if (!(thrown instanceof TraceError)) throw thrown;
    error = thrown;
  }
  return { bytes: Buffer.concat(parts), error };
}

/** Decompresses in all sizes of chunks, which must agree. */
async function gunzipAll(data: Uint8Array): Promise<Gunzipped> {
  const first = await gunzip(data, data.length);
  for (const chunk of CHUNKS) {
    const other = await gunzip(data, chunk);
    expect([chunk, other.bytes.equals(first.bytes)]).toEqual([chunk, true]);
    expect([other.error?.message, other.error?.facts]).toEqual([first.error?.message, first.error?.facts]);
  }
  return first;
}

function traceBytes(name: string): Buffer {
  return readFileSync(validTrace(name).path);
}

const sync = traceBytes("sync-go1.26");
const zipped = gzipSync(sync);

/** A member with every part that a header can have. */
function memberWithAll(data: Uint8Array): Buffer {
  const plain = gzipSync(data);
  const header = Buffer.from(plain.subarray(0, HEADER));
  header[3] = 0x1f;
  const extra = Buffer.from([3, 0, 1, 2, 3]);
  const texts = Buffer.from("name.trace\0a comment\0");
  const whole = Buffer.concat([header, extra, texts]);
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc32(whole) & 0xffff);
  return Buffer.concat([whole, checksum, plain.subarray(HEADER)]);
}

describe("gzip", () => {
  it("is decompressed, of one member or many, whatever their headers hold", async () => {
    const third = Math.floor(sync.length / 3);
    const parts = [sync.subarray(0, third), sync.subarray(third, 2 * third), sync.subarray(2 * third)];
    const many = Buffer.concat([
      gzipSync(parts[0]!),
      memberWithAll(parts[1]!),
      gzipSync(parts[2]!),
      gzipSync(""),
    ]);
    for (const data of [zipped, memberWithAll(sync), many]) {
      expect(gunzipSync(data).equals(sync)).toBe(true);
      expect(await gunzipAll(data)).toEqual({ bytes: sync, error: undefined });
    }
  });

  it("is what openTraceFile reads too", async () => {
    const folder = await mkdtemp(join(tmpdir(), "go2perfetto-test-"));
    const path = join(folder, "trace.gz");
    await writeFile(path, zipped);
    const { rows } = await readRows(await openTraceFile(path));
    expect(rows.length).toBeGreaterThan(9000);
    expect(rows.difference((await readRows(await openBytes(sync))).rows)).toBeUndefined();
    await writeFile(path, zipped.subarray(0, 5));
    await expect(openTraceFile(path)).rejects.toMatchObject({ code: "truncated" });
    await rm(folder, { recursive: true });
  });

  it("may end in zeros", async () => {
    const padded = Buffer.concat([zipped, new Uint8Array(700)]);
    expect(await gunzipAll(padded)).toEqual({ bytes: sync, error: undefined });
  });

  it("that is cut gives what is there, and where it is cut", async () => {
    for (const length of [3, 9, 10, 11, 400, 5000, zipped.length - TRAILER, zipped.length - 1]) {
      const data = zipped.subarray(0, length);
      const { bytes, error } = await gunzipAll(data);
      const whole =
        length < HEADER ? Buffer.alloc(0) : gunzipSync(data, { finishFlush: constants.Z_SYNC_FLUSH });
      expect([length, bytes.equals(whole)]).toEqual([length, true]);
      expect([error?.code, error?.facts]).toEqual([
        "truncated",
        { offset: bytes.length, compressedOffset: length },
      ]);
    }
  });

  it("that is cut in its second member gives the first, and the beginning of the second", async () => {
    const data = Buffer.concat([zipped, zipped]).subarray(0, zipped.length + 5000);
    const { bytes, error } = await gunzipAll(data);
    expect(bytes.length).toBeGreaterThan(sync.length + 5000);
    expect(bytes.equals(Buffer.concat([sync, sync]).subarray(0, bytes.length))).toBe(true);
    expect([error?.code, error?.facts]).toEqual([
      "truncated",
      { offset: bytes.length, compressedOffset: data.length },
    ]);
  });

  it.each([0.1, 0.5, 1])(
    "that is damaged gives what stands before the damage, all but 16 KB or an eighth of it: after %d of it",
    async (part) => {
      // A stored block's length, behind a piece of compressed data.
      const length = Math.floor(part * sync.length);
      const head = deflateRawSync(sync.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
      const stored = Buffer.from([0, 1, 0, 1, 0]);
      const data = Buffer.concat([zipped.subarray(0, HEADER), head, stored, zipped.subarray(HEADER)]);
      for (const chunk of CHUNKS) {
        const { bytes, error } = await gunzip(data, chunk);
        expect(bytes.equals(sync.subarray(0, bytes.length))).toBe(true);
        expect(error?.message).toContain("invalid stored block lengths");
        const { offset, compressedOffset = 0 } = error?.facts ?? {};
        expect([error?.code, offset]).toEqual(["read-failed", bytes.length]);
        const lost = HEADER + head.length - compressedOffset;
        // zlib looks at the whole header of a stored block.
        expect(lost).toBeGreaterThan(-stored.length);
        expect(lost).toBeLessThanOrEqual(Math.min(LARGEST_LOSS, Math.max(256, head.length / 8)));
        // Up to there it is what zlib makes of the data.
        const whole = gunzipSync(data.subarray(0, compressedOffset), {
          finishFlush: constants.Z_SYNC_FLUSH,
        });
        expect(bytes.length).toBeGreaterThanOrEqual(whole.length);
      }
    },
  );

  it.each([
    ["checksum", 1],
    ["length", 5],
  ])("with a wrong %s gives everything", async (what, place) => {
    const data = Buffer.from(zipped);
    data[data.length - TRAILER + place]! ^= 1;
    const { bytes, error } = await gunzipAll(data);
    expect(bytes.equals(sync)).toBe(true);
    expect([error?.code, error?.message, error?.facts]).toEqual([
      "read-failed",
      expect.stringContaining(`its ${what} is wrong`),
      { offset: sync.length, compressedOffset: data.length - TRAILER },
    ]);
  });

  it("with something else behind it gives everything, and says what is there", async () => {
    const { bytes, error } = await gunzipAll(Buffer.concat([zipped, Buffer.from("\0\0garbage")]));
    expect(bytes.equals(sync)).toBe(true);
    expect([error?.code, error?.message, error?.facts]).toEqual([
      "trailing-data",
      "7 bytes that are not gzip follow the gzip data",
      { offset: sync.length, compressedOffset: zipped.length + 2 },
    ]);
  });

  it("of an unknown method is refused", async () => {
    const { error } = await gunzipAll(Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), zipped.subarray(3)]));
    expect(error?.message).toContain("its header is unknown");
  });
});

describe("a gzipped trace", () => {
  const readGzip = async (data: Uint8Array, chunk: number): Promise<ReadTrace> =>
    readRows(await openTrace(gunzipSource(chunkedBytes(data, chunk))));

  it.each(["sync-go1.26", "hello-go1.22", "hello-go1.25", "manygens-sync-go1.26"])(
    "that is cut gives the events of the trace that is cut there: %s",
    async (name) => {
      const whole = gzipSync(traceBytes(name));
      for (const part of [0.3, 0.5, 0.9, 1]) {
        const data = whole.subarray(0, Math.floor(part * whole.length) - 1);
        const { bytes } = await gunzip(data, data.length);
        const expected = await readRows(await openBytes(bytes));
        for (const chunk of [1000, 1 << 16]) {
          const read = await readGzip(data, chunk);
          expect(read.rows.difference(expected.rows)).toBeUndefined();
          expect(read.error?.facts).toMatchObject({ offset: bytes.length, compressedOffset: data.length });
        }
      }
    },
  );

  it("with a wrong checksum gives every event, and the error", async () => {
    const data = Buffer.from(zipped);
    data[data.length - TRAILER]! ^= 1;
    const expected = await readRows(await openBytes(sync));
    const read = await readGzip(data, 1000);
    expect(read.rows.difference(expected.rows)).toBeUndefined();
    expect([read.error?.code, expected.error]).toEqual(["read-failed", undefined]);
  });
});
