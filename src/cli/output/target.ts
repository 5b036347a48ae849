import { access, constants, readlink, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Failure, isSystemError, systemMessage } from "../process/failure.js";

/** Where the bytes of OUT go. */
export interface Target {
  /** OUT as given, for messages. */
  readonly name: string;
  /** The file behind all symbolic links. It may not exist yet. */
  readonly path: string;
  /** Whether it is a device or a pipe, which a file cannot replace. */
  readonly isSpecial: boolean;
  /** Permissions of the file that will be replaced, if there is one. */
  readonly mode: number | undefined;
}

const PERMISSIONS = 0o7777;
/** Names of open files of a process. They are links, also to regular files. */
const OPEN_FILES = /^\/(dev\/(std(in|out|err)$|fd\/)|proc\/)/;

/** Resolves where the bytes of OUT go. @throws Failure if OUT cannot be written */
export async function resolveTarget(name: string): Promise<Target> {
  try {
    if (OPEN_FILES.test(name)) return { name, path: name, isSpecial: true, mode: undefined };
    const path = await behindLinks(name);
    const file = await stat(path).catch(() => undefined);
    if (file?.isDirectory()) throw new Failure(`cannot write ${name}: it is a directory`);
    // The system allows replacing a file without write permission. This program does not.
    if (file !== undefined) await access(path, constants.W_OK);
    return { name, path, isSpecial: file?.isFile() === false, mode: file && file.mode & PERMISSIONS };
  } catch (error) {
    throw writeFailure(name, error);
  }
}

/**
 * Turns a system error into a failure to write OUT. A closed pipe is not a failure: that error is returned
 * unchanged.
 */
export function writeFailure(name: string, error: unknown): unknown {
  if (!isSystemError(error) || error.code === "EPIPE") return error;
  const advice = error.code === "ENOENT" ? "Does the folder exist?" : undefined;
  return new Failure(`cannot write ${name}: ${systemMessage(error)}`, advice, { cause: error });
}

/** Awaits what is done to OUT. @throws as {@link writeFailure} says */
export async function naming<T>(name: string, done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    throw writeFailure(name, error);
  }
}

/** Follows all links of a path, even links to files that do not exist yet. */
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
