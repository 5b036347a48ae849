// @module-tag long
import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { convert } from "../../src/sink/convert.js";
import { fixtureTraces, goTests } from "../support/corpus.js";
import { fullSink, jsonSink, leanJsonSink, leanSink, type MakeSink } from "../support/parts.js";

/** The bytes that a sink expects its end to take, and those that it takes. */
async function endOf(path: string, to: number, makeSink: MakeSink) {
  const sink = makeSink();
  const end = sink.end.bind(sink);
  const bytes = { expected: 0, written: 0 };
  let isEnding = false;
  sink.end = (summary) => {
    bytes.expected = sink.pending ?? 0;
    bytes.written = -sink.output.length;
    isEnding = true;
    return end(summary);
  };
  const trace = new WindowedTrace(await openTraceFile(path), { from: 0, to });
  await convert(trace, sink, {
    write: ({ length }) => {
      if (isEnding) bytes.written += length;
    },
  });
  return bytes;
}

describe("the end of a file", () => {
  it.each([...fixtureTraces(), ...goTests()])(
    "takes about what it is expected to: $name",
    async ({ path }) => {
      for (const sink of [fullSink, leanSink, jsonSink, leanJsonSink]) {
        for (const to of [2e6, 300e6, Number.POSITIVE_INFINITY]) {
          const { expected, written } = await endOf(path, to, sink);
          expect(written).toBeLessThanOrEqual(expected);
          expect(expected).toBeLessThan(written * 2.5 + 20_000);
        }
      }
    },
  );
});
