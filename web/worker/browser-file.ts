import type { ByteSource } from "go2perfetto";
import { isGzip, startOf, unzipped } from "../unzipped.js";

/** Bytes per read. */
const CHUNK = 1 << 20;

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
    return new BrowserFile(file, await isGzip(file));
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
  start(count: number): Promise<Uint8Array> {
    return startOf(this.#file, count);
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
