import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import { openTraceFile } from "../../src/node.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { type CorpusTrace, goTests } from "../support/corpus.js";
import { type OracleRegion, oracleSummary } from "../support/oracle.js";

/** What ends an inherited region, in Go's words. */
const GOROUTINE_ENDS = "StateTransition";

/** Regions of goroutines that were created in a region, as `goroutine task end`. */
async function inheritedOf({ path }: CorpusTrace, from: number, to: number): Promise<string[]> {
  const summary = new Summary({ rows: true });
  await analyze(new WindowedTrace(await openTraceFile(path), { from, to }), [summary]);
  const inherited = summary.regions.filter(({ begin }) => begin === "inherited");
  return inherited.map(({ goroutine, task, end }) => `${goroutine} ${task} ${end}`).sort();
}

/** The same by Go's summary of the whole trace. */
function expectedOf(regions: readonly OracleRegion[], base: number, from: number, to: number): string[] {
  const alive = regions.filter(({ Start, End }) => Start - base < to && (End < 0 || End - base >= from));
  const endOf = ({ End, EndKind }: OracleRegion) =>
    EndKind === GOROUTINE_ENDS && End - base < to ? "goroutine-ended" : "unseen";
  return alive.map((region) => `${region.G} ${region.Task} ${endOf(region)}`).sort();
}

describe("a window has the regions that older goroutines inherited, as the whole trace has them", () => {
  const traces = goTests().filter(({ name }) => /^go122-annotations(-stress)?$/.test(name));

  test.each(traces)("$name", async (trace) => {
    const { regions, firstTime, lastTime } = oracleSummary(trace) ?? { regions: null };
    const inherited = (regions ?? []).filter(({ StartKind }) => StartKind === GOROUTINE_ENDS);
    expect(inherited.length).toBeGreaterThan(0);
    const base = firstTime ?? 0;
    const middles = inherited.slice(0, 4).map(({ Start, End }) => (Start + Math.max(End, Start)) / 2 - base);
    for (const from of middles.map(Math.trunc)) {
      const expected = expectedOf(inherited, base, from, Number.POSITIVE_INFINITY);
      expect(expected.length).toBeGreaterThan(0);
      expect(await inheritedOf(trace, from, Number.POSITIVE_INFINITY)).toEqual(expected);
      const to = from + Math.trunc(((lastTime ?? 0) - base - from) / 2);
      expect(await inheritedOf(trace, from, to)).toEqual(expectedOf(inherited, base, from, to));
    }
  });
});
