import { fstat, type Stats, stat } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import type { LiveOptions } from "../options/capture.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { behindLinks } from "./target.js";

const statOf = promisify(stat);
const fstatOf = promisify(fstat);

/**
 * Refuses to write a trace's output over the trace: it may be the same file by a link of any sort, or as what standard
 * input or output stand for, where it would grow as fast as it is read.
 * @throws Failure
 */
export async function refuseSameFile(
  input: string,
  output: string,
  { save }: LiveOptions = {},
): Promise<void> {
  if (save !== undefined && (await isSamePath(save, output))) {
    throw new Failure("--save and OUT are the same file", "Name another.", { exitCode: ExitCode.Usage });
  }
  const [one, other] = await Promise.all([fileAt(input, 0), fileAt(output, 1)]);
  if (one === undefined || other === undefined) return;
  if (one.dev !== other.dev || one.ino !== other.ino) return;
  throw new Failure("IN and OUT are the same file", "Name another OUT.", { exitCode: ExitCode.Usage });
}

/** Whether two names, of files that need not exist, lead to the same place. */
async function isSamePath(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all(
    [one, other].map((name) => behindLinks(resolve(name)).catch(() => undefined)),
  );
  return a !== undefined && a === b;
}

/** What stands under a path, if that is a regular file: nothing else holds a trace and can be overwritten. */
async function fileAt(path: string, stdio: number): Promise<Stats | undefined> {
  const found = path === STDIO ? fstatOf(stdio) : statOf(path);
  const file = await found.catch(() => undefined);
  return file?.isFile() ? file : undefined;
}
