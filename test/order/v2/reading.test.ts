import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { openTrace } from "../../../src/order/open.js";
import type { TraceOptions } from "../../../src/order/trace.js";
import {
  fixtureTraces,
  fuzzTraces,
  goTests,
  isFormat2,
  someValidTraces,
  validTrace,
} from "../../support/corpus.js";
import { type ReadTrace, readingDifference, readRows } from "../../support/event-rows.js";
import { chunkedFile } from "../../support/reading.js";

/** Traces of many threads, generations and kinds of events, besides the fixtures. */
const LARGER = [
  "gcheavy-go1.26",
  "gotest-go1.24",
  "http-1s-go1.22",
  "http-1s-go1.26",
  "manygens-gcheavy-go1.22",
  "syscalls-go1.25",
];

async function readFile(path: string, options: TraceOptions = {}): Promise<ReadTrace> {
  return readRows(await openTraceFile(path, options));
}

async function readStream(path: string, chunk: number, options: TraceOptions = {}): Promise<ReadTrace> {
  return readRows(await openTrace(chunkedFile(path, chunk), options));
}

const fuzz = fuzzTraces().filter(({ path }) => isFormat2(path));

describe("a trace read in another way", () => {
  it.each([...fixtureTraces(), ...goTests(), ...fuzz])(
    "is the same in chunks of any size: $name",
    async ({ path }) => {
      const whole = await readFile(path);
      for (const chunk of [1, 7, 100, 1 << 16])
        expect(readingDifference(await readStream(path, chunk), whole)).toBeUndefined();
    },
  );

  it.each([...someValidTraces(LARGER), ...fixtureTraces(), ...goTests()])(
    "is the same without the fast loop: $name",
    async ({ path }) => {
      expect(readingDifference(await readFile(path, { slow: true }), await readFile(path))).toBeUndefined();
    },
  );

  it.each(someValidTraces(LARGER))("is the same from a stream and from a file: $name", async ({ path }) => {
    expect(readingDifference(await readStream(path, 1 << 16), await readFile(path))).toBeUndefined();
  });

  it.each(someValidTraces(LARGER))("is the same while its batches are observed: $name", async ({ path }) => {
    let bytes = 16;
    const observed = await readFile(path, {
      observe: ({ dataOffset, length }) => {
        bytes = dataOffset + length;
      },
    });
    expect(readingDifference(observed, await readFile(path))).toBeUndefined();
    expect(bytes).toBeGreaterThan(16);
  });

  it("waits for an observer that takes its time, and keeps the batch until then", async () => {
    const { path } = validTrace("manygens-sync-go1.26");
    let underWay = 0;
    let batches = 0;
    const observed = await readStream(path, 1000, {
      observe: async ({ data }) => {
        const before = data.slice();
        expect(++underWay).toBe(1);
        await new Promise(setImmediate);
        expect(Buffer.compare(data, before)).toBe(0);
        underWay--;
        batches++;
      },
    });
    expect(readingDifference(observed, await readFile(path))).toBeUndefined();
    expect(batches).toBeGreaterThan(30);
  });

  it("ends with what an observer throws", async () => {
    const { path = "" } = fixtureTraces()[0] ?? {};
    const observe = () => Promise.reject(new Error("enough"));
    await expect(readFile(path, { observe })).rejects.toThrow("enough");
  });
});
