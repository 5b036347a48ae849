import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { Failure, isSystemError, systemMessage, usageFailure } from "../process/failure.js";

/** The options that hide names. */
export interface AnonymizeOptions {
  readonly anonymize?: boolean;
  readonly keep?: RegExp;
  readonly keepLogs?: boolean;
  readonly anonymizeKey?: string;
}

/** How names are made up, as plain data: worker threads get it too. */
export interface Naming extends Pick<AnonymizeOptions, "keep" | "keepLogs"> {
  /** The same for all inputs and passes of a run. */
  readonly key: Uint8Array;
}

/** Bytes of a key. */
const KEY = 32;

/** How a run makes up names. Unless the key comes from a file, nobody keeps it. @throws Failure without --anonymize */
export async function namingOf({
  anonymize,
  anonymizeKey,
  keep,
  keepLogs,
}: AnonymizeOptions): Promise<Naming> {
  if (!anonymize) {
    throw usageFailure(
      "--keep, --keep-logs and --anonymize-key need --anonymize",
      "Add --anonymize, or leave them out.",
    );
  }
  const key = anonymizeKey === undefined ? randomBytes(KEY) : await keyIn(anonymizeKey);
  return { key, ...(keep && { keep }), ...(keepLogs && { keepLogs }) };
}

/** The key in a file, which is created if it does not exist. */
async function keyIn(file: string): Promise<Uint8Array> {
  try {
    const key = await readFile(file);
    if (key.length >= KEY) return key;
    throw new Failure(
      `${file} is too short for a key: ${key.length} bytes`,
      `A key has ${KEY} bytes or more.`,
    );
  } catch (error) {
    if (!isSystemError(error) || error.code !== "ENOENT") throw keyFailure("read", file, error);
  }
  const key = randomBytes(KEY);
  await writeFile(file, key, { mode: 0o600, flag: "wx" }).catch((error) => {
    throw keyFailure("write", file, error);
  });
  return key;
}

function keyFailure(what: string, file: string, error: unknown): unknown {
  return isSystemError(error) ? new Failure(`cannot ${what} ${file}: ${systemMessage(error)}`) : error;
}
