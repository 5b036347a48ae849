import { access, constants, readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { systemMessage } from "../input/input.js";
import { Failure, isSystemError } from "../process/failure.js";

/** Where OUT's bytes go. */
export interface Target {
  /** OUT as it was named, for messages. */
  readonly name: string;
  /** The file behind all symbolic links. It need not exist. */
  readonly path: string;
  /** Whether it is a device or a pipe, which no file can replace. */
  readonly isSpecial: boolean;
  /** Permissions of the file that will be replaced. */
  readonly mode: number | undefined;
}

const PERMISSIONS = 0o7777;
/** Names of what a process has open; they are links, also to regular files. */
const OPEN_FILES = /^\/(dev\/(std(in|out|err)$|fd\/)|proc\/)/;

/** Finds out where OUT's bytes go. @throws Failure if nothing can be written there */
export async function resolveTarget(name: string): Promise<Target> {
  try {
    if (OPEN_FILES.test(name)) return { name, path: name, isSpecial: true, mode: undefined };
    const path = await behindLinks(name);
    const file = await stat(path).catch(() => undefined);
    if (file?.isDirectory()) throw new Failure(`cannot write ${name}: it is a directory`);
    // A file that may not be written may not be replaced either, though the system would let us.
    if (file !== undefined) await access(path, constants.W_OK);
    return { name, path, isSpecial: file?.isFile() === false, mode: file && file.mode & PERMISSIONS };
  } catch (error) {
    throw writeFailure(name, error);
  }
}

/** The error for OUT, by the system's. A closed pipe is no failure and stays what it is. */
export function writeFailure(name: string, error: unknown): unknown {
  if (!isSystemError(error) || error.code === "EPIPE") return error;
  const advice = error.code === "ENOENT" ? "Does the folder exist?" : undefined;
  return new Failure(`cannot write ${name}: ${systemMessage(error)}`, advice, { cause: error });
}

/** The path with all links followed, also those to what does not exist yet. */
export async function behindLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isSystemError(error) || error.code !== "ENOENT") throw error;
    const link = await readlink(path).catch(() => undefined);
    if (link !== undefined) return behindLinks(resolve(dirname(path), link));
    return join(await realpath(dirname(path)), basename(path));
  }
}
