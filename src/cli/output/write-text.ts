import { mkdir } from "node:fs/promises";
import { Failure, isSystemError } from "../process/failure.js";
import { writeOutput } from "./output.js";
import { writeFailure } from "./target.js";

/** Makes a folder, and those that it is in. @throws Failure if it cannot be made */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    if (isSystemError(error) && error.code === "EEXIST")
      throw new Failure(`cannot write into ${path}: it is not a directory`, undefined, { cause: error });
    throw writeFailure(path, error);
  }
}

/** Writes a text to OUT, whole or not at all; compressed if its name ends in .gz. @throws Failure if it cannot be written */
export async function writeText(path: string, text: string): Promise<void> {
  await writeOutput(path, (output) => output.write(new TextEncoder().encode(text)));
}
