import { TraceError } from "../../base/errors.js";
import type { ByteSource } from "../../bytes/byte-source.js";
import { unzippedStart } from "../../bytes/gzip-source.js";
import type { Output } from "../output/output.js";

const TRACE_START = "go 1.";
/** Bytes that identify an answer, even in gzip. */
const HEAD = 1024;

/**
 * A source whose bytes are also written to a file, unchanged. If the reader stops early, the rest is still
 * written. If the source fails, the file has the bytes before the failure. No file is left if the bytes do
 * not begin like a trace, compressed with gzip or not, or if the source is closed before it is read as a
 * trace.
 */
export class SavedSource implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly #source: ByteSource;
  readonly #output: Output;
  readonly #saved: (bytes: number) => void;
  #closed: Promise<void> | undefined;

  /** @param saved called with the number of bytes when the file is complete */
  constructor(source: ByteSource, output: Output, saved: (bytes: number) => void) {
    this.name = source.name;
    this.size = source.size;
    this.#source = source;
    this.#output = output;
    this.#saved = saved;
  }

  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks = this.#source.chunks()[Symbol.asyncIterator]();
    let bytes = 0;
    let head = new Uint8Array(0);
    const next = async (): Promise<Uint8Array | undefined> => {
      const { done, value } = await chunks.next();
      if (done) return undefined;
      if (head.length < HEAD) head = Buffer.concat([head, value.subarray(0, HEAD)]);
      await this.#output.write(value);
      bytes += value.length;
      return value;
    };
    let failure: unknown;
    try {
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      if (failure === undefined) await drain(next);
      const isUsable = failure === undefined || failure instanceof TraceError;
      if (isUsable && isTrace(head)) await this.#complete(bytes);
    }
  }

  async close(): Promise<void> {
    this.#closed ??= this.#output.discard();
    await this.#closed;
    await this.#source.close?.();
  }

  async #complete(bytes: number): Promise<void> {
    await this.#output.close();
    this.#closed = Promise.resolve();
    this.#saved(bytes);
  }
}

/** Whether bytes begin like a trace. */
function isTrace(head: Uint8Array): boolean {
  return textOf(unzippedStart(head)).startsWith(TRACE_START);
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, TRACE_START.length));
}

/** Reads the rest of the source. A TraceError ends it. */
async function drain(next: () => Promise<Uint8Array | undefined>): Promise<void> {
  try {
    while ((await next()) !== undefined);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
}
