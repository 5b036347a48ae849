import { readFileSync } from "node:fs";
import { describe, expect, test, vi } from "vitest";
import { FrequentEvents } from "../../../src/sink/perfetto/frequent-events.js";
import type { PerfettoOptions } from "../../../src/sink/perfetto/options.js";
import { DEFAULT_TRACKS } from "../../../src/sink/view-options.js";
import { runningThread } from "../../support/batch-writer.js";
import { variedTraces } from "../../support/corpus.js";
import { fullBytes } from "../../support/full-output.js";
import { openBytes } from "../../support/reading.js";
import { simulatedSeeds } from "../../support/simulator/seeds.js";
import { simulate, simulateTurns } from "../../support/simulator/simulator.js";
import { simulateV1 } from "../../support/simulator/v1/simulator.js";
import { wireStack, wireString } from "../../support/trace-builder.js";
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

/** Rounds of a goroutine, whose runs last longer than the fast path can write. */
function longRuns(): Uint8Array {
  const thread = runningThread();
  thread.trace.strings(wireString(1, "chan receive"), wireString(2, "main.f"), wireString(3, "f.go"));
  thread.trace.stacks(wireStack(1, [[16, 2, 3, 4]]));
  thread.event("GoCreate", 100, 2, 1, 0).event("GoBlock", 100, 1, 0);
  for (let round = 0; round < 3; round++) {
    thread.event("GoStart", 100, 2, 2 * round + 1).event("GoBlock", 2 ** 28, 1, 0);
    thread.event("GoUnblock", 100, 2, 2 * round + 2, 0);
  }
  return thread.end().bytes();
}

describe("the fast path for frequent events writes the same bytes", () => {
  test.each(traces)("of $name", async ({ path }) => {
    expect(await compareWays(readFileSync(path))).toBeGreaterThan(0);
  });

  test("of runs that are too long for it", async () => {
    expect(await compareWays(longRuns())).toBeGreaterThan(0);
  });

  test.each(simulatedSeeds(0, 29))("of programs simulated with seed %d", async (seed) => {
    const keepYields = seed % 2 === 0;
    const v1 = simulateV1(seed, V1_FORMATS[seed % V1_FORMATS.length] ?? 0);
    for (const { bytes } of [simulate(seed), simulateTurns(seed), v1])
      await compareWays(bytes, { ...OPTIONS, keepYields });
  });
});
