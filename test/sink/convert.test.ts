import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../src/node.js";
import { LeanSink } from "../../src/perfetto.js";
import { convert } from "../../src/sink/convert.js";
import { validTrace } from "../support/corpus.js";

const { path } = validTrace("manygens-sync-go1.26");
const nothing = () => undefined;

describe("a conversion", () => {
  it("waits for the promise of progress", async () => {
    let underWay = 0;
    const told: number[] = [];
    const { events } = await convert(await openTraceFile(path), new LeanSink("trace"), {
      write: nothing,
      progress: async (count) => {
        expect(++underWay).toBe(1);
        await new Promise(setImmediate);
        underWay--;
        told.push(count);
      },
    });
    expect(underWay).toBe(0);
    expect(told.length).toBeGreaterThan(10);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(events);
  });

  it.each(["write", "progress"] as const)("fails with the error of %s", async (which) => {
    const fail = () => Promise.reject(new Error("enough"));
    const options = { write: nothing, progress: nothing, [which]: fail };
    await expect(convert(await openTraceFile(path), new LeanSink("trace"), options)).rejects.toThrow(
      "enough",
    );
  });
});
