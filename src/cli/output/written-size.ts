import { stat } from "node:fs/promises";
import { byteSize } from "../../base/grouped.js";
import type { Messages } from "../process/messages.js";
import { STDIO } from "../process/stdio.js";

/** The size of written files together, such as `1.1 MB`; undefined if one of them is no file, such as a pipe. */
export async function writtenSize(paths: readonly string[]): Promise<string | undefined> {
  let bytes = 0;
  for (const path of paths) {
    const file = await stat(path).catch(() => undefined);
    if (!file?.isFile()) return undefined;
    bytes += file.size;
  }
  return byteSize(bytes);
}

/** Says that a file was written, unless OUT is standard output or no file. */
export async function tellWritten(path: string, messages: Messages): Promise<void> {
  const size = path === STDIO ? undefined : await writtenSize([path]);
  if (size !== undefined) messages.info(`${path}: ${size}`);
}
