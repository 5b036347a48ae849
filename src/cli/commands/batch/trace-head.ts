import { stat } from "node:fs/promises";
import { FileSource } from "../../../bytes/file-source.js";
import { unzippedSource } from "../../../bytes/gzip-source.js";
import { PeekedSource } from "../../../bytes/peeked-source.js";
import { HEADER_LENGTH, headerVersion } from "../../../wire/format.js";

/** What a look at a file tells of the trace in it. */
export interface TraceHead {
  /** The N of its header `go 1.N trace`; absent if it has none. */
  readonly version?: number;
  /** Bytes of the file. */
  readonly size: number;
  readonly isGzip: boolean;
}

/** Looks at the beginning of a file. @returns undefined if it is no regular file or cannot be read */
export async function traceHead(path: string): Promise<TraceHead | undefined> {
  let raw: PeekedSource | undefined;
  try {
    // To open a pipe would wait for who writes to it, and take the bytes away.
    if (!(await stat(path)).isFile()) return undefined;
    const file = await FileSource.open(path);
    raw = new PeekedSource(file);
    const source = await unzippedSource(raw);
    const version = headerVersion(await source.peek(HEADER_LENGTH));
    return { ...(version !== undefined && { version }), size: file.size, isGzip: source !== raw };
  } catch {
    return undefined;
  } finally {
    await raw?.close();
  }
}
