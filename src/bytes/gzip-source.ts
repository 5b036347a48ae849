import { Readable } from "node:stream";
import { constants, createGunzip } from "node:zlib";
import { TraceError } from "../base/errors.js";
import type { ByteSource } from "./byte-source.js";

const MAGIC = [0x1f, 0x8b];

/** Whether bytes are the start of a gzip file. */
export function isGzip(start: Uint8Array): boolean {
  return start.length >= MAGIC.length && MAGIC.every((byte, i) => start[i] === byte);
}

/**
 * The decompressed bytes of a gzip source, of all its members. If it is cut or broken, everything that could be
 * decompressed comes first, then a TraceError `read-failed`.
 */
export function gunzipSource(source: ByteSource): ByteSource {
  return {
    name: source.name,
    chunks: () => gunzip(source),
    close: () => source.close?.(),
  };
}

async function* gunzip(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new Compressed(source);
  // Without this flag a cut input would fail before its last bytes are given.
  const inflate = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  const readable = Readable.from(input, { objectMode: false });
  readable.on("error", (error) => inflate.destroy(error));
  readable.pipe(inflate);
  let length = 0;
  try {
    for await (const chunk of inflate) {
      length += (chunk as Uint8Array).length;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new TraceError("read-failed", `the gzip data is broken: ${(error as Error).message}`);
  } finally {
    readable.destroy();
    inflate.destroy();
  }
  if (!input.endsAfter(length)) throw new TraceError("truncated", "the gzip data ends before its end");
}

/** The compressed bytes on their way, and how they end. */
class Compressed implements AsyncIterable<Uint8Array> {
  readonly #source: ByteSource;
  #tail = new Uint8Array(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of this.#source.chunks()) {
      this.#tail = Uint8Array.from([...this.#tail, ...chunk.subarray(-4)]).slice(-4);
      // A copy: zlib keeps it while it works on another thread, and the source may reuse its own.
      yield chunk.slice();
    }
  }

  /**
   * Whether the last bytes say that `length` bytes were compressed. They say 0 where tools end a file of many
   * members with an empty one.
   */
  endsAfter(length: number): boolean {
    if (this.#tail.length < 4) return false;
    const said = new DataView(this.#tail.buffer).getUint32(0, true);
    return said === length % 2 ** 32 || said === 0;
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
}
