import type { PeekedSource } from "./peeked-source.js";

/** The first bytes of a gzip file. */
export const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** Whether the bytes start a gzip file. */
export function isGzip(start: Uint8Array): boolean {
  return start.length >= GZIP_MAGIC.length && GZIP_MAGIC.every((byte, i) => start[i] === byte);
}

/** Whether a source is a gzip file. @throws errors of the source */
export async function holdsGzip(source: PeekedSource): Promise<boolean> {
  return isGzip(await source.peek(GZIP_MAGIC.length));
}
