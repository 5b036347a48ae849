import type { PendingFile } from "./pending-file.js";
import { type Target, writeFailure } from "./target.js";

/** The target of a command's data: a file that appears when it is complete, or a stream. */
export interface Output {
  /** Writes bytes, with back-pressure. The caller may reuse them once the promise is fulfilled. */
  write(bytes: Uint8Array): Promise<void>;
  /** Completes the output. A file gets its name now. */
  close(): Promise<void>;
  /** Completes the output without naming the file. @returns the file, if it is one */
  seal(): Promise<PendingFile | undefined>;
  /** Discards the output. No file is left behind, and an existing file of that name stays. */
  discard(): Promise<void>;
}

/** A complete file without its name, or a stream. */
export interface Sealed {
  /** For messages. */
  readonly name: string;
  readonly file: PendingFile | undefined;
  /** Set if it is not the one that the file was opened for. */
  readonly target?: Target | undefined;
}

/** Names all files together, so either all of them appear or none. @throws Failure */
export function nameAll(files: readonly Sealed[]): void {
  for (const { name, file, target } of files) {
    try {
      file?.complete(target);
    } catch (error) {
      throw writeFailure(name, error);
    }
  }
}
