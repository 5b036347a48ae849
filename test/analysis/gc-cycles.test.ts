import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { GcCycles, type RangeDurations } from "../../src/analysis/gc/gc-cycles.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { openAsGoTells } from "../support/as-go-tells.js";
import { exactTraces, goTests } from "../support/corpus.js";
import { GoTrace } from "../support/go-trace.js";
import { FromMention } from "../support/official-quirks.js";
import { hasOracleText, oracleSummary, oracleText } from "../support/oracle.js";

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

describe("a part of a trace has whole ranges and those that its edges cut, by Go's own text", () => {
  test.each(traces.filter(hasOracleText))("$name", async (trace) => {
    const { ranges, start } = GoTrace.of(oracleText(trace) ?? "");
    const stops = ranges.ranges.filter(({ name }) => name.startsWith("stop-the-world"));
    // From the middle of a stop-the-world to that of another.
    const [from = 0, to = 0] = [0.3, 0.7].map((share) => {
      const { begin = start, end = start } = stops[Math.floor(stops.length * share)] ?? {};
      return Math.floor((begin + end) / 2) - start;
    });
    const gc = new GcCycles();
    await analyze(new WindowedTrace(await openAsGoTells(trace.path), { from, to }), [gc]);
    const told = (name: RegExp) => {
      const own = ranges.ranges.filter((range) => name.test(range.name));
      const times = own.map(({ begin, end }) => [begin - start, end - start] as const);
      const within = times.filter(([begin, end]) => begin < to && end > from);
      return {
        whole: within.filter(([begin, end]) => begin >= from && end < to).length,
        all: within.length,
        total: within.reduce((sum, [begin, end]) => sum + Math.min(end, to) - Math.max(begin, from), 0),
      };
    };
    const ours = ({ durations, cut, total }: RangeDurations) => ({
      whole: durations.count,
      all: durations.count + cut,
      total,
    });
    expect(ours(gc.allStops)).toEqual(told(/^stop-the-world/));
    expect(ours(gc.cycles)).toEqual(told(/^GC concurrent mark phase$/));
    expect(ours(gc.assists)).toEqual(told(/^GC mark assist$/));
    expect(ours(gc.sweeps)).toEqual(told(/^GC incremental sweep$/));
  });
});
