import { randomBytes } from "node:crypto";
import { type FileHandle, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ByteSource } from "../bytes/byte-source.js";
import { Failure, isSystemError } from "./failure.js";
import { systemMessage } from "./input.js";
import { forgetPending, rememberPending } from "./pending-file.js";

/** Nobody else may read it: it holds what its owner gave to this process alone. */
const OWNER_ONLY = 0o600;

/** What comes but once, kept in a file while it is needed. Signals remove it too. */
export class TemporaryFile {
  readonly path = join(tmpdir(), `go2perfetto-${randomBytes(6).toString("hex")}.tmp`);

  private constructor() {
    rememberPending(this.path);
  }

  /** Writes all bytes of a source to a new file. @throws Failure if they cannot be written; what the source throws */
  static async of(source: ByteSource): Promise<TemporaryFile> {
    const file = new TemporaryFile();
    try {
      const handle = await file.#writing(source.name, open(file.path, "wx", OWNER_ONLY));
      try {
        for await (const chunk of source.chunks()) await file.#writing(source.name, writeAll(handle, chunk));
      } finally {
        await handle.close();
      }
      return file;
    } catch (error) {
      await file.remove();
      throw error;
    }
  }

  /** Removes the file. Whoever has it open can go on reading. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    forgetPending(this.path);
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

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done);
    done += bytesWritten;
  }
}
