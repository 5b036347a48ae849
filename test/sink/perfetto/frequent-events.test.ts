import { expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { convert } from "../../../src/sink/convert.js";
import { FullSink } from "../../../src/sink/perfetto/full-sink.js";
import { TRACK_GROUPS } from "../../../src/sink/view-options.js";
import { variedTraces } from "../../support/corpus.js";

async function full(path: string, slow: boolean): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const write = (bytes: Uint8Array) => void chunks.push(bytes.slice());
  await convert(await openTraceFile(path), new FullSink("test", { slow, tracks: TRACK_GROUPS }), { write });
  return Buffer.concat(chunks);
}

const traces = variedTraces();

test.each(traces)("the fast path for frequent events writes the same bytes of $name", async ({ path }) => {
  expect(Buffer.compare(await full(path, false), await full(path, true))).toBe(0);
});
