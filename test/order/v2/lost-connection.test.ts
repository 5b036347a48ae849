import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TraceError } from "../../../src/base/errors.js";
import { sourceOf } from "../../../src/bytes/byte-source.js";
import { openTrace } from "../../../src/order/open.js";
import { fixtureTraces, isFormat2 } from "../../support/corpus.js";
import { readBlocks } from "../../support/reading.js";

/** Where the batches of a trace begin, and where it ends. */
async function boundaries(bytes: Uint8Array): Promise<number[]> {
  const offsets: number[] = [];
  const observe = ({ offset }: { offset: number }) => void offsets.push(offset);
  await readBlocks(await openTrace(sourceOf([bytes]), { observe }), () => undefined);
  return [...offsets, bytes.length];
}

/** Gives the beginning of a trace, then fails as a connection does. */
async function* breaking(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new TraceError("connection-lost", "the connection broke");
}

const TRACES = fixtureTraces().filter(
  ({ name, path }) => isFormat2(path) && /^(hello|syscalls|manygens)/.test(name),
);

describe("a source that fails between two batches", () => {
  // There the bytes alone need not tell that more was to come: only Go 1.26 marks the end of a generation.
  test.each(TRACES.map(({ name, path }) => [name, path]))("is no end: %s", async (_, path) => {
    const bytes = readFileSync(path);
    const all = await boundaries(bytes);
    expect(all.length).toBeGreaterThan(5);
    for (const end of all) {
      const source = sourceOf(breaking(bytes.subarray(0, end)));
      const error = await readBlocks(await openTrace(source), () => undefined);
      expect([end, error?.code, error?.message]).toEqual([end, "connection-lost", "the connection broke"]);
    }
  });
});
