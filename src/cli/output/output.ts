import { STDIO } from "../process/stdio.js";
import { FileOutput } from "./file-output.js";
import type { PendingFile } from "./pending-file.js";
import { StreamOutput } from "./stream-output.js";
import { resolveTarget, type Target, writeFailure } from "./target.js";

/** Where a command's data goes: a file that appears only when it is complete, or a stream. */
export interface Output {
  /** Writes bytes, with back-pressure; they may be used again when the promise is fulfilled. */
  write(bytes: Uint8Array): Promise<void>;
  /** Completes the output; a file gets its name now. */
  close(): Promise<void>;
  /** Completes the output, but leaves it to the caller when a file gets its name. @returns the file, if it is one */
  seal(): Promise<PendingFile | undefined>;
  /** Gives the output up: no file is left behind, and what stood under its name stays. */
  discard(): Promise<void>;
}

/** A complete file that has not got its name yet, or a stream. */
export interface Sealed {
  /** For messages. */
  readonly name: string;
  readonly file: PendingFile | undefined;
  /** If it is not the one that it was opened for. */
  readonly target?: Target | undefined;
}

/** Gives files their names, with nothing in between: of what belongs together there is all or nothing. @throws Failure */
export function nameAll(files: readonly Sealed[]): void {
  for (const { name, file, target } of files) {
    try {
      file?.complete(target);
    } catch (error) {
      throw writeFailure(name, error);
    }
  }
}

/**
 * Opens OUT.
 * @param path a file, or `-` for standard output
 * @param gzip whether to compress what is written
 * @throws Failure if nothing can be written there
 */
export async function openOutput(path: string, gzip = false): Promise<Output> {
  if (path === STDIO) return StreamOutput.standard(gzip);
  const target = await resolveTarget(path);
  return gzip || target.isSpecial ? StreamOutput.file(target, gzip) : FileOutput.open(target);
}

/**
 * Writes OUT, whole or not at all; compressed if its name ends in .gz.
 * @param path a file, or `-` for standard output
 * @param write writes it, and does not complete it
 * @returns what that does
 * @throws Failure if OUT cannot be written
 */
export async function writeOutput<T>(path: string, write: (output: Output) => Promise<T>): Promise<T> {
  const output = await openOutput(path, path.endsWith(".gz"));
  try {
    const result = await write(output);
    await output.close();
    return result;
  } catch (error) {
    await output.discard();
    throw error;
  }
}
