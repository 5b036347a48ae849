import { createHmac, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { type Command, InvalidArgumentError } from "commander";
import type { Anonymizer } from "../../select/anonymous-names.js";
import { Failure, isSystemError, systemMessage, usageFailure } from "../process/failure.js";
import { once, parseName } from "./values.js";

/** The options that hide names. */
export interface AnonymizeOptions {
  readonly anonymize?: boolean;
  readonly keep?: RegExp;
  readonly anonymizeKey?: string;
}

/** Bytes of a key. */
const KEY = 32;
/** Letters of a made-up name: two of 100,000 names are the same with a probability of one in 50,000. */
const LETTERS = 12;

/** Adds the options to a command. */
export function addAnonymizeOptions(command: Command): void {
  command
    .option(
      "--anonymize",
      "replace names of functions, files, tasks and regions, and leave out log messages; names of the standard library stay",
    )
    .option(
      "--keep <REGEXP>",
      "with --anonymize: functions, tasks and regions whose name matches keep it",
      once(parsePattern),
    )
    .option(
      "--anonymize-key <FILE>",
      "with --anonymize: the same key gives the same names; a FILE that does not exist gets a new key",
      once(parseName),
    );
}

/** How the options replace names; undefined if they do not. @throws Failure */
export async function anonymizerOf(options: AnonymizeOptions): Promise<Anonymizer | undefined> {
  const { anonymize, anonymizeKey, keep } = options;
  if (!anonymize) {
    if (keep === undefined && anonymizeKey === undefined) return undefined;
    throw usageFailure("--keep and --anonymize-key need --anonymize", "Add --anonymize, or leave them out.");
  }
  const key = anonymizeKey === undefined ? randomBytes(KEY) : await keyOf(anonymizeKey);
  const hash = (text: string) => createHmac("sha256", key).update(text).digest("hex").slice(0, LETTERS);
  return { hash, keep };
}

/** The key in a file, which is created if it does not exist. */
async function keyOf(file: string): Promise<Buffer> {
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

function parsePattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError("It is not a regular expression.");
  }
}
