import { stat } from "node:fs/promises";
import { Failure, isSystemError } from "./failure.js";
import { FileOutput } from "./file-output.js";
import { STDIO } from "./input.js";
import { StreamOutput } from "./stream-output.js";

/** Where a command's data goes: a file that appears only when it is complete, or a stream. */
export interface Output {
  /** Writes bytes, with back-pressure; they may be used again when the promise is fulfilled. */
  write(bytes: Uint8Array): Promise<void>;
  /** Completes the output; a file gets its name now. */
  close(): Promise<void>;
  /** Gives the output up: no file is left behind, and what stood under its name stays. */
  discard(): Promise<void>;
}

/**
 * Opens OUT.
 * @param path a file, or `-` for standard output
 * @param gzip whether to compress what is written
 */
export async function openOutput(path: string, gzip = false): Promise<Output> {
  if (path === STDIO) return StreamOutput.open(process.stdout, gzip);
  // A device or a pipe cannot be replaced by a file.
  if (gzip || (await isSpecial(path))) return StreamOutput.file(path, gzip, await isSpecial(path));
  return FileOutput.open(path);
}

async function isSpecial(path: string): Promise<boolean> {
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw new Failure(`cannot write ${path}: it is a directory`);
    return !file.isFile();
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}
