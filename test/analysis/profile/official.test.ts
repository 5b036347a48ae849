import { describe, expect, test } from "vitest";
import { AnalysisPass } from "../../../src/analysis/analysis.js";
import { Profiles, type ProfilesOptions } from "../../../src/analysis/profile/profiles.js";
import { encodeProfile } from "../../../src/sink/pprof/encode.js";
import { type CorpusTrace, exactTraces, goTests } from "../../support/corpus.js";
import { pprofProblems } from "../../support/integrity-pprof.js";
import { OFFICIAL_KINDS, officialProfile, webProfiles } from "../../support/official-profiles.js";
import { readPprof, sumsByStack } from "../../support/pprof-reader.js";
import { readLikeGoTool } from "../../support/reading.js";

async function profilesOf({ path }: CorpusTrace, options: ProfilesOptions): Promise<Profiles> {
  const profiles = new Profiles(options);
  const pass = new AnalysisPass([profiles]);
  await readLikeGoTool(path, (block) => pass.events(block));
  pass.end();
  return profiles;
}

const traces = [...exactTraces(), ...goTests()];

describe("the profiles of go tool trace -pprof", () => {
  const known = traces.filter((trace) => OFFICIAL_KINDS.some((kind) => officialProfile(trace, kind)));

  test("are there to compare with", () => {
    expect(known.length).toBeGreaterThan(10);
  });

  test.each(known.map((trace) => [trace.oracle, trace] as const))("%s", async (_name, trace) => {
    const profiles = await profilesOf(trace, { kinds: OFFICIAL_KINDS });
    for (const kind of OFFICIAL_KINDS) {
      const message = readPprof(encodeProfile(profiles.profile(kind)));
      expect(pprofProblems(message)).toEqual([]);
      expect(sumsByStack(message), kind).toEqual(officialProfile(trace, kind));
    }
  });
});

describe("the profiles of goroutines and regions on the official web pages", () => {
  const known = traces.flatMap((trace) => webProfiles(trace).map((web) => ({ ...web, trace })));

  test.each(known.map((web) => [web.trace.oracle, web.kind, web.function ?? web.region ?? "", web] as const))(
    "%s: %s of %s",
    async (_trace, kind, _subject, { trace, function: func, region, sums }) => {
      const profiles = await profilesOf(trace, {
        kinds: [kind],
        ...(func !== undefined && { goroutine: (_id, name) => name === func }),
        ...(region !== undefined && { region: { name: region } }),
      });
      expect(Object.keys(sums).length).toBeGreaterThan(0);
      expect(sumsByStack(readPprof(encodeProfile(profiles.profile(kind))))).toEqual(sums);
    },
  );
});
