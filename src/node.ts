import type { CaptureSource } from "./bytes/byte-source.js";
import { FileSource } from "./bytes/file-source.js";
import { RequestError, type RequestErrorCode } from "./bytes/request-error.js";
import type { TlsOptions } from "./bytes/tls-options.js";
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

/** Opens a trace file, read with random access: not even a generation is held in memory. */
export async function openTraceFile(path: string, options: TraceOptions = {}): Promise<Trace> {
  return openTrace(await FileSource.open(path), options);
}
