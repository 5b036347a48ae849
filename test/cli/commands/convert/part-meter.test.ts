// @module-tag long

import { describe, expect, test } from "vitest";
import { NO_LIMITS, PartMeter } from "../../../../src/cli/commands/convert/part-meter.js";
import { openTraceFile } from "../../../../src/node.js";
import { splitTrace } from "../../../../src/select/split-trace.js";
import type { JsonTrace } from "../../../support/chrome-json.js";
import { convertedPart, fullSink, jsonSink, leanSink, type MakeSink } from "../../../support/parts.js";
import { haveTraceProcessor } from "../../../support/perfetto-tools.js";
import { TraceProcessor } from "../../../support/trace-processor.js";
import { fixture } from "../../command.js";

const haveEngine = await haveTraceProcessor("goroutines of parts by SQL");
const HTTP = fixture("http.trace");
/** More than are alive at a time in the trace, and a fraction of those that ever are. */
const MOST = 1000;
/** Those that may begin within one block, if no block before has as many. */
const BLOCK = 50;

/** Parts, and how many goroutines the sink said that each has. */
async function partsOf(
  makeSink: MakeSink,
  most: number,
): Promise<{ bytes: Uint8Array; goroutines: number }[]> {
  const meter = new PartMeter({ ...NO_LIMITS, goroutines: most });
  const parts: { bytes: Uint8Array; goroutines: number }[] = [];
  for await (const part of splitTrace(await openTraceFile(HTTP), { isFull: meter.isFull })) {
    const sink = makeSink();
    meter.begin(sink);
    const { bytes } = await convertedPart(part, () => sink);
    parts.push({ bytes, goroutines: meter.goroutines });
  }
  return parts;
}

/** The threads of a file that are goroutines, by Perfetto. */
async function threadsIn(bytes: Uint8Array): Promise<number> {
  const tp = await TraceProcessor.load(bytes);
  try {
    const [row] = tp.query<{ n: number }>(
      "select count(*) as n from thread where tid between 1 and (1 << 30) - 1",
    );
    return row?.n ?? Number.NaN;
  } finally {
    tp.close();
  }
}

function rowsIn(bytes: Uint8Array): number {
  const { traceEvents } = JSON.parse(Buffer.from(bytes).toString()) as JsonTrace;
  return traceEvents.filter(
    ({ name, pid, tid = 0 }) => name === "thread_name" && pid > 2 ** 30 && tid < 2 ** 30,
  ).length;
}

describe("parts end by their goroutines", () => {
  test.skipIf(!haveEngine).each([
    ["lean", leanSink],
    ["full", fullSink],
  ] as const)("as Perfetto counts them: %s", async (_name, sink) => {
    const parts = await partsOf(sink, MOST);
    expect(parts.length).toBeGreaterThan(3);
    for (const { bytes, goroutines } of parts) expect(await threadsIn(bytes)).toBe(goroutines);
    const counts = parts.map(({ goroutines }) => goroutines);
    expect(Math.max(...counts)).toBeLessThanOrEqual(MOST + BLOCK);
    expect(Math.min(...counts.slice(0, -1))).toBeGreaterThan(MOST - 2 * BLOCK);
  });

  test("as there are rows in JSON", async () => {
    const parts = await partsOf(jsonSink, MOST);
    expect(parts.length).toBeGreaterThan(3);
    for (const { bytes, goroutines } of parts) expect(rowsIn(bytes)).toBe(goroutines);
    expect(Math.max(...parts.map(({ goroutines }) => goroutines))).toBeLessThanOrEqual(MOST + BLOCK);
  });

  test("but have some besides those that they begin with, however many that are", async () => {
    const parts = await partsOf(leanSink, 4);
    expect(parts.length).toBeGreaterThan(3);
    const counts = parts.map(({ goroutines }) => goroutines);
    expect(Math.min(...counts)).toBeGreaterThan(4);
    expect(Math.max(...counts)).toBeLessThan(MOST / 2);
  });
});
