import { chmodSync, closeSync, openSync, renameSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Messages } from "../process/messages.js";
import { hold, release } from "../process/signals.js";
import type { Target } from "./target.js";

/** Files with a temporary name. A signal that ends the process removes them. */
const pending = new Set<string>();
/** Files that have their final names. */
const complete = new Set<string>();
/** Permissions of a new file, before the umask. */
const ANYBODY = 0o666;
const OWNER = 0o600;
/** Hexadecimal digits of a temporary name. */
const DIGITS = 12;
/** The end of a temporary name, after the file's final name. */
const TEMPORARY = /\.[\da-f]{12}\.tmp$/;

/** Called with each temporary name before the file exists. */
let listener: ((path: string) => void) | undefined;

/**
 * Sets a listener for temporary names. A worker thread needs it, because the process may end the thread at
 * any time.
 */
export function onPending(hear: (path: string) => void): void {
  listener = hear;
}

/** Names of incomplete files and temporary folders. */
export function pendingFiles(): readonly string[] {
  return [...pending];
}

/** The final name of a file with a temporary one, also that of another process; undefined for another file. */
export function finalName(name: string): string | undefined {
  return TEMPORARY.test(name) ? name.replace(TEMPORARY, "") : undefined;
}

/** Records that a file has its final name, for example a file that a thread wrote. */
export function rememberComplete(path: string): void {
  complete.add(path);
}

/**
 * Warns about temporary files that another run left beside the files of this one. They are kept, because
 * another process may be writing them.
 */
export async function warnOfAbandonedFiles(messages: Messages): Promise<void> {
  const files = await abandonedFiles();
  const [first] = files;
  if (first === undefined) return;
  const which = files.length === 1 ? `${first} is` : `${first} and ${files.length - 1} more are`;
  messages.warning(
    `${which} incomplete: a run was killed, or another run is writing now`,
    "Remove the files that no other go2perfetto is writing.",
  );
}

/** Temporary files of other processes for names that this process has written. */
async function abandonedFiles(): Promise<string[]> {
  const folders = new Set([...complete].map(dirname));
  const found: string[] = [];
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const paths = names.map((name) => join(folder, name));
    found.push(...paths.filter((path) => complete.has(finalName(path) ?? "") && !pending.has(path)));
  }
  return found.sort();
}

/** Records a file or folder that must not be left behind. */
export function rememberPending(path: string): void {
  hold(path);
  pending.add(path);
  listener?.(path);
}

/**
 * Creates an empty file that must not be left behind. It is synchronous, so no signal can intervene.
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
  release(path);
}

/** Digits of a temporary name. They are no secret: a file is created only if there is none of that name. */
function randomDigits(): string {
  // Not of node:crypto, whose loading takes longer than to write a small trace.
  const number = Math.floor(Math.random() * 16 ** DIGITS);
  return number.toString(16).padStart(DIGITS, "0");
}

/** A file that has a temporary name in the same folder until it is complete. */
export class PendingFile {
  readonly path: string;
  readonly #target: Target;

  /** Creates the empty file. @throws the system's error */
  constructor(target: Target) {
    this.#target = target;
    this.path = `${target.path}.${randomDigits()}.tmp`;
    // No more permissions than the replaced file, except for the owner.
    createPending(this.path, (target.mode ?? ANYBODY) | OWNER);
  }

  /**
   * Gives the file its final name. It replaces an existing file of that name and takes over its permissions.
   * It is synchronous, so no signal comes between the files of a command.
   * @param target if it is not the one that the file was created for
   */
  complete({ mode, path }: Target = this.#target): void {
    if (mode !== undefined) chmodSync(this.path, mode);
    renameSync(this.path, path);
    forgetPending(this.path);
    complete.add(path);
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
    forgetPending(this.path);
  }
}
