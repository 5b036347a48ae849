import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { GcCycles, type RangeDurations } from "../../src/analysis/gc/gc-cycles.js";
import { openAsGoTells } from "../support/as-go-tells.js";
import { exactTraces, goTests } from "../support/corpus.js";
import { FromMention } from "../support/official-quirks.js";
import { oracleSummary } from "../support/oracle.js";

const traces = [...exactTraces(), ...goTests()].filter((trace) => oracleSummary(trace) !== undefined);

describe("GC, stop-the-world, assists and sweeps are those of Go's own reader", () => {
  test.each(traces)("$name", async (trace) => {
    const official = oracleSummary(trace);
    const gc = new GcCycles(3);
    // In addition to the others: Go counts a range that is active at the start from its first report on.
    const mentions = new FromMention();
    await analyze(await openAsGoTells(trace.path), [gc, mentions]);
    const stops = gc.stops.map((stop): [string, RangeDurations] => [`stop-the-world (${stop.kind})`, stop]);
    const ours: [string, RangeDurations][] = [
      ...stops,
      ["GC concurrent mark phase", gc.cycles],
      ["GC mark assist", gc.assists],
      ["GC incremental sweep", gc.sweeps],
    ];
    const ranges = Object.entries(official?.ranges ?? {}).map(([key, range]) => ({
      name: key.replace(/ \| \w+$/, ""),
      ...range,
    }));
    for (const { name, Begin, Active, ClosedNs, End } of ranges) {
      const row = ours.find(([label]) => label === name)?.[1];
      const wholes = row?.durations.count ?? 0;
      expect([name, wholes <= End && wholes <= Begin]).toEqual([name, true]);
      expect(wholes + (row?.cut ?? 0)).toBeGreaterThanOrEqual(Math.max(Begin, End));
      if (Active === 0 && Begin === End)
        expect([name, wholes, row?.durations.total]).toEqual([name, End, ClosedNs]);
      else expect((row?.total ?? 0) - (mentions.lost.get(name) ?? 0)).toBeGreaterThanOrEqual(ClosedNs);
    }
    expect(stops.map(([name]) => name).sort()).toEqual(
      ranges
        .map(({ name }) => name)
        .filter((name) => name.startsWith("stop-the-world"))
        .sort(),
    );
    expect(gc.longestCycles.length).toBe(Math.min(3, gc.cycles.durations.count));
    const { bytesSwept, bytesReclaimed } = gc.sweeps;
    const totals = official?.rangeAttributeTotals ?? {};
    expect([bytesSwept, bytesReclaimed]).toEqual([
      totals["GC incremental sweep: bytes swept"] ?? 0,
      totals["GC incremental sweep: bytes reclaimed"] ?? 0,
    ]);
  });
});
