import type { PendingFile } from "./pending-file.js";
import { type Target, writeFailure } from "./target.js";

/** Where a command's data goes: a file that appears when it is complete, or a stream. */
export interface Output {
  /** Writes bytes, with back-pressure. The caller may reuse them when the promise is fulfilled. */
  write(bytes: Uint8Array): Promise<void>;
  /** Completes the output. A file gets its name now. */
  close(): Promise<void>;
  /** Completes the output, and leaves naming the file to the caller. @returns the file, if it is one */
  seal(): Promise<PendingFile | undefined>;
  /** Gives the output up. No file is left behind, and a file that already had the name stays. */
  discard(): Promise<void>;
}

/** A complete file without its name, or a stream. */
export interface Sealed {
  /** For messages. */
  readonly name: string;
  readonly file: PendingFile | undefined;
  /** If it is not the one that the file was opened for. */
  readonly target?: Target | undefined;
}

/** Names files in one go, so that either all of them appear or none. @throws Failure */
export function nameAll(files: readonly Sealed[]): void {
  for (const { name, file, target } of files) {
    try {
      file?.complete(target);
    } catch (error) {
      throw writeFailure(name, error);
    }
  }
}
