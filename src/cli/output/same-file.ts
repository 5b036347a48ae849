import { fstat, type Stats, stat } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { CaptureOptions } from "../options/capture.js";
import { usageFailure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { behindLinks } from "./target.js";

const statOf = promisify(stat);
const fstatOf = promisify(fstat);

/**
 * Rejects an output that is the input. IN and OUT can be the same file through a link, or through redirected
 * standard input and output, where the file would grow as fast as it is read.
 * @throws Failure
 */
export async function refuseSameFile(
  input: string,
  output: string,
  { save }: CaptureOptions = {},
): Promise<void> {
  if (save !== undefined && (await isSamePath(save, output))) {
    throw usageFailure("--save and OUT are the same file", "Give another name.");
  }
  const [one, other] = await Promise.all([fileAt(input, 0), fileAt(output, 1)]);
  if (one === undefined || other === undefined) return;
  if (one.dev !== other.dev || one.ino !== other.ino) return;
  throw usageFailure("IN and OUT are the same file", "Give another OUT.");
}

/** Whether two names lead to the same file, which may not exist yet. */
async function isSamePath(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [one, other].map((name) => behindLinks(resolve(name)).catch(() => undefined)),
  );
  return a !== undefined && a === b;
}

/** The regular file at a path. Other files either hold no trace or cannot be overwritten. */
async function fileAt(path: string, stdio: number): Promise<Stats | undefined> {
  const found = path === STDIO ? fstatOf(stdio) : statOf(path);
  const file = await found.catch(() => undefined);
  return file?.isFile() ? file : undefined;
}
