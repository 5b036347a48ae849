import { readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import type { ByteSource } from "./byte-source.js";

/** Bytes per read: large enough that the number of reads does not matter. */
const CHUNK = 1 << 18;

/** A regular file, with random access. */
export class FileSource implements ByteSource {
  readonly #handle: FileHandle;
  #closed: Promise<void> | undefined;

  private constructor(
    readonly name: string,
    readonly size: number,
    handle: FileHandle,
  ) {
    this.#handle = handle;
  }

  /** Opens a file. @throws the system's error, such as ENOENT */
  static async open(path: string): Promise<FileSource> {
    const handle = await open(path, "r");
    const { size } = await handle.stat();
    return new FileSource(path, size, handle);
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const chunk = new Uint8Array(CHUNK);
    for (let offset = 0; ; ) {
      const { bytesRead } = await this.#handle.read(chunk, 0, CHUNK, offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      yield bytesRead === CHUNK ? chunk : chunk.subarray(0, bytesRead);
    }
  }

  readAt(offset: number, into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const read = readSync(this.#handle.fd, into, done, into.length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    return done;
  }

  /** May be called more than once. */
  async close(): Promise<void> {
    this.#closed ??= this.#handle.close();
    await this.#closed;
  }
}
