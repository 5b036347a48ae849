import { mkdir } from "node:fs/promises";
import { Failure, isSystemError } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { FileOutput } from "./file-output.js";
import type { Output } from "./output.js";
import { StreamOutput } from "./stream-output.js";
import { resolveTarget, writeFailure } from "./target.js";

/** Characters of a text per write. */
const PIECE = 1 << 18;

/**
 * Opens OUT.
 * @param path a file, or `-` for standard output
 * @param gzip whether to compress; by default, if the name ends in `.gz`
 * @throws Failure if OUT cannot be written
 */
export async function openOutput(path: string, gzip = path.endsWith(".gz")): Promise<Output> {
  if (path === STDIO) return StreamOutput.standard(gzip);
  const target = await resolveTarget(path);
  return gzip || target.isSpecial ? StreamOutput.file(target, gzip) : FileOutput.open(target);
}

/** Whether nothing is left of what is written to OUT if it is discarded. @throws Failure if OUT cannot be written */
export async function isRevocable(path: string): Promise<boolean> {
  return path !== STDIO && !(await resolveTarget(path)).isSpecial;
}

/**
 * Writes OUT, completely or not at all.
 * @param target a file, `-` for standard output, or what is open already
 * @param write writes the data, and does not complete the output
 * @returns the result of `write`
 * @throws Failure if OUT cannot be written
 */
export async function writeOutput<T>(
  target: string | Output,
  write: (output: Output) => Promise<T>,
): Promise<T> {
  const output = typeof target === "string" ? await openOutput(target) : target;
  try {
    const result = await write(output);
    await output.close();
    return result;
  } catch (error) {
    await output.discard();
    throw error;
  }
}

/**
 * Writes a text to OUT, completely or not at all.
 * @param text the text, or its pieces
 * @throws Failure if OUT cannot be written
 */
export async function writeText(path: string, text: string | Iterable<string>): Promise<void> {
  const encoder = new TextEncoder();
  await writeOutput(path, async (output) => {
    let buffered = "";
    for (const piece of typeof text === "string" ? [text] : text) {
      buffered += piece;
      if (buffered.length < PIECE) continue;
      await output.write(encoder.encode(buffered));
      buffered = "";
    }
    await output.write(encoder.encode(buffered));
  });
}

/** Creates a folder and its parents. @throws Failure if that fails */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (isSystemError(error) && error.code === "EEXIST")
      throw new Failure(`cannot write into ${path}: it is not a directory`, undefined, { cause: error });
    throw writeFailure(path, error);
  }
}
