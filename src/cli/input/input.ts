import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { TraceError } from "../../base/errors.js";
import type { ByteSource } from "../../bytes/byte-source.js";
import { FileSource } from "../../bytes/file-source.js";
import { PeekedSource } from "../../bytes/peeked-source.js";
import { streamSource } from "../../bytes/stream-source.js";
import { unzippedSource } from "../../bytes/unzipped-source.js";
import { openTrace } from "../../order/open.js";
import type { Trace, TraceOptions } from "../../order/trace.js";

import { NOT_A_TRACE_BYTES, notATraceMessage } from "../../report/not-a-trace.js";
import { HEADER_LENGTH, headerVersion, TRACE_FORMATS } from "../../wire/format.js";
import { isAddress, shownName, traceUrl, urlTitle } from "../connection/trace-url.js";
import { givenCaptureOptions } from "../options/capture.js";
import type { CommonOptions } from "../options/common.js";
import { Failure, isSystemError, systemMessage, usageFailure } from "../process/failure.js";
import { STDIO } from "../process/stdio.js";
import { openFailure } from "./trace-failure.js";

/** The newest known format. */
const NEWEST = Math.max(...TRACE_FORMATS.map(({ minor }) => minor));

/** An opened trace. */
export interface Input {
  /** For messages. */
  readonly name: string;
  /** For viewers of the output: the file's name, unless names are made up. */
  readonly title: string;
  readonly trace: Trace;
  /** Bytes of the input as {@link Trace.bytesRead} counts them, if known. */
  readonly size: number | undefined;
  /** Whether it is a stream that may still be written. */
  readonly isStream: boolean;
  /** The first bytes, decompressed. */
  readonly head: Uint8Array;
}

/** How to open IN. */
export interface InputOptions extends TraceOptions {
  /** Length of {@link Input.head}. */
  readonly head?: number;
}

/** The name of IN in messages. */
export function nameOf(path: string): string {
  return path === STDIO ? "standard input" : shownName(path);
}

function titleOf(path: string): string {
  const url = traceUrl(path);
  return url === undefined ? basename(nameOf(path)) : urlTitle(url);
}

/**
 * Opens IN: a file, `-` or a URL, compressed with gzip or not.
 * @param opened the source of IN, if it is already open
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
    const stored = await openVersion(version, source, name, reading);
    const { title, trace } = await named(stored, path, options);
    const isStream = raw.readAt === undefined;
    return { name, title, trace, size: source.size, isStream, head };
  } catch (error) {
    await raw.close();
    throw openFailure(error, name);
  }
}

/** A trace and its title, with made-up names if they are asked for. */
async function named(
  trace: Trace,
  path: string,
  { naming }: CommonOptions,
): Promise<Pick<Input, "title" | "trace">> {
  if (naming === undefined) return { title: titleOf(path), trace };
  return (await import("./made-up-names.js")).anonymous(trace, naming);
}

/** Opens the bytes of IN, without decompressing them. @throws Failure with advice */
export async function openSource(path: string, name: string, options: CommonOptions): Promise<ByteSource> {
  const url = traceUrl(path);
  if (url !== undefined) return (await import("./capture.js")).openCapture(url, options);
  const [needless] = givenCaptureOptions(options);
  if (needless !== undefined) {
    throw usageFailure(`${needless} is for a URL, and IN is ${name}`, "Leave it out.");
  }
  if (path === STDIO) return streamSource(process.stdin, name);
  try {
    const file = await stat(path);
    if (file.isDirectory()) throw new Failure(`${name} is a directory`, "Give a trace file in it.");
    return file.isFile() ? await FileSource.open(path) : await fifo(path);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const advice =
      error.code === "ENOENT" ? "Check the name. It is relative to the current folder." : undefined;
    throw new Failure(`cannot read ${name}: ${systemMessage(error)}`, advice, { cause: error });
  }
}

/** Whether IN can be read a second time: a file can, a stream or a running program cannot. Opening it tells if it is missing. */
export async function canReadAgain(path: string): Promise<boolean> {
  if (path === STDIO || traceUrl(path) !== undefined) return false;
  const file = await stat(path).catch(() => undefined);
  return file?.isFile() ?? true;
}

/** A named pipe or a device. */
async function fifo(path: string): Promise<ByteSource> {
  const { createReadStream } = await import("node:fs");
  return streamSource(createReadStream(path), path);
}

/**
 * The N of the header `go 1.N trace`.
 * @throws Failure if the source does not begin like a trace, TraceError if it is too short
 */
export async function versionOf(source: PeekedSource, name: string, compressed: boolean): Promise<number> {
  // Only the header first: a stream may send the rest later.
  const version = headerVersion(await source.peek(HEADER_LENGTH));
  if (version !== undefined) return version;
  const start = await source.peek(NOT_A_TRACE_BYTES);
  if (start.length < HEADER_LENGTH && source.failure !== undefined) throw source.failure;
  const { text, advice } = notATraceMessage(name, start, compressed, isAddress(name));
  throw new Failure(text, advice);
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
  return `No release of Go writes this header. Known headers are go ${versions}.`;
}
