import { TraceError } from "../../../base/errors.js";
import { sourceOf } from "../../../bytes/byte-source.js";
import { FileSource } from "../../../bytes/file-source.js";
import { gunzipSource } from "../../../bytes/gzip-source.js";

/** Bytes at the end of a gzip file that say how long its last member is unpacked, below 4 GiB. */
const LENGTH = 4;
/** Bytes of the file that are unpacked to see how much that makes of them. */
const SAMPLE = 1 << 18;

/**
 * About how many bytes a gzip file has unpacked. What it says itself is too little if it has several members, so it is not less
 * than its beginning makes probable.
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

/** How many bytes the beginning of a gzip file has unpacked. */
async function unpackedOf(start: Uint8Array): Promise<number> {
  let length = 0;
  try {
    for await (const chunk of gunzipSource(sourceOf([start])).chunks()) length += chunk.length;
  } catch (error) {
    // It is cut, as a rule.
    if (!(error instanceof TraceError)) throw error;
  }
  return length;
}
