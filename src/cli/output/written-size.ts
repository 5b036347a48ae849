import { stat } from "node:fs/promises";
import { byteSize } from "../../base/grouped.js";

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
