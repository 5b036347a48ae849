import { mkdir } from "node:fs/promises";
import { Failure, isSystemError } from "./failure.js";
import { openOutput } from "./output.js";
import { writeFailure } from "./target.js";

/** Makes a folder, and those that it is in. @throws Failure if it cannot be made */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (isSystemError(error) && error.code === "EEXIST")
      throw new Failure(`cannot write to ${path}: it is no folder`);
    throw writeFailure(path, error);
  }
}

/** Writes a text to OUT, whole or not at all. @throws Failure if it cannot be written */
export async function writeText(path: string, text: string): Promise<void> {
  const output = await openOutput(path);
  try {
    await output.write(new TextEncoder().encode(text));
    await output.close();
  } catch (error) {
    await output.discard();
    throw error;
  }
}
