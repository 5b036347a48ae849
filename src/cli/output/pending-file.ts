import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, openSync, renameSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Target } from "./target.js";

/** Files that exist now under a temporary name, to be removed when the process is told to stop. */
const pending = new Set<string>();
/** Files that have got their names. */
const complete = new Set<string>();
/** Permissions of a file that replaces none, as far as the process may give them. */
const ANYBODY = 0o666;
const OWNER = 0o600;
/** How a temporary name goes on behind the one that the file will get. */
const TEMPORARY = /\.[\da-f]{12}\.tmp$/;

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

/** Counts a file as one that has got its name: in a thread, perhaps. */
export function rememberComplete(path: string): void {
  complete.add(path);
}

/** Files beside those that have got their names which another process was to give those names to, and has not. */
export async function abandonedFiles(): Promise<string[]> {
  const folders = new Set([...complete].map(dirname));
  const found: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const paths = names.filter((name) => TEMPORARY.test(name)).map((name) => join(folder, name));
    found.push(...paths.filter((path) => complete.has(path.replace(TEMPORARY, "")) && !pending.has(path)));
  }
  return found.sort();
}

/** Another file or folder that must not be left behind. */
export function rememberPending(path: string): void {
  pending.add(path);
  listener?.(path);
}

/**
 * Makes an empty file that must not be left behind. At once: a signal finds it, or it never is.
 * @throws the system's error
 */
export function createPending(path: string, mode: number): void {
  rememberPending(path);
  try {
    closeSync(openSync(path, "wx", mode));
  } catch (error) {
    forgetPending(path);
    throw error;
  }
}

export function forgetPending(path: string): void {
  pending.delete(path);
}

/** A file that gets its name when it is complete, and stands beside it under another one until then. */
export class PendingFile {
  readonly path: string;
  readonly #target: Target;

  /** Makes it, empty. @throws the system's error */
  constructor(target: Target) {
    this.#target = target;
    this.path = `${target.path}.${randomBytes(6).toString("hex")}.tmp`;
    // With no more permissions than those of the file that it will replace, but for its owner.
    createPending(this.path, (target.mode ?? ANYBODY) | OWNER);
  }

  /**
   * Gives the file its name; one that stood there is replaced, and its permissions stay. At once, so that no signal comes
   * between the files of a command.
   * @param target another one than it was made for
   */
  complete({ mode, path }: Target = this.#target): void {
    if (mode !== undefined) chmodSync(this.path, mode);
    renameSync(this.path, path);
    pending.delete(this.path);
    complete.add(path);
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
    pending.delete(this.path);
  }
}
