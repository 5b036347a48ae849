import { TraceError } from "go2perfetto";

const GZIP_MAGIC = [0x1f, 0x8b];

/** Whether a file is gzipped, by its first bytes. @throws DOMException if the browser cannot read the file */
export async function isGzip(file: Blob): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, GZIP_MAGIC.length).arrayBuffer());
  return GZIP_MAGIC.every((byte, i) => start[i] === byte);
}

/** The bytes of a gzipped file. @throws TraceError if they are cut or damaged */
export async function* unzipped(file: Blob): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = file.stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        // The browser tells no more, and the same for what is cut, damaged, or followed by other bytes.
        if (!(error instanceof TypeError)) throw error;
        throw new TraceError("read-failed", "the gzip data is cut or damaged");
      });
      if (done) return;
      yield value;
    }
  } finally {
    // Nobody waits for what is left.
    reader.cancel().catch(() => undefined);
  }
}

/** The first bytes of a file, decompressed; fewer only if there are fewer, or if they are damaged. */
export async function startOf(file: Blob, count: number): Promise<Uint8Array> {
  if (!(await isGzip(file))) return new Uint8Array(await file.slice(0, count).arrayBuffer());
  const start = new Uint8Array(count);
  let length = 0;
  try {
    for await (const chunk of unzipped(file)) {
      const part = chunk.subarray(0, count - length);
      start.set(part, length);
      length += part.length;
      if (length === count) break;
    }
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
  return start.subarray(0, length);
}
