import { stat } from "node:fs/promises";
import { TraceError } from "../../../base/errors.js";
import { sourceOf } from "../../../bytes/byte-source.js";
import { FileSource } from "../../../bytes/file-source.js";
import { gunzipSource } from "../../../bytes/gzip-source.js";
import { PeekedSource } from "../../../bytes/peeked-source.js";
import { unzippedSource } from "../../../bytes/unzipped-source.js";
import { HEADER_LENGTH, headerVersion } from "../../../wire/format.js";

/** Facts from the beginning of a file. */
export interface TraceHead {
  /** The N of the header `go 1.N trace`; absent without a header. */
  readonly version?: number;
  /** Bytes of the file. */
  readonly size: number;
  readonly isGzip: boolean;
}

/** Reads the beginning of a file. @returns undefined if it is not a regular file or cannot be read */
export async function traceHead(path: string): Promise<TraceHead | undefined> {
  let raw: PeekedSource | undefined;
  try {
    // Opening a pipe would wait for a writer, and consume its bytes.
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

/** Bytes at the end of a gzip file with the unpacked length of its last member, modulo 4 GiB. */
const LENGTH = 4;
/** Bytes that are unpacked to estimate the compression ratio. */
const SAMPLE = 1 << 18;

/**
 * The approximate unpacked length of a gzip file. If the file has several members, the length at its end is
 * too small, so the ratio at its beginning gives a lower bound.
 * @throws the system's errors
 */
export async function unpackedLength(path: string): Promise<number> {
  const file = await FileSource.open(path);
  try {
    const end = new Uint8Array(LENGTH);
    file.readAt(Math.max(0, file.size - LENGTH), end);
    const start = new Uint8Array(Math.min(SAMPLE, file.size));
    file.readAt(0, start);
    const probable = Math.ceil(((await unpackedOf(start)) / start.length) * file.size);
    return Math.max(new DataView(end.buffer).getUint32(0, true), probable);
  } finally {
    await file.close();
  }
}

/** The unpacked length of the beginning of a gzip file. */
async function unpackedOf(start: Uint8Array): Promise<number> {
  let length = 0;
  try {
    for await (const chunk of gunzipSource(sourceOf([start])).chunks()) length += chunk.length;
  } catch (error) {
    // The beginning usually ends within the data.
    if (!(error instanceof TraceError)) throw error;
  }
  return length;
}
