import { type ByteSource, TraceError } from "go2perfetto";

/** Bytes per read. */
const CHUNK = 1 << 20;
const GZIP_MAGIC = [0x1f, 0x8b];

/** A trace file that a person gave to the page, gzipped or not. */
export class BrowserFile {
  readonly #file: File;
  readonly isGzip: boolean;

  private constructor(file: File, isGzip: boolean) {
    this.#file = file;
    this.isGzip = isGzip;
  }

  /** @throws DOMException if the browser cannot read the file */
  static async open(file: File): Promise<BrowserFile> {
    const start = new Uint8Array(await file.slice(0, GZIP_MAGIC.length).arrayBuffer());
    return new BrowserFile(
      file,
      GZIP_MAGIC.every((byte, i) => start[i] === byte),
    );
  }

  /** Its bytes, decompressed: with random access unless they have to be decompressed for that. */
  source(): ByteSource {
    const file = this.#file;
    if (this.isGzip) return { name: file.name, chunks: () => unzipped(file) };
    return { name: file.name, size: file.size, chunks: () => slices(file), readAt: randomAccess(file) };
  }

  /** All bytes, decompressed. */
  async bytes(): Promise<Blob> {
    if (!this.isGzip) return this.#file.slice();
    return new Response(this.#file.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
  }

  /** The first bytes, decompressed; fewer only if there are fewer, or if they are damaged. */
  async start(count: number): Promise<Uint8Array> {
    const start = new Uint8Array(count);
    let length = 0;
    try {
      for await (const chunk of this.source().chunks()) {
        const part = chunk.subarray(0, count - length);
        start.set(part, length);
        length += part.length;
        if (length === count) break;
      }
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
    }
    return start.subarray(0, length);
  }
}

async function* slices(file: File): AsyncGenerator<Uint8Array, void, undefined> {
  for (let offset = 0; offset < file.size; offset += CHUNK) {
    yield new Uint8Array(await file.slice(offset, offset + CHUNK).arrayBuffer());
  }
}

/** Only a worker may read a file synchronously. */
function randomAccess(file: File): NonNullable<ByteSource["readAt"]> {
  const reader = new FileReaderSync();
  return (offset, into) => {
    const bytes = new Uint8Array(reader.readAsArrayBuffer(file.slice(offset, offset + into.length)));
    into.set(bytes);
    return bytes.length;
  };
}

async function* unzipped(file: File): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        // The browser tells no more, and the same for what is cut, damaged, or followed by other bytes.
        if (!(error instanceof TypeError)) throw error;
        throw new TraceError("read-failed", "the gzip data is cut or damaged");
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Nobody waits for what is left.
    reader.cancel().catch(() => undefined);
  }
}
