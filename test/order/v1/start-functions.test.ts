import { describe, expect, it } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Summary } from "../../../src/analysis/summary/summary.js";
import { openTraceFile } from "../../../src/node.js";
import { fixtureTraces, isFormat2, minorOf, validTraces } from "../../support/corpus.js";
import { oracleSummary } from "../../support/oracle.js";

const SOUND_1 = [
  ...new Map([...fixtureTraces(), ...validTraces()].map((trace) => [trace.oracle, trace])).values(),
]
  .filter(({ path }) => minorOf(path) > 0 && !isFormat2(path))
  .filter((trace) => oracleSummary(trace) !== undefined);

/** Goroutines by start function. */
async function countsOf(path: string): Promise<Map<string, number>> {
  const summary = new Summary();
  await analyze(await openTraceFile(path), [summary]);
  return new Map(summary.functions.map((row) => [row.function, row.count]));
}

describe.runIf(SOUND_1.length > 0)("start functions of goroutines that are older than the trace", () => {
  it.each(SOUND_1)("are known, and are Go's where Go's tools know them: $name", async (trace) => {
    const counts = await countsOf(trace.path);
    const go = Object.entries(oracleSummary(trace)?.byName ?? {});
    const unnamed = counts.get("") ?? 0;
    let gained = 0;
    for (const [name, { N }] of go) {
      if (name === "") continue;
      expect(counts.get(name), name).toBeGreaterThanOrEqual(N);
      gained += (counts.get(name) ?? 0) - N;
      counts.delete(name);
    }
    counts.delete("");
    for (const [name, count] of counts) {
      expect(name).toMatch(/^[\w./]+\.[\w.()*·-]+$/);
      gained += count;
    }
    // The goroutine that is kept for a call from C has none.
    expect(unnamed).toBeLessThanOrEqual(1);
    expect(unnamed + gained).toBe(go.find(([name]) => name === "")?.[1].N ?? 0);
  });
});
