import { describe, expect, it } from "vitest";
import { openTrace } from "../../../src/order/open.js";
import { variedTraces } from "../../support/corpus.js";
import { fullBytes, fullBytesOf } from "../../support/full-output.js";
import { chunkedFile, LIKE_GO } from "../../support/reading.js";

/** Bytes: several batches on several threads. */
const LARGEST = 500_000;
const traces = variedTraces(LARGEST);
const CHUNK_SIZES = [1, 100];

describe("a full conversion", () => {
  it.each(traces)("of $name is the same every time, whatever chunks the trace comes in", async (trace) => {
    const whole = await fullBytesOf(trace);
    for (const size of CHUNK_SIZES) {
      const bytes = await fullBytes(await openTrace(chunkedFile(trace.path, size), LIKE_GO));
      expect([size, Buffer.compare(bytes, whole)]).toEqual([size, 0]);
    }
  });
});
