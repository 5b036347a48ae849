import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixtureTraces, goTests } from "../../support/corpus.js";
import { DAMAGE_SEED, damagedFiles } from "../../support/damage.js";
import { pftraceProblems } from "../../support/integrity-pftrace.js";
import { leanBytes } from "../../support/lean-output.js";
import { readPftrace } from "../../support/pftrace-reader.js";
import { openBytes } from "../../support/reading.js";

async function expectSoundOutput(bytes: Uint8Array): Promise<void> {
  const output = await leanBytes(await openBytes(bytes));
  expect(pftraceProblems(readPftrace(output))).toEqual([]);
}

async function damageOf(paths: readonly string[], numRuns: number): Promise<void> {
  const options = { numRuns, seed: DAMAGE_SEED, endOnFailure: true };
  await fc.assert(fc.asyncProperty(damagedFiles(paths), expectSoundOutput), options);
}

describe("the lean conversion of a trace damaged at random", () => {
  const small = /^(hello|cpusamples|gomaxprocs|annotations)/;
  const fixtures = fixtureTraces().filter(({ name }) => small.test(name));

  it("refers to nothing that is not there: tiny ones", async () => {
    await damageOf(
      goTests().map(({ path }) => path),
      400,
    );
  });

  it("refers to nothing that is not there: small ones", async () => {
    await damageOf(
      fixtures.map(({ path }) => path),
      150,
    );
  });
});
