import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TraceError } from "../../base/errors.js";
import type { ByteSource } from "../../bytes/byte-source.js";
import { FileSource } from "../../bytes/file-source.js";
import { Failure, isSystemError, systemMessage } from "../process/failure.js";
import { createPending, forgetPending, rememberPending } from "./pending-file.js";

/** A copy of the input is as private as the input. */
const OWNER_ONLY = 0o600;
/** The same of a folder. */
const PRIVATE = 0o700;

/** A copy of a stream, for reading it more than once. A signal removes it too. */
export class TemporaryFile {
  readonly path = join(tmpdir(), `go2perfetto-${randomBytes(6).toString("hex")}.tmp`);

  /** The error that ended the source, if there was one. */
  #failure: TraceError | undefined;

  /**
   * Writes all bytes of a source to a new file. If the source fails, the file has the bytes before the failure.
   * @throws Failure if the file cannot be written; errors of the source other than TraceError
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

  /** Opens the copy as a source. It fails where the original failed. */
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

  /** Removes the file. Readers that have it open can continue. */
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
      throw new Failure(message, "The input is read more than once. Set TMPDIR to another folder.", {
        cause: error,
      });
    }
  }
}

/** A private folder for temporary files. A signal removes it too. */
export class TemporaryFolder {
  readonly path = join(tmpdir(), `go2perfetto-${randomBytes(6).toString("hex")}`);

  /** @throws Failure if it cannot be created */
  static async make(): Promise<TemporaryFolder> {
    const folder = new TemporaryFolder();
    // Recorded before it exists, for a signal may come at any time.
    rememberPending(folder.path);
    try {
      mkdirSync(folder.path, PRIVATE);
      return folder;
    } catch (error) {
      forgetPending(folder.path);
      if (!isSystemError(error)) throw error;
      const message = `cannot create a temporary folder in ${tmpdir()}: ${systemMessage(error)}`;
      throw new Failure(message, "Set TMPDIR to another folder.", { cause: error });
    }
  }

  /** Removes the folder with its contents. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    forgetPending(this.path);
  }
}
