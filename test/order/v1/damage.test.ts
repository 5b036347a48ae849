import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openTrace } from "../../../src/order/open.js";
import type { TraceOptions } from "../../../src/order/trace.js";
import { forMutants } from "../../fuzz/mutants.js";
import { fixtureTraces, isFormat1, validTraces } from "../../support/corpus.js";
import { type ReadTrace, readingDifference, readRows } from "../../support/event-rows.js";
import { tried } from "../../support/quick.js";
import { chunkedBytes } from "../../support/reading.js";

/** Events are compared one by one, in memory. */
const MOST_BYTES = 1 << 20;
/** Traces of different sorts that are small enough to be read many times. */
const SMALL = /^(annotations|cpusamples|syscalls-|hello)/;
const RUNS = 100;

const sound = [
  ...new Map([...fixtureTraces(), ...validTraces()].map((trace) => [trace.path, trace])).values(),
]
  .filter(isFormat1)
  .filter(({ path }) => readFileSync(path).length < MOST_BYTES);

async function read(bytes: Uint8Array, chunk: number, options: TraceOptions): Promise<ReadTrace> {
  return readRows(await openTrace(chunkedBytes(bytes, chunk), options));
}

/** Reads in three ways, which must agree. Anything thrown that is no TraceError comes through. */
async function expectSound(bytes: Uint8Array): Promise<void> {
  for (const salvage of [true, false]) {
    const fast = await read(bytes, bytes.length, { salvage });
    const slow = await read(bytes, bytes.length, { salvage, slow: true });
    const parts = await read(bytes, 61, { salvage });
    expect(readingDifference(slow, fast), "without the fast loops").toBeUndefined();
    expect(readingDifference(parts, fast), "in small chunks").toBeUndefined();
  }
}

describe.skipIf(sound.length === 0)("a trace of format 1", () => {
  it.each(sound)("is the same without the fast loops: $name", async ({ path }) => {
    const bytes = readFileSync(path);
    const fast = await read(bytes, bytes.length, {});
    expect(readingDifference(await read(bytes, bytes.length, { slow: true }), fast)).toBeUndefined();
  });

  it("damaged at random is read or refused, in every way of reading alike", async () => {
    const paths = sound.filter(({ name }) => SMALL.test(name)).map(({ path }) => path);
    await forMutants(paths, tried(RUNS), expectSound);
  });
});
