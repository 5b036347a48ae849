import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { FrequentEvents } from "../../../src/sink/perfetto/frequent-events.js";
import type { PerfettoOptions } from "../../../src/sink/perfetto/options.js";
import { DEFAULT_TRACKS } from "../../../src/sink/view-options.js";
import { variedTraces } from "../../support/corpus.js";
import { fullBytes } from "../../support/full-output.js";
import { openBytes } from "../../support/reading.js";
import { simulatedSeeds } from "../../support/simulator/seeds.js";
import { simulate, simulateTurns } from "../../support/simulator/simulator.js";
import { simulateV1 } from "../../support/simulator/v1/simulator.js";
import { V1_FORMATS } from "../../support/trace-v1-builder.js";

/** All that the fast path supports: the group `runs` switches it off. */
const OPTIONS: PerfettoOptions = { tracks: [...DEFAULT_TRACKS, "blocking"] };
const traces = variedTraces();

/** Compares both ways. @returns how many events the fast path took */
async function compareWays(bytes: Uint8Array, options = OPTIONS): Promise<number> {
  const take = vi.spyOn(FrequentEvents.prototype, "take");
  try {
    const slow = await fullBytes(await openBytes(bytes), { ...options, slow: true });
    expect(take).not.toHaveBeenCalled();
    const fast = await fullBytes(await openBytes(bytes), options);
    expect(Buffer.compare(fast, slow)).toBe(0);
    return take.mock.calls.reduce((sum, [, start], i) => sum + take.mock.results[i]?.value - start, 0);
  } finally {
    take.mockRestore();
  }
}

describe("the fast path for frequent events writes the same bytes", () => {
  test.each(traces)("of $name", async ({ path }) => {
    expect(await compareWays(readFileSync(path))).toBeGreaterThan(0);
  });

  test.each(simulatedSeeds(0, 29))("of programs simulated with seed %d", async (seed) => {
    const keepYields = seed % 2 === 0;
    const v1 = simulateV1(seed, V1_FORMATS[seed % V1_FORMATS.length] ?? 0);
    for (const { bytes } of [simulate(seed), simulateTurns(seed), v1])
      await compareWays(bytes, { ...OPTIONS, keepYields });
  });
});
