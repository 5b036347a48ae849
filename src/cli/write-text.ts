import { openOutput } from "./output.js";

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
