import { type FileHandle, open } from "node:fs/promises";
import { setImmediate as breathe } from "node:timers/promises";
import { Failure, isSystemError } from "./failure.js";
import { systemMessage } from "./input.js";
import type { Output } from "./output.js";
import { PendingFile } from "./pending-file.js";

/**
 * A regular file. One piece is written while the next is made, from two buffers in turn: a stream would keep a new
 * copy of every piece.
 */
export class FileOutput implements Output {
  readonly #file: PendingFile;
  readonly #handle: FileHandle;
  #buffer = new Uint8Array(0);
  #other = new Uint8Array(0);
  /** The write under way. */
  #writing: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(file: PendingFile, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /** @throws Failure if the file cannot be made */
  static async open(path: string): Promise<FileOutput> {
    const file = new PendingFile(path);
    try {
      return new FileOutput(file, await open(file.path, "wx"));
    } catch (error) {
      await file.discard();
      if (!isSystemError(error)) throw error;
      throw new Failure(`cannot write ${path}: ${systemMessage(error)}`);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#buffer.length < bytes.length) this.#buffer = new Uint8Array(bytes.length * 2);
    this.#buffer.set(bytes);
    const piece = this.#buffer.subarray(0, bytes.length);
    [this.#buffer, this.#other] = [this.#other, this.#buffer];
    await this.#writing;
    this.#writing = this.#writeAll(piece);
    // Nobody may be waiting for it when it fails; the next write or the end will.
    this.#writing.catch(() => undefined);
    // Signals get their turn.
    await breathe();
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#close();
    await this.#file.complete();
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#close();
    await this.#file.discard();
  }

  async #writeAll(piece: Uint8Array): Promise<void> {
    for (let done = 0; done < piece.length; ) {
      const { bytesWritten } = await this.#handle.write(piece, done);
      done += bytesWritten;
    }
  }

  #close(): Promise<void> {
    this.#closed ??= this.#handle.close();
    return this.#closed;
  }
}
