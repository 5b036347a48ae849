import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fixtureTraces, goTests } from "../support/corpus.js";
import { readingDifference, readRows } from "../support/event-rows.js";
import { openBytes } from "../support/reading.js";
import { simulateV1 } from "../support/simulator/v1/simulator.js";
import { V1_FORMATS } from "../support/trace-v1-builder.js";
import { assemble } from "./assemble.js";
import { takeApart } from "./pieces.js";

const again = (bytes: Uint8Array) => assemble(takeApart(bytes));
const read = async (bytes: Uint8Array) => readRows(await openBytes(bytes));

describe("a trace that is taken apart and put together", () => {
  // The runtime leaves room for lengths, so that they have more bytes than they need.
  it.each(fixtureTraces())("has the same events: $name", async ({ path }) => {
    const bytes = new Uint8Array(readFileSync(path));
    const same = again(bytes);
    expect(bytes.length - same.length).toBeLessThan(bytes.length / 10);
    expect(readingDifference(await read(same), await read(bytes))).toBeUndefined();
    expect(Buffer.compare(again(same), same)).toBe(0);
  });

  it.each(goTests())("is the same: $name", ({ path }) => {
    const bytes = new Uint8Array(readFileSync(path));
    expect(Buffer.compare(again(bytes), bytes)).toBe(0);
  });

  it.each(V1_FORMATS)("is the same, simulated, of format 1.%d", (minor) => {
    for (let seed = 0; seed < 5; seed++) {
      const { bytes } = simulateV1(seed, minor);
      expect(Buffer.compare(again(bytes), bytes)).toBe(0);
    }
  });
});

it("a sound trace is understood to its last byte", () => {
  const experimental = 5;
  for (const { path } of fixtureTraces()) {
    const { batches } = takeApart(new Uint8Array(readFileSync(path)));
    const events = batches.filter(({ head }) => head?.fields.length !== experimental);
    expect(events.flatMap(({ items }) => items).filter(({ type }) => type === undefined)).toEqual([]);
  }
});
