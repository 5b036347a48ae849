import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { TraceError, type TraceErrorFacts } from "../../base/errors.js";
import type { ByteSource } from "../../bytes/byte-source.js";
import { FileSource } from "../../bytes/file-source.js";
import { unzippedSource } from "../../bytes/gzip-source.js";
import { PeekedSource } from "../../bytes/peeked-source.js";
import { streamSource } from "../../bytes/stream-source.js";
import { openTrace } from "../../order/open.js";
import type { Trace, TraceOptions } from "../../order/trace.js";

import { HEADER_LENGTH, headerVersion, TRACE_FORMATS } from "../../wire/format.js";
import { liveTitle, liveUrl, shownName } from "../connection/trace-url.js";
import { givenLiveOptions } from "../options/capture.js";
import { ExitCode } from "../process/exit-codes.js";
import { Failure, isSystemError } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { adviceOn } from "./advice.js";
import { openLive } from "./capture.js";
import type { CommonOptions } from "./reading.js";
import { SNIFFED, sniff } from "./sniff.js";

/** The newest format that is known. */
const NEWEST = Math.max(...TRACE_FORMATS.map(({ minor }) => minor));

/** A trace that has been opened. */
export interface Input {
  /** For messages. */
  readonly name: string;
  /** For who looks at the output. */
  readonly title: string;
  readonly trace: Trace;
  /** Bytes of the input as {@link Trace.bytesRead} counts them, if that is known. */
  readonly size: number | undefined;
  /** Whether it is no file: it may still be being written. */
  readonly isStream: boolean;
  /** Its first bytes, decompressed, as many as were asked for. */
  readonly head: Uint8Array;
}

/** How IN is opened. */
export interface InputOptions extends TraceOptions {
  /** How many of its first bytes to give. */
  readonly head?: number;
}

/** What IN is called in messages. */
export function nameOf(path: string): string {
  return path === STDIO ? "standard input" : shownName(path);
}

function titleOf(path: string): string {
  const url = liveUrl(path);
  return url === undefined ? basename(nameOf(path)) : liveTitle(url);
}

/**
 * Opens IN: a file, `-` or a URL, gzipped or not.
 * @param opened where IN's bytes are from, if they have been opened already
 * @throws Failure with advice
 */
export async function openInput(
  path: string,
  options: CommonOptions,
  reading: InputOptions = {},
  opened?: ByteSource,
): Promise<Input> {
  const name = nameOf(path);
  const raw = new PeekedSource(opened ?? (await openSource(path, name, options)));
  try {
    const source = await unzippedSource(raw);
    const version = await versionOf(source, name, source !== raw);
    const head = await source.peek(reading.head ?? 0);
    const trace = await openVersion(version, source, name, reading);
    const isStream = raw.readAt === undefined;
    return { name, title: titleOf(path), trace, size: source.size, isStream, head };
  } catch (error) {
    await raw.close();
    throw asFailure(error, name);
  }
}

/** Words for where an error is. */
export function describePlace(facts: TraceErrorFacts): string {
  const { compressedOffset } = facts;
  const compressed = compressedOffset === undefined ? "" : `, at byte ${compressedOffset} of the gzip file`;
  const places = [
    facts.generation !== undefined ? `generation ${facts.generation}` : "",
    facts.offset !== undefined ? `byte ${facts.offset}${compressed}` : "",
  ].filter(Boolean);
  return places.length > 0 ? ` (${places.join(", ")})` : "";
}

/** Opens IN's bytes as they are. @throws Failure with advice */
export async function openSource(path: string, name: string, options: CommonOptions): Promise<ByteSource> {
  const url = liveUrl(path);
  if (url !== undefined) return openLive(url, options);
  const [needless] = givenLiveOptions(options);
  if (needless !== undefined) {
    throw new Failure(`${needless} is for a URL, and IN is ${name}`, "Leave it out.", {
      exitCode: ExitCode.Usage,
    });
  }
  if (path === STDIO) return streamSource(process.stdin, name);
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw new Failure(`${name} is a directory`, "Give the trace file in it.");
    return file.isFile() ? await FileSource.open(path) : await fifo(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const advice =
      error.code === "ENOENT" ? "Is the name right? It counts from the current folder." : undefined;
    throw new Failure(`cannot read ${name}: ${systemMessage(error)}`, advice, { cause: error });
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

/**
 * The N of the header `go 1.N trace`.
 * @throws Failure if the source does not begin as a trace does, TraceError if too little of it can be read
 */
export async function versionOf(source: PeekedSource, name: string, compressed: boolean): Promise<number> {
  // No more than a header at first: the rest of a stream may take its time.
  const version = headerVersion(await source.peek(HEADER_LENGTH));
  if (version !== undefined) return version;
  const start = await source.peek(SNIFFED);
  if (start.length < HEADER_LENGTH && source.failure !== undefined) throw source.failure;
  const { is, advice } = sniff(start);
  throw new Failure(
    `${name} is not a Go execution trace: ${compressed ? "decompressed, " : ""}${is}`,
    advice,
  );
}

async function openVersion(
  version: number,
  source: ByteSource,
  name: string,
  options: TraceOptions,
): Promise<Trace> {
  try {
    return await openTrace(source, options);
  } catch (error) {
    if (!(error instanceof TraceError) || error.code !== "unsupported-version") throw error;
    throw new Failure(`cannot read ${name}: ${error.message}`, versionAdvice(version), { cause: error });
  }
}

function versionAdvice(version: number): string {
  if (version > NEWEST) return "A newer go2perfetto may read it.";
  const versions = TRACE_FORMATS.map(({ minor }) => `1.${minor}`).join(", ");
  return `No release of Go writes this header. Those that are read: go ${versions}.`;
}

/** The error that ends the command for one that comes before the first event. */
export function asFailure(error: unknown, name: string): unknown {
  if (isSystemError(error)) {
    return new Failure(`cannot read ${name}: ${systemMessage(error)}`, undefined, { cause: error });
  }
  if (!(error instanceof TraceError)) return error;
  const message = `cannot read ${name}: ${error.message}${describePlace(error.facts)}`;
  return new Failure(message, adviceOn(error), { cause: error });
}
