import { randomBytes } from "node:crypto";
import { rename, rm } from "node:fs/promises";

/** Files that exist now under a temporary name, to be removed when the process is told to stop. */
const pending = new Set<string>();

/** Names of the files that are not complete. */
export function pendingFiles(): readonly string[] {
  return [...pending];
}

/** A file that gets its name when it is complete, and stands beside it under another one until then. */
export class PendingFile {
  readonly path: string;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    this.path = `${name}.${randomBytes(6).toString("hex")}.tmp`;
    pending.add(this.path);
  }

  /** Gives the file its name; one that stood there is replaced. */
  async complete(): Promise<void> {
    await rename(this.path, this.#name);
    pending.delete(this.path);
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
    pending.delete(this.path);
  }
}
