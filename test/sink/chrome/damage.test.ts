import { describe, expect, it } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import type { Trace } from "../../../src/order/trace.js";
import { partOf } from "../../../src/select/find-selection.js";
import { forMutants } from "../../fuzz/mutants.js";
import { type JsonTrace, jsonOf } from "../../support/chrome-json.js";
import { fixtureTraces, fuzzTraces, goTests, validTrace } from "../../support/corpus.js";
import { jsonProblems } from "../../support/integrity-json.js";
import { tried } from "../../support/quick.js";
import { openBytes } from "../../support/reading.js";
import { simulatedSeeds } from "../../support/simulator/seeds.js";
import { simulate } from "../../support/simulator/simulator.js";

const small = fixtureTraces().filter(({ name }) => /^(hello|cpusamples|annotations)/.test(name));

/** The errors in the JSON of a trace; none for a trace without any events. */
async function problemsOf(trace: Trace): Promise<string[]> {
  const { text } = await jsonOf(trace);
  return text === "" ? [] : jsonProblems(JSON.parse(text) as JsonTrace).slice(0, 5);
}

describe("JSON for Chrome is sound", () => {
  it.each([
    ["tiny", goTests(), 200],
    ["small", small, 60],
  ] as const)("of %s traces damaged at random", async (_, traces, numRuns) => {
    const paths = traces.map(({ path }) => path);
    await forMutants(paths, tried(numRuns), async (bytes) => {
      expect(await problemsOf(await openBytes(bytes))).toEqual([]);
    });
  });

  it("of traces from Go's fuzzer", async () => {
    for (const { name, path } of fuzzTraces()) {
      const trace = await openTraceFile(path).catch(() => undefined);
      if (trace !== undefined) expect([name, await problemsOf(trace)]).toEqual([name, []]);
    }
  });

  it.each(simulatedSeeds(0, 12))("of a simulated program, seed %d", async (seed) => {
    expect(await problemsOf(await openBytes(simulate(seed).bytes))).toEqual([]);
  });

  it.each(["annotations-go1.26", "gomaxprocs-go1.26", "syscalls-go1.22"])(
    "of a window of %s",
    async (name) => {
      const { path } = validTrace(name);
      for (const [from, to] of [
        [500_000, 900_000],
        [1_000_000, 20_000_000],
      ] as const)
        expect(await problemsOf(partOf(await openTraceFile(path), { window: { from, to } }))).toEqual([]);
    },
  );
});
