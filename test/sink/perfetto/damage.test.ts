import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixtureTraces, goTests } from "../../support/corpus.js";
import { DAMAGE_SEED, damagedFiles } from "../../support/damage.js";
import { pftraceProblems } from "../../support/integrity-pftrace.js";
import { leanBytes } from "../../support/lean-output.js";
import { readPftrace } from "../../support/pftrace-reader.js";
import { openBytes, readBlocks } from "../../support/reading.js";

const LATEST = 2 ** 63;

/** Time of the last event on the trace's clock, in nanoseconds. */
async function endOf(bytes: Uint8Array): Promise<number> {
  const trace = await openBytes(bytes);
  let end = 0;
  await readBlocks(trace, (block) => {
    end = block.time[block.length - 1] as number;
  });
  return trace.timeBase + end;
}

async function expectSoundOutput(bytes: Uint8Array): Promise<void> {
  // Of a damaged clock that runs beyond what Perfetto's signed numbers hold nothing is promised.
  if ((await endOf(bytes)) >= LATEST) return;
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
