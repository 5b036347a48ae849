import { constants, crc32, createInflateRaw, gunzipSync, type InflateRaw } from "node:zlib";
import { TraceError, type TraceErrorCode } from "../base/errors.js";
import { counted } from "../base/grouped.js";
import type { ByteSource } from "./byte-source.js";
import { ChunkReader } from "./chunk-reader.js";
import { GZIP_MAGIC, isGzip } from "./gzip.js";

const DEFLATE = 8;
const FIXED_HEADER = 10;
const TRAILER = 8;
/** Flag bits of a header. */
const Flag = { Checksum: 2, Extra: 4, Name: 8, Comment: 16, Reserved: 0xe0 } as const;

/**
 * Bounds of the compressed bytes per decompression: an eighth of the bytes before. zlib returns nothing from
 * a piece with damage, so pieces are small where they might be most of the file.
 */
const SMALLEST_PIECE = 256;
const LARGEST_PIECE = 1 << 14;
const PIECE_SHARE = 8;
/** The most decompressed bytes of a chunk. */
const CHUNK = 1 << 16;

/** The first bytes of a file, decompressed if they are gzip; empty if the gzip data is damaged. */
export function unzippedStart(start: Uint8Array): Uint8Array {
  if (!isGzip(start)) return start;
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return new Uint8Array(0);
  }
}

/**
 * The decompressed bytes of all members of a gzip source. A cut source yields everything before the cut. A
 * damaged one yields all but at most 16 KB of compressed data before the damage. Then it throws a TraceError
 * with both offsets: `truncated` if the source is cut, `read-failed` if it is damaged or its checksum is
 * wrong, `trailing-data` if anything but gzip follows (zeros are ignored, as by gzip itself).
 */
export function gunzipSource(source: ByteSource): ByteSource {
  return {
    name: source.name,
    chunks: () => new GzipReader(source).chunks(),
    close: () => source.close?.(),
  };
}

class GzipReader {
  readonly #input: ChunkReader;
  /** Bytes decompressed in total, and in the current member. */
  #total = 0;
  #length = 0;
  #checksum = 0;

  constructor(source: ByteSource) {
    this.#input = new ChunkReader(source.chunks());
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      do {
        await this.#header();
        yield* this.#data();
        await this.#trailer();
      } while (await this.#hasNext());
    } finally {
      await this.#input.close();
    }
  }

