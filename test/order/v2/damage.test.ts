import { describe, expect, it } from "vitest";
import { openTrace } from "../../../src/order/open.js";
import type { TraceOptions } from "../../../src/order/trace.js";
import { forMutants } from "../../fuzz/mutants.js";
import { fixtureTraces, goTests } from "../../support/corpus.js";
import { type ReadTrace, readingDifference, readRows } from "../../support/event-rows.js";
import { tried } from "../../support/quick.js";
import { chunkedBytes } from "../../support/reading.js";

async function read(bytes: Uint8Array, chunk: number, options: TraceOptions): Promise<ReadTrace> {
  return readRows(await openTrace(chunkedBytes(bytes, chunk), options));
}

/** Whether each event is later than the one before, and its time exact. */
function timesGrow({ rows }: ReadTrace): boolean {
  for (let i = 1; i < rows.length; i++) {
    const time = rows.at(i, "time");
    if (!(time > rows.at(i - 1, "time")) || !Number.isSafeInteger(time)) return false;
  }
  return true;
}

/** Reads in three ways, which must agree. Anything thrown that is no TraceError comes through. */
async function expectSound(bytes: Uint8Array): Promise<void> {
  for (const salvage of [true, false]) {
    const fast = await read(bytes, bytes.length, { salvage });
    const slow = await read(bytes, bytes.length, { salvage, slow: true });
    const parts = await read(bytes, 61, { salvage });
    expect(readingDifference(slow, fast), "without the fast loop").toBeUndefined();
    expect(readingDifference(parts, fast), "in small chunks").toBeUndefined();
    expect(timesGrow(fast), "times grow").toBe(true);
    const { offset } = fast.error?.facts ?? {};
    if (offset !== undefined) expect(offset).toBeLessThanOrEqual(bytes.length);
  }
}

async function damageOf(paths: readonly string[], numRuns: number): Promise<void> {
  await forMutants(paths, tried(numRuns), expectSound);
}

const pathsOf = (names: RegExp) =>
  fixtureTraces()
    .filter(({ name }) => names.test(name))
    .map(({ path }) => path);

describe("a trace damaged at random", () => {
  it("is read or refused, in every way of reading alike: tiny ones", async () => {
    await damageOf([...pathsOf(/^hello/), ...goTests().map(({ path }) => path)], 1000);
  });

  it("is read or refused, in every way of reading alike: small ones", async () => {
    await damageOf(pathsOf(/^(annotations|cpusamples|gomaxprocs|syscalls)/), 200);
  });

  it("is read or refused, in every way of reading alike: several generations, experiments", async () => {
    await damageOf(pathsOf(/^(manygens|allocfree|sync)/), 40);
  });
});
