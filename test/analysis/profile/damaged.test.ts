import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { KIND_NAMES } from "../../../src/analysis/profile/kinds.js";
import { Profiles } from "../../../src/analysis/profile/profiles.js";
import { TraceError } from "../../../src/base/errors.js";
import { openTraceFile } from "../../../src/node.js";
import { encodeProfile } from "../../../src/sink/pprof/encode.js";
import { fuzzTraces, goTests, invalidTraces } from "../../support/corpus.js";
import { pprofProblems } from "../../support/integrity-pprof.js";
import { readPprof } from "../../support/pprof-reader.js";

/** Opens a trace; undefined if it is not one. */
async function opened(path: string) {
  try {
    return await openTraceFile(path);
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
}

test("damaged traces give valid profiles, of regions too", async () => {
  let samples = 0;
  for (const { name, path } of [...invalidTraces(), ...fuzzTraces(), ...goTests()]) {
    for (const options of [{}, { region: { name: "region" } }]) {
      const trace = await opened(path);
      if (trace === undefined) continue;
      const profiles = new Profiles({ kinds: KIND_NAMES, ...options });
      await analyze(trace, [profiles]);
      for (const kind of KIND_NAMES) {
        const profile = profiles.profile(kind);
        if (profile.samples.length === 0) continue;
        samples += profile.samples.length;
        for (const { values } of profile.samples)
          expect([name, values.every((value) => value >= 0 && Number.isSafeInteger(value))]).toEqual([
            name,
            true,
          ]);
        expect([name, pprofProblems(readPprof(encodeProfile(profile)))]).toEqual([name, []]);
      }
    }
  }
  expect(samples).toBeGreaterThan(100);
}, 120_000);
