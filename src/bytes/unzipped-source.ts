import { holdsGzip } from "./gzip.js";
import { PeekedSource } from "./peeked-source.js";

/** The source, decompressed if it is gzip. Only then is Node's zlib loaded. @throws errors of the source */
export async function unzippedSource(source: PeekedSource): Promise<PeekedSource> {
  if (!(await holdsGzip(source))) return source;
  const { gunzipSource } = await import("./gzip-source.js");
  return new PeekedSource(gunzipSource(source));
}