  async #header(): Promise<void> {
    const header = await this.#bytes(FIXED_HEADER);
    const flags = header[3] as number;
    if (header[2] !== DEFLATE || (flags & Flag.Reserved) !== 0) throw this.#damaged("its header is unknown");
    this.#input.skip(FIXED_HEADER);
    if (flags & Flag.Extra) await this.#skipExtra();
    if (flags & Flag.Name) await this.#skipText();
    if (flags & Flag.Comment) await this.#skipText();
    if (flags & Flag.Checksum) await this.#skip(2);
  }

  async #skipExtra(): Promise<void> {
    const [low = 0, high = 0] = await this.#bytes(2);
    await this.#skip(2 + low + 256 * high);
  }

  /** Skips a zero-terminated text. */
  async #skipText(): Promise<void> {
    for (;;) {
      const [byte] = await this.#bytes(1);
      this.#input.skip(1);
      if (byte === 0) return;
    }
  }

  /** The data of a member. */
  async *#data(): AsyncGenerator<Uint8Array, void, undefined> {
    const inflation = new Inflation();
    this.#length = 0;
    this.#checksum = 0;
    try {
      while (!inflation.isDone) {
        const used = await inflation.take(await this.#piece(inflation.used));
        for (const chunk of inflation.chunks()) yield this.#count(chunk);
        if (inflation.damage !== undefined) throw this.#damaged(inflation.damage);
        this.#input.skip(used);
      }
    } finally {
      inflation.close();
    }
  }

  /** The next bytes to decompress. @param used bytes of the member before them */
  async #piece(used: number): Promise<Uint8Array> {
    const input = this.#input;
    if ((await input.need(1)) === 0) throw this.#truncated();
    const length = Math.min(Math.max(Math.ceil(used / PIECE_SHARE), SMALLEST_PIECE), LARGEST_PIECE);
    return input.buffer.subarray(input.position, Math.min(input.position + length, input.end));
  }

  #count(bytes: Uint8Array): Uint8Array {
    this.#total += bytes.length;
    this.#length += bytes.length;
    this.#checksum = crc32(bytes, this.#checksum);
    return bytes;
  }

  async #trailer(): Promise<void> {
    const trailer = await this.#bytes(TRAILER);
    const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER);
    if (view.getUint32(0, true) !== this.#checksum) {
      throw this.#damaged("its checksum is wrong: earlier bytes are damaged");
    }
    if (view.getUint32(4, true) !== this.#length % 2 ** 32) throw this.#damaged("its length is wrong");
    this.#input.skip(TRAILER);
  }

  /** Whether another member follows. */
  async #hasNext(): Promise<boolean> {
    const input = this.#input;
    while ((await input.need(1)) > 0 && input.peek() === 0) input.skip(1);
    const available = await input.need(GZIP_MAGIC.length);
    if (isGzip(input.buffer.subarray(input.position, input.end))) return true;
    if (available === 0 && input.failure === undefined) return false;
    if (available === 0) throw this.#truncated();
    const { offset } = input;
    const count = await input.drain();
    const bytes = counted(count, "byte that is not gzip follows", "bytes that are not gzip follow");
    const message = `${bytes} the gzip data`;
    throw new TraceError("trailing-data", message, { offset: this.#total, compressedOffset: offset });
  }

  /** The next bytes, which are required. They are not consumed. */
  async #bytes(count: number): Promise<Uint8Array> {
    const input = this.#input;
    if ((await input.need(count)) < count) throw this.#truncated();
    return input.buffer.subarray(input.position, input.position + count);
  }

  async #skip(count: number): Promise<void> {
    await this.#bytes(count);
    this.#input.skip(count);
  }

  /** The error for the end of the input. */
  #truncated(): TraceError {
    const { failure, offset, available } = this.#input;
    return failure ?? this.#error("truncated", "the gzip data is cut", offset + available);
  }

  #damaged(how: string): TraceError {
    return this.#error("read-failed", `the gzip data is damaged: ${how}`, this.#input.offset);
  }

  #error(code: TraceErrorCode, message: string, compressedOffset: number): TraceError {
    return new TraceError(code, message, { offset: this.#total, compressedOffset });
  }
}

/** Decompresses deflate data piece by piece. */
class Inflation {
  /** Bytes consumed. */
  used = 0;
  /** Whether the end of the data was reached. */
  isDone = false;
  /** What is wrong with the data, in zlib's words. */
  damage: string | undefined;
  readonly #zlib: InflateRaw = createInflateRaw({ flush: constants.Z_SYNC_FLUSH, chunkSize: CHUNK });
  #chunks: Uint8Array[] = [];
  #settle = () => {};

  constructor() {
    this.#zlib.on("data", (chunk: Uint8Array) => this.#chunks.push(chunk));
    this.#zlib.on("end", () => {
      this.isDone = true;
      this.#settle();
    });
    this.#zlib.on("error", ({ message }) => {
      this.damage = message;
      this.#settle();
    });
  }

  /**
   * Decompresses a piece of data, which may extend beyond the data's end.
   * @returns number of bytes consumed
   */
  async take(piece: Uint8Array): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      // At the end of the data zlib emits an event and does not call back.
      this.#zlib.write(piece, () => resolve());
    });
    const { used } = this;
    this.used = this.#zlib.bytesWritten;
    return this.used - used;
  }

  /** The data decompressed since the last call. */
  chunks(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }

  close(): void {
    this.#zlib.destroy();
  }
}
