import { crc32 } from "node:zlib";
import { breathe, isBreathDue } from "../base/breather.js";
import { TraceError, type TraceErrorCode } from "../base/errors.js";
import { counted } from "../base/grouped.js";
import type { ByteSource } from "./byte-source.js";
import { ChunkReader } from "./chunk-reader.js";
import { DamagedDeflate, Inflated, Inflater } from "./inflater.js";
import { PeekedSource } from "./peeked-source.js";

const MAGIC = [0x1f, 0x8b];
const DEFLATE = 8;
const FIXED_HEADER = 10;
const TRAILER = 8;
/** Bits of a header's flags. */
const Flag = { Checksum: 2, Extra: 4, Name: 8, Comment: 16, Reserved: 0xe0 } as const;

/** Bytes that tell gzip. */
export const GZIP_START = MAGIC.length;

/** Whether bytes are the start of a gzip file. */
export function isGzip(start: Uint8Array): boolean {
  return start.length >= MAGIC.length && MAGIC.every((byte, i) => start[i] === byte);
}

/**
 * The decompressed bytes of a gzip source, of all its members. Everything that can be decompressed comes first, then a
 * TraceError with both offsets: `truncated` if the source is cut, `read-failed` if it is damaged or its checksum is
 * wrong, `trailing-data` if something else than gzip stands behind it (zeros are let pass, as by gzip itself).
 */
export function gunzipSource(source: ByteSource): ByteSource {
  return {
    name: source.name,
    chunks: () => new GzipReader(source).chunks(),
    close: () => source.close?.(),
  };
}

/** The source itself, or what it holds if it is gzip. @throws what the source throws */
export async function unzippedSource(source: PeekedSource): Promise<PeekedSource> {
  return isGzip(await source.peek(GZIP_START)) ? new PeekedSource(gunzipSource(source)) : source;
}

class GzipReader {
  readonly #input: ChunkReader;
  readonly #inflater = new Inflater();
  /** Bytes decompressed, and those of the current member. */
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

  /** Passes over a text and the zero behind it. */
  async #skipText(): Promise<void> {
    for (;;) {
      const [byte] = await this.#bytes(1);
      this.#input.skip(1);
      if (byte === 0) return;
    }
  }

  async *#data(): AsyncGenerator<Uint8Array, void, undefined> {
    this.#inflater.reset();
    this.#length = 0;
    this.#checksum = 0;
    for (;;) {
      const result = this.#inflate();
      const taken = this.#take();
      if (taken.length > 0) yield taken;
      if (isBreathDue()) await breathe();
      if (result === Inflated.Done) return;
      if (result instanceof DamagedDeflate) throw this.#damaged(result.message);
      if (result === Inflated.Starved) await this.#more();
    }
  }

  #inflate(): Inflated | DamagedDeflate {
    const { buffer, position, end } = this.#input;
    try {
      return this.#inflater.run(buffer, position, end);
    } catch (error) {
      if (error instanceof DamagedDeflate) return error;
      throw error;
    } finally {
      this.#input.skip(this.#inflater.position - position);
    }
  }

  #take(): Uint8Array {
    const bytes = this.#inflater.take();
    this.#total += bytes.length;
    this.#length += bytes.length;
    this.#checksum = crc32(bytes, this.#checksum);
    return bytes;
  }

  async #trailer(): Promise<void> {
    const trailer = await this.#bytes(TRAILER);
    const view = new DataView(trailer.buffer, trailer.byteOffset, TRAILER);
    if (view.getUint32(0, true) !== this.#checksum) {
      throw this.#damaged("its checksum is wrong, so something before is not as it was");
    }
    if (view.getUint32(4, true) !== this.#length % 2 ** 32) throw this.#damaged("its length is wrong");
    this.#input.skip(TRAILER);
  }

  /** Whether another member follows. */
  async #hasNext(): Promise<boolean> {
    const input = this.#input;
    while ((await input.need(1)) > 0 && input.peek() === 0) input.skip(1);
    const available = await input.need(MAGIC.length);
    if (isGzip(input.buffer.subarray(input.position, input.end))) return true;
    if (available === 0 && input.failure === undefined) return false;
    if (available === 0) throw this.#truncated();
    const { offset } = input;
    const count = await input.drain();
    const bytes = counted(count, "byte that is not gzip stands", "bytes that are not gzip stand");
    const message = `${bytes} after the gzip data`;
    throw new TraceError("trailing-data", message, { offset: this.#total, compressedOffset: offset });
  }

  /** The next bytes, which must be there. They are not consumed. */
  async #bytes(count: number): Promise<Uint8Array> {
    const input = this.#input;
    if ((await input.need(count)) < count) throw this.#truncated();
    return input.buffer.subarray(input.position, input.position + count);
  }

  async #skip(count: number): Promise<void> {
    await this.#bytes(count);
    this.#input.skip(count);
  }

  /** Has more bytes at hand than there are. */
  async #more(): Promise<void> {
    const { available } = this.#input;
    if ((await this.#input.need(available + 1)) === available) throw this.#truncated();
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
