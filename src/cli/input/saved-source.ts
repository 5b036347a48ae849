import { TraceError } from "../../base/errors.js";
import type { ByteSource } from "../../bytes/byte-source.js";
import { unzippedStart } from "../../bytes/gzip-source.js";
import type { Output } from "../output/output.js";

const TRACE_START = "go 1.";
/** Bytes that tell what an answer is, also if they are gzip. */
const HEAD = 1024;

/**
 * A source whose bytes are also written to a file, exactly as they come: all of them, also if the reader stops before,
 * and what there is if the source fails. Nothing is left of what does not begin as a trace does, gzipped or not, or is closed
 * before it was read as a trace.
 */
export class SavedSource implements ByteSource {
  readonly name: string;
  readonly size: number | undefined;
  readonly #source: ByteSource;
  readonly #output: Output;
  readonly #saved: (bytes: number) => void;
  #closed: Promise<void> | undefined;

  /** @param saved called with the number of bytes when the file has its name */
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

/** Whether what begins so may be a trace. */
function isTrace(head: Uint8Array): boolean {
  return textOf(unzippedStart(head)).startsWith(TRACE_START);
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, TRACE_START.length));
}

/** Takes what a reader has left over; an error of the source ends it. */
async function drain(next: () => Promise<Uint8Array | undefined>): Promise<void> {
  try {
    while ((await next()) !== undefined);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
}
