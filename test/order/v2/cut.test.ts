import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TraceError } from "../../../src/base/errors.js";
import { fixtureTraces, isFormat2, minorOf } from "../../support/corpus.js";
import { openBytes, readBlocks } from "../../support/reading.js";

const HEADER = 16;
/** From this release on a mark ends a generation. */
const HAS_MARK = 26;
const TRACES = fixtureTraces().filter(({ path }) => isFormat2(path) && minorOf(path) < HAS_MARK);

interface Stretch {
  readonly offset: number;
  /** Of a thread; tables are of none. */
  readonly isEvents: boolean;
}

/**
 * The trace with its tables before its events, as the last generation of a longer one may have them, and where each batch of
 * events begins. The order of a generation's batches means nothing but that those of one thread follow one another.
 */
async function tablesFirst(bytes: Uint8Array): Promise<{ bytes: Uint8Array; starts: number[] }> {
  const stretches: Stretch[] = [];
  const observe = ({ offset, thread }: { offset: number; thread?: number }) => {
    stretches.push({ offset, isEvents: (thread ?? -1) >= 0 });
  };
  await readBlocks(await openBytes(bytes, { observe }), () => undefined);
  const parts = stretches.map(({ offset, isEvents }, i) => ({
    isEvents,
    data: bytes.subarray(offset, stretches[i + 1]?.offset ?? bytes.length),
  }));
  const sorted = [...parts.filter(({ isEvents }) => !isEvents), ...parts.filter(({ isEvents }) => isEvents)];
  const starts: number[] = [];
  let at = HEADER;
  for (const { isEvents, data } of sorted) {
    if (isEvents) starts.push(at);
    at += data.length;
  }
  return { bytes: Buffer.concat([bytes.subarray(0, HEADER), ...sorted.map(({ data }) => data)]), starts };
}

describe("a trace that is cut within a batch of its last generation, whose tables are all there", () => {
  it.each(TRACES)("is said to be cut, whatever its events lack then: $name", async ({ path }) => {
    const { bytes, starts } = await tablesFirst(readFileSync(path));
    const errors: (TraceError | undefined)[] = [];
    // Behind the first bytes of each batch, which are its header, and in its middle.
    for (const [i, start] of starts.entries()) {
      const end = starts[i + 1] ?? bytes.length;
      for (const length of [start + 30, (start + end) >> 1, end - 1]) {
        if (length >= end) continue;
        errors.push(await readBlocks(await openBytes(bytes.subarray(0, length)), () => undefined));
      }
    }
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors.map((error) => error?.code))).toEqual(new Set(["truncated"]));
  });
});
