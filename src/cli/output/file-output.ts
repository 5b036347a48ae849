import { type FileHandle, open } from "node:fs/promises";
import { breathe } from "../../base/breather.js";
import type { Output } from "./output.js";
import { PendingFile } from "./pending-file.js";
import { naming, type Target, writeFailure } from "./target.js";

/**
 * A regular file. It writes one piece while the caller makes the next one, with two alternating buffers. A
 * Node stream would need a new copy of each piece.
 */
export class FileOutput implements Output {
  readonly #file: PendingFile;
  readonly #handle: FileHandle;
  #buffer = new Uint8Array(0);
  #other = new Uint8Array(0);
  /** The current write. */
  #writing: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  private constructor(
    readonly name: string,
    file: PendingFile,
    handle: FileHandle,
  ) {
    this.#file = file;
    this.#handle = handle;
  }

  /** @throws Failure if the file cannot be created */
  static async open(target: Target): Promise<FileOutput> {
    let file: PendingFile | undefined;
    try {
      file = new PendingFile(target);
      return new FileOutput(target.name, file, await open(file.path, "r+"));
    } catch (error) {
      await file?.discard();
      throw writeFailure(target.name, error);
    }
  }

  /** @throws Failure, also for the previous write */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#buffer.length < bytes.length) this.#buffer = new Uint8Array(bytes.length * 2);
    this.#buffer.set(bytes);
    const piece = this.#buffer.subarray(0, bytes.length);
    [this.#buffer, this.#other] = [this.#other, this.#buffer];
    await this.#writing;
    this.#writing = naming(this.name, this.#handle.writeFile(piece));
    // If the write fails before it is awaited, the next write or the end reports the failure.
    this.#writing.catch(() => undefined);
    // Signals are handled here.
    await breathe();
  }

  async close(): Promise<void> {
    const file = await this.seal();
    try {
      file.complete();
    } catch (error) {
      throw writeFailure(this.name, error);
    }
  }

  async seal(): Promise<PendingFile> {
    await this.#writing;
    await naming(this.name, this.#close());
    return this.#file;
  }

  async discard(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#close();
    await this.#file.discard();
  }

  #close(): Promise<void> {
    this.#closed ??= this.#handle.close();
    return this.#closed;
  }
}
