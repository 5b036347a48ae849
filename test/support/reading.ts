import { readFileSync } from "node:fs";
import { TraceError } from "../../src/base/errors.js";
import { type ByteSource, sourceOf } from "../../src/bytes/byte-source.js";
import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { openTraceFile } from "../../src/node.js";
import { openTrace } from "../../src/order/open.js";
import type { Trace, TraceOptions } from "../../src/order/trace.js";

/** Options under which our reader gives what Go's gives, to the event. */
export const LIKE_GO = { salvage: false } as const;

/** Reads a trace to its end, or to the error that it gives back. */
export async function readBlocks(
  trace: Trace,
  visit: (block: EventBlock) => void,
): Promise<TraceError | undefined> {
  try {
    for await (const block of trace.blocks()) visit(block);
    return undefined;
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
}

/** Opens a file and reads it like {@link readBlocks}; an error while opening is given back too. */
export async function readFileBlocks(
  path: string,
  options: TraceOptions,
  visit: (block: EventBlock, trace: Trace) => void,
): Promise<TraceError | undefined> {
  try {
    const trace = await openTraceFile(path, options);
    return await readBlocks(trace, (block) => visit(block, trace));
  } catch (error) {
    if (error instanceof TraceError) return error;
    throw error;
  }
}

/** Reads what `go tool trace` looks at: of a trace that breaks, the events up to its last sync event. */
export async function readLikeGoTool(path: string, visit: (block: EventBlock) => void): Promise<void> {
  let events = 0;
  let lastSync = 0;
  const error = await readFileBlocks(path, LIKE_GO, (block) => {
    for (let i = 0; i < block.length; i++) if (block.kind[i] === EventKind.Sync) lastSync = events + i + 1;
    events += block.length;
  });
  let left = error === undefined ? events : lastSync;
  await readFileBlocks(path, LIKE_GO, (block) => {
    block.length = Math.min(block.length, left);
    left -= block.length;
    if (block.length > 0) visit(block);
  });
}

/** A stream of a file's bytes in chunks of a size, each of which is overwritten when the next is asked for. */
export function chunkedFile(path: string, size: number): ByteSource {
  return chunkedBytes(readFileSync(path), size);
}

/** A stream of bytes in chunks of a size, each of which is overwritten when the next is asked for. */
export function chunkedBytes(bytes: Uint8Array, size: number): ByteSource {
  return sourceOf(volatileChunks(bytes, size));
}

/** Opens bytes as a stream in one chunk. */
export function openBytes(bytes: Uint8Array, options: TraceOptions = {}): Promise<Trace> {
  return openTrace(sourceOf([bytes]), options);
}

function* volatileChunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  const chunk = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size);
    chunk.set(part);
    yield chunk.subarray(0, part.length);
    chunk.fill(0xaa);
  }
}
