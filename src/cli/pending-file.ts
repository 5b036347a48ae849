import { randomBytes } from "node:crypto";
import { chmod, rename, rm } from "node:fs/promises";
import type { Target } from "./target.js";

/** Files that exist now under a temporary name, to be removed when the process is told to stop. */
const pending = new Set<string>();

/** Hears of each of them before there is such a file. */
let listener: ((path: string) => void) | undefined;

/** Names the one who hears of files before they are made: in a thread, which the process may end at any time. */
export function onPending(hear: (path: string) => void): void {
  listener = hear;
}

/** Names of the files that are not complete, and of folders that nobody keeps. */
export function pendingFiles(): readonly string[] {
  return [...pending];
}

/** Another file or folder that must not be left behind. */
export function rememberPending(path: string): void {
  pending.add(path);
  listener?.(path);
}

export function forgetPending(path: string): void {
  pending.delete(path);
}

/** A file that gets its name when it is complete, and stands beside it under another one until then. */
export class PendingFile {
  readonly path: string;
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
    this.path = `${target.path}.${randomBytes(6).toString("hex")}.tmp`;
    rememberPending(this.path);
  }

  /** The permissions to make it with: never more than those of the file that it will replace. */
  get mode(): number {
    return this.#target.mode ?? 0o666;
  }

  /**
   * Gives the file its name; one that stood there is replaced, and its permissions stay.
   * @param target another one than it was made for
   */
  async complete({ mode, path }: Target = this.#target): Promise<void> {
    if (mode !== undefined) await chmod(this.path, mode);
    await rename(this.path, path);
    pending.delete(this.path);
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
    pending.delete(this.path);
  }
}
