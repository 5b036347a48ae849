import { stat } from "node:fs/promises";
import { TraceError, type TraceErrorFacts } from "../base/errors.js";
import type { ByteSource } from "../bytes/byte-source.js";
import { FileSource } from "../bytes/file-source.js";
import { gunzipSource, isGzip } from "../bytes/gzip-source.js";
import { streamSource } from "../bytes/stream-source.js";
import { openTrace } from "../order/open.js";
import type { Trace } from "../order/trace.js";
import type { TraceOptions } from "../order/v2/trace.js";
import { ADVICE } from "./advice.js";
import { Failure, isSystemError } from "./failure.js";
import { sniff } from "./sniff.js";

/** What stands for standard input and output. */
export const STDIO = "-";

/** A trace that has been opened. */
export interface Input {
  readonly name: string;
  readonly trace: Trace;
  /** Bytes of the input as {@link Trace.bytesRead} counts them, if that is known. */
  readonly size: number | undefined;
}

/**
 * Opens IN: a file or `-`, gzipped or not.
 * @throws Failure with advice
 */
export async function openInput(path: string, options: TraceOptions = {}): Promise<Input> {
  const name = path === STDIO ? "standard input" : path;
  const raw = await openSource(path, name);
  const source = await decompress(raw);
  const start = new Start(source);
  try {
    const trace = await openTrace(start.source, options);
    return { name, trace, size: source.size };
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    throw notATrace(name, error, start.bytes, source !== raw);
  }
}

/** Words for where an error is. */
export function describePlace(facts: TraceErrorFacts): string {
  const places = [
    facts.generation !== undefined ? `generation ${facts.generation}` : "",
    facts.offset !== undefined ? `byte ${facts.offset}` : "",
  ].filter(Boolean);
  return places.length > 0 ? ` (${places.join(", ")})` : "";
}

async function openSource(path: string, name: string): Promise<ByteSource> {
  if (path === STDIO) return peekable(streamSource(process.stdin, name));
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw new Failure(`${name} is a directory`, "Give the trace file in it.");
    return file.isFile() ? await FileSource.open(path) : peekable(await fifo(path));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new Failure(`cannot read ${name}: ${systemMessage(error)}`);
  }
}

/** A pipe with a name, or a device. */
async function fifo(path: string): Promise<ByteSource> {
  const { createReadStream } = await import("node:fs");
  return streamSource(createReadStream(path), path);
}

/** The system's words, without the code and the path that stand around them. */
export function systemMessage(error: NodeJS.ErrnoException): string {
  return error.message.replace(/^\w+: /, "").replace(/, \w+( '.*')?$/, "");
}

async function decompress(source: ByteSource): Promise<ByteSource> {
  return isGzip(await firstBytes(source)) ? gunzipSource(withoutAccess(source)) : source;
}

async function firstBytes(source: ByteSource): Promise<Uint8Array> {
  if (source.readAt !== undefined) {
    const start = new Uint8Array(2);
    return start.subarray(0, source.readAt(0, start));
  }
  return (source as Peekable).peek();
}

/** A gzipped file's bytes have other places than the file's. */
function withoutAccess(source: ByteSource): ByteSource {
  return { name: source.name, chunks: () => source.chunks(), close: () => source.close?.() };
}

interface Peekable extends ByteSource {
  peek(): Promise<Uint8Array>;
}

/** A stream whose first chunk can be looked at before it is read. */
function peekable(source: ByteSource): Peekable {
  const chunks = source.chunks()[Symbol.asyncIterator]();
  let first: Promise<IteratorResult<Uint8Array>> | undefined;
  const peek = () => {
    first ??= chunks.next();
    return first;
  };
  return {
    name: source.name,
    async peek() {
      const { done, value } = await peek();
      return done ? new Uint8Array(0) : value;
    },
    async *chunks() {
      for (let next = await peek(); !next.done; next = await chunks.next()) yield next.value;
    },
    close: () => source.close?.(),
  };
}

/** Remembers the beginning of what goes by, to say what it is if it is no trace. */
class Start {
  bytes = new Uint8Array(0);
  readonly source: ByteSource;

  constructor(source: ByteSource) {
    if (source.readAt !== undefined) {
      const start = new Uint8Array(256);
      this.bytes = start.subarray(0, source.readAt(0, start));
      this.source = source;
    } else this.source = { ...source, chunks: () => this.#chunks(source), close: () => source.close?.() };
  }

  async *#chunks(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of source.chunks()) {
      if (this.bytes.length < 256) this.bytes = Uint8Array.from([...this.bytes, ...chunk.subarray(0, 256)]);
      yield chunk;
    }
  }
}

function notATrace(name: string, error: TraceError, start: Uint8Array, compressed: boolean): Failure {
  if (error.code !== "not-a-trace") {
    return new Failure(`cannot read ${name}: ${error.message}`, versionAdvice(error, start));
  }
  const { is, advice } = sniff(start, compressed);
  return new Failure(`${name} is not a Go execution trace: ${is}`, advice);
}

function versionAdvice(error: TraceError, start: Uint8Array): string {
  const minor = Number(/^go 1\.(\d+)/.exec(String.fromCharCode(...start.subarray(0, 16)))?.[1] ?? 0);
  if (error.code === "unsupported-version" && minor < 26) {
    return "This version reads traces of Go 1.22 and later (headers go 1.22, 1.23, 1.25 and 1.26).";
  }
  return ADVICE[error.code];
}
