import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { fixtureTraces } from "../support/corpus.js";
import { convertedPart, convertedParts, fullSink, leanSink } from "../support/parts.js";

describe("a part", () => {
  it.each(fixtureTraces())(
    "is the same as the window from its beginning to its end: $name",
    async ({ path }) => {
      const whole = await convertedPart(await openTraceFile(path), leanSink);
      const step = Math.ceil(whole.duration / 5.5);
      for (const sink of [fullSink, leanSink]) {
        const parts = await convertedParts(path, { step }, sink);
        expect(parts.length).toBeGreaterThan(1);
        for (const { bytes, from, duration, summary } of parts) {
          const window = { from, to: from + duration };
          const alone = await convertedPart(new WindowedTrace(await openTraceFile(path), window), sink);
          expect(alone.duration).toBe(duration);
          expect(Buffer.compare(alone.bytes, bytes)).toBe(0);
          expect(summary?.part).toMatchObject(window);
        }
      }
    },
  );
});
