import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { finished, type Writable } from "node:stream";
import { setImmediate as breathe } from "node:timers/promises";
import { promisify } from "node:util";
import { Failure, isSystemError } from "./failure.js";
import { STDIO, systemMessage } from "./input.js";

const whenFinished = promisify(finished);

/** Temporary files that exist now, to be removed when the process is told to stop. */
const unfinished = new Set<string>();

/** The temporary files of outputs that are not complete. */
export function unfinishedFiles(): readonly string[] {
  return [...unfinished];
}

/**
 * Where a command's data goes: a file that appears only when it is complete, or standard output.
 * Bytes are taken with back-pressure.
 */
export class Output {
  readonly #stream: Writable;
  readonly #target: Writable;
  /** The file under way and the name it shall get; undefined if there is nothing to rename. */
  readonly #rename: { readonly from: string; readonly to: string } | undefined;
  #error: Error | undefined;
  /** Lets a write go on that waits until there is room. */
  #resume: (() => void) | undefined;

  private constructor(stream: Writable, target: Writable, renaming?: { from: string; to: string }) {
    this.#stream = stream;
    this.#target = target;
    this.#rename = renaming;
    for (const each of [stream, target]) {
      each.on("error", (error: Error) => {
        this.#error ??= error;
        this.#resume?.();
      });
    }
    stream.on("drain", () => this.#resume?.());
  }

  /**
   * Opens OUT.
   * @param path a file, or `-` for standard output
   * @param gzip whether to compress what is written
   */
  static async open(path: string, gzip = false): Promise<Output> {
    const target = await openTarget(path);
    if (!gzip) return new Output(target.stream, target.stream, target.renaming);
    const { createGzip } = await import("node:zlib");
    const zip = createGzip();
    zip.pipe(target.stream);
    return new Output(zip, target.stream, target.renaming);
  }

  /** Writes bytes, which must not be changed afterwards. */
  async write(bytes: Uint8Array): Promise<void> {
    this.#throwIfBroken();
    const more = this.#stream.write(bytes);
    // Signals and errors of the stream get their turn.
    await breathe();
    this.#throwIfBroken();
    if (more || !this.#stream.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
    this.#throwIfBroken();
  }

  /** Completes the output; a file gets its name now. */
  async close(): Promise<void> {
    this.#throwIfBroken();
    if (this.#target === process.stdout) {
      await new Promise<void>((resolve) => this.#stream.write("", () => resolve()));
    } else {
      this.#stream.end();
      await whenFinished(this.#target).catch((error: Error) => {
        this.#error ??= error;
      });
    }
    this.#throwIfBroken();
    if (this.#rename === undefined) return;
    await rename(this.#rename.from, this.#rename.to);
    unfinished.delete(this.#rename.from);
  }

  /** Gives the output up: no file is left behind, and what stood under its name stays. */
  async discard(): Promise<void> {
    if (this.#target !== process.stdout) this.#target.destroy();
    if (this.#rename === undefined) return;
    await rm(this.#rename.from, { force: true });
    unfinished.delete(this.#rename.from);
  }

  #throwIfBroken(): void {
    if (this.#error !== undefined) throw this.#error;
  }
}

interface Target {
  readonly stream: Writable;
  readonly renaming?: { from: string; to: string };
}

async function openTarget(path: string): Promise<Target> {
  if (path === STDIO) return { stream: process.stdout };
  // A device or a pipe cannot be replaced by a file.
  if (await isSpecial(path)) return { stream: await openFile(path, path, "w") };
  const from = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const stream = await openFile(from, path, "wx");
  unfinished.add(from);
  return { stream, renaming: { from, to: path } };
}

async function isSpecial(path: string): Promise<boolean> {
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw new Failure(`cannot write ${path}: it is a directory`);
    return !file.isFile();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

async function openFile(path: string, name: string, flags: string): Promise<Writable> {
  const stream = createWriteStream(path, { flags, highWaterMark: 1 << 20 });
  try {
    await once(stream, "open");
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Failure(`cannot write ${name}: ${systemMessage(error)}`);
  }
  return stream;
}
