import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemMessage } from "../input/input.js";
import { Failure, isSystemError } from "../process/failure.js";
import { forgetPending, rememberPending } from "./pending-file.js";

/** A folder that only its owner can look into, for files that nobody keeps. Signals remove it too. */
export class TemporaryFolder {
  private constructor(readonly path: string) {
    rememberPending(path);
  }

  /** @throws Failure if it cannot be made */
  static async make(): Promise<TemporaryFolder> {
    try {
      // At once, so that no signal comes before it is remembered.
      return new TemporaryFolder(mkdtempSync(join(tmpdir(), "go2perfetto-")));
    } catch (error) {
      if (!isSystemError(error)) throw error;
      const message = `cannot make a temporary folder in ${tmpdir()}: ${systemMessage(error)}`;
      throw new Failure(message, "TMPDIR names another folder.", { cause: error });
    }
  }

  /** Removes it with all that is in it. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
    forgetPending(this.path);
  }
}
