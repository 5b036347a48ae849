import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished, type Writable } from "node:stream";
import { promisify } from "node:util";
import { breathe } from "../../base/breather.js";
import type { Output } from "./output.js";
import { PendingFile } from "./pending-file.js";
import { type Target, writeFailure } from "./target.js";

const whenFinished = promisify(finished);

/** Standard output, a device, a pipe, or any compressed output. */
export class StreamOutput implements Output {
  readonly #stream: Writable;
  readonly #target: Writable;
  readonly #file: PendingFile | undefined;
  readonly #buffers = new BufferPool();
  #error: unknown;
  /** Resumes a write that waits for room. */
  #resume: (() => void) | undefined;

  private constructor(
    readonly name: string,
    stream: Writable,
    target: Writable,
    file?: PendingFile,
  ) {
    this.#stream = stream;
    this.#target = target;
    this.#file = file;
    for (const each of new Set([stream, target])) {
      each.on("error", (error: Error) => {
        this.#error ??= writeFailure(name, error);
        this.#resume?.();
      });
    }
    stream.on("drain", () => this.#resume?.());
  }

  static standard(gzip: boolean): Promise<StreamOutput> {
    return StreamOutput.#open("standard output", process.stdout, gzip);
  }

  /** @throws Failure if it cannot be opened */
  static async file(target: Target, gzip: boolean): Promise<StreamOutput> {
    let file: PendingFile | undefined;
    let stream: Writable;
    try {
      file = target.isSpecial ? undefined : new PendingFile(target);
      stream = createWriteStream(file?.path ?? target.path, { flags: file === undefined ? "w" : "r+" });
      await once(stream, "open");
    } catch (error) {
      await file?.discard();
      throw writeFailure(target.name, error);
    }
    return StreamOutput.#open(target.name, stream, gzip, file);
  }

  static async #open(
    name: string,
    target: Writable,
    gzip: boolean,
    file?: PendingFile,
  ): Promise<StreamOutput> {
    if (!gzip) return new StreamOutput(name, target, target, file);
    const { createGzip } = await import("node:zlib");
    const zip = createGzip();
    zip.pipe(target);
    return new StreamOutput(name, zip, target, file);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#throwIfBroken();
    const copy = this.#buffers.copy(bytes);
    const more = this.#stream.write(copy, () => this.#buffers.giveBack(copy));
    // Signals and errors of the stream are handled here.
    await breathe();
    this.#throwIfBroken();
    if (more || !this.#stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
    this.#throwIfBroken();
  }

  async close(): Promise<void> {
    const file = await this.seal();
    try {
      file?.complete();
    } catch (error) {
      throw writeFailure(this.name, error);
    }
  }

  async seal(): Promise<PendingFile | undefined> {
    this.#throwIfBroken();
    if (this.#target === process.stdout && this.#stream === this.#target) {
      await new Promise<void>((resolve) => this.#stream.write("", () => resolve()));
    } else await this.#end();
    this.#throwIfBroken();
    return this.#file;
  }

  async discard(): Promise<void> {
    if (this.#target !== process.stdout) this.#target.destroy();
    await this.#file?.discard();
  }

  async #end(): Promise<void> {
    this.#stream.end();
    // Standard output is never ended. A gzip stream in front of it is.
    const last = this.#target === process.stdout ? this.#stream : this.#target;
    const finished = whenFinished(last).catch((error: Error) => {
      this.#error ??= error;
    });
    // If the stream breaks meanwhile, `finish` never comes.
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      void finished.then(resolve);
    });
  }

  #throwIfBroken(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}

/**
 * Copies of bytes in reused buffers. A stream needs unchanged bytes until they are written. New memory for
 * each piece of a large output would keep the garbage collector busy.
 */
class BufferPool {
  readonly #free: Uint8Array[] = [];

  /** A copy that stays unchanged until it is released. */
  copy(bytes: Uint8Array): Uint8Array {
    let buffer = this.#free.pop();
    if (buffer === undefined || buffer.length < bytes.length) buffer = new Uint8Array(bytes.length * 2);
    buffer.set(bytes);
    return buffer.subarray(0, bytes.length);
  }

  giveBack(copy: Uint8Array): void {
    this.#free.push(new Uint8Array(copy.buffer));
  }
}
