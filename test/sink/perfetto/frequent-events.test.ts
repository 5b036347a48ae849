import { expect, test, vi } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { FrequentEvents } from "../../../src/sink/perfetto/frequent-events.js";
import { DEFAULT_TRACKS } from "../../../src/sink/view-options.js";
import { variedTraces } from "../../support/corpus.js";
import { fullBytes } from "../../support/full-output.js";

/** All that the fast path supports: the group `runs` switches it off. */
const TRACKS = [...DEFAULT_TRACKS, "blocking"] as const;
const traces = variedTraces();

async function full(path: string, slow: boolean): Promise<Uint8Array> {
  return fullBytes(await openTraceFile(path), { slow, tracks: TRACKS });
}

test.each(traces)("the fast path for frequent events writes the same bytes of $name", async ({ path }) => {
  const take = vi.spyOn(FrequentEvents.prototype, "take");
  try {
    const slow = await full(path, true);
    expect(take).not.toHaveBeenCalled();
    const fast = await full(path, false);
    expect(take.mock.calls.some(([, start], i) => take.mock.results[i]?.value > start)).toBe(true);
    expect(Buffer.compare(fast, slow)).toBe(0);
  } finally {
    take.mockRestore();
  }
});
