import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventBlock } from "../../src/event/block.js";
import { openTraceFile } from "../../src/node.js";
import type { Trace } from "../../src/order/trace.js";
import { convert } from "../../src/sink/convert.js";
import { GoSink } from "../../src/sink/go/go-sink.js";
import { eventText } from "../../src/sink/text/event-text.js";
import { readBlocks } from "./reading.js";

/** A trace written again, as a file. */
export interface Trimmed {
  readonly path: string;
  readonly size: number;
  /** What the sink says it left out or added. */
  readonly omissions: readonly string[];
}

/**
 * Writes a trace as a Go trace.
 * @param minor the N of its header; that of the trace by default, or 23 if that is older
 * @param keepTicks whether it is a whole trace, so that its timestamps can stay
 * @param generationLength nanoseconds, for a trace before Go 1.22
 */
export async function trimmed(
  trace: Trace,
  minor = trace.format.generation === 2 ? trace.format.minor : 23,
  keepTicks = false,
  generationLength = 1e9,
): Promise<Trimmed> {
  const sink = new GoSink({ minor, keepTicks, generationLength });
  const chunks: Buffer[] = [];
  await convert(trace, sink, { write: (bytes) => void chunks.push(Buffer.from(bytes)) });
  const bytes = Buffer.concat(chunks);
  const path = join(mkdtempSync(join(tmpdir(), "trimmed-")), "out.trace");
  writeFileSync(path, bytes);
  return { path, size: bytes.length, omissions: sink.omissions.map(({ text }) => text) };
}

/** The lines that `dump` prints of a trace. */
export async function dumpOf(trace: Trace): Promise<string[]> {
  const lines: string[] = [];
  await readBlocks(trace, (block: EventBlock) => {
    for (let i = 0; i < block.length; i++) lines.push(eventText(block, i));
  });
  return lines;
}

/** The lines that `dump` prints of a file. */
export async function dumpOfFile(path: string): Promise<string[]> {
  return dumpOf(await openTraceFile(path));
}
