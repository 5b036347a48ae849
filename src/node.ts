import type { CaptureSource } from "./bytes/byte-source.js";
import { FileSource } from "./bytes/file-source.js";
import { PeekedSource } from "./bytes/peeked-source.js";
import { RequestError, type RequestErrorCode } from "./bytes/request-error.js";
import type { TlsOptions } from "./bytes/tls-options.js";
import { unzippedSource } from "./bytes/unzipped-source.js";
import { openUrl, type UrlOptions } from "./bytes/url-source.js";
import { openTrace } from "./order/open.js";
import type { Trace, TraceOptions } from "./order/trace.js";

export * from "./index.js";
export {
  type CaptureSource,
  FileSource,
  openUrl,
  RequestError,
  type RequestErrorCode,
  type TlsOptions,
  type UrlOptions,
};

/**
 * Opens a trace file, gzipped or not. A file that is not gzipped is read with random access, without a whole generation
 * in memory.
 * @throws TraceError like {@link openTrace}; the system's error if the file cannot be read, such as ENOENT
 */
export async function openTraceFile(path: string, options: TraceOptions = {}): Promise<Trace> {
  const file = new PeekedSource(await FileSource.open(path));
  try {
    return await openTrace(await unzippedSource(file), options);
  } catch (error) {
    await file.close();
    throw error;
  }
}
