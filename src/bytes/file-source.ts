import { read, readSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import type { ByteSource } from "./byte-source.js";

/** Bytes per read: large enough that the number of reads does not matter. */
const CHUNK = 1 << 18;

const readAsync = promisify(read);

/** A regular file, with random access. */
export class FileSource implements ByteSource {
  readonly #file: FileHandle | number;
  #closed: Promise<void> | undefined;

  private constructor(
    readonly name: string,
    readonly size: number,
    file: FileHandle | number,
  ) {
    this.#file = file;
  }

  /** Of the open file; −1 when it is closed: the system gives the number to another file. */
  get descriptor(): number {
    return typeof this.#file === "number" ? this.#file : this.#file.fd;
  }

  /** Opens a file. @throws the system's error, such as ENOENT */
  static async open(path: string): Promise<FileSource> {
    const handle = await open(path, "r");
    const { size } = await handle.stat();
    return new FileSource(path, size, handle);
  }

  /** A file that another thread has opened, and closes. */
  static opened(name: string, size: number, descriptor: number): FileSource {
    return new FileSource(name, size, descriptor);
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const chunk = new Uint8Array(CHUNK);
    for (let offset = 0; ; ) {
      const { bytesRead } = await readAsync(this.descriptor, chunk, 0, CHUNK, offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      yield bytesRead === CHUNK ? chunk : chunk.subarray(0, bytesRead);
    }
  }

  readAt(offset: number, into: Uint8Array): number {
    let done = 0;
    while (done < into.length) {
      const read = readSync(this.descriptor, into, done, into.length - done, offset + done);
      if (read === 0) break;
      done += read;
    }
    return done;
  }

  /** May be called more than once. */
  async close(): Promise<void> {
    if (typeof this.#file === "number") return;
    this.#closed ??= this.#file.close();
    await this.#closed;
  }
}
