import { randomBytes } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TraceError } from "../../base/errors.js";
import type { ByteSource } from "../../bytes/byte-source.js";
import { FileSource } from "../../bytes/file-source.js";
import { systemMessage } from "../input/input.js";
import { Failure, isSystemError } from "../process/failure.js";
import { createPending, forgetPending } from "./pending-file.js";

/** Nobody else may read it: it holds what its owner gave to this process alone. */
const OWNER_ONLY = 0o600;

/** What comes but once, kept in a file while it is needed. Signals remove it too. */
export class TemporaryFile {
  readonly path = join(tmpdir(), `go2perfetto-${randomBytes(6).toString("hex")}.tmp`);

  /** Why the source ended where it did, if not by itself. */
  #failure: TraceError | undefined;

  /**
   * Writes all bytes of a source to a new file, or what there is until it fails.
   * @throws Failure if they cannot be written; what the source throws, if that is not about the trace
   */
  static async of(source: ByteSource): Promise<TemporaryFile> {
    const file = new TemporaryFile();
    try {
      const handle = await file.#writing(source.name, file.#create());
      try {
        for await (const chunk of source.chunks()) await file.#writing(source.name, handle.writeFile(chunk));
      } catch (error) {
        if (!(error instanceof TraceError)) throw error;
        file.#failure = error;
      } finally {
        await handle.close();
      }
      return file;
    } catch (error) {
      await file.remove();
      throw error;
    }
  }

  /** Opens it as the source that it was, which fails where that failed. */
  async open(): Promise<ByteSource> {
    const file = await FileSource.open(this.path);
    const failure = this.#failure;
    if (failure === undefined) return file;
    return {
      name: file.name,
      size: file.size,
      async *chunks() {
        yield* file.chunks();
        throw failure;
      },
      close: () => file.close(),
    };
  }

  /** Removes the file. Whoever has it open can go on reading. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    forgetPending(this.path);
  }

  async #create(): Promise<FileHandle> {
    createPending(this.path, OWNER_ONLY);
    return open(this.path, "r+");
  }

  async #writing<T>(name: string, done: Promise<T>): Promise<T> {
    try {
      return await done;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const message = `cannot keep ${name} in a temporary file (${this.path}): ${systemMessage(error)}`;
      throw new Failure(message, "It is read more than once. TMPDIR names another folder.", { cause: error });
    }
  }
}
