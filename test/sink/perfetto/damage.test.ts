// @module-tag long
import { describe, expect, it } from "vitest";
import { forMutants } from "../../fuzz/mutants.js";
import { fixtureTraces, goTests } from "../../support/corpus.js";
import { fullBytes } from "../../support/full-output.js";
import { pftraceProblems } from "../../support/integrity-pftrace.js";
import { leanBytes } from "../../support/lean-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { readPftrace } from "../../support/pftrace-reader.js";
import { tried } from "../../support/quick.js";
import { openBytes } from "../../support/reading.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const small = /^(hello|cpusamples|gomaxprocs|annotations)/;
const tinyPaths = goTests().map(({ path }) => path);
const smallPaths = fixtureTraces()
  .filter(({ name }) => small.test(name))
  .map(({ path }) => path);

type Check = (bytes: Uint8Array) => Promise<void>;

async function damageOf(paths: readonly string[], count: number, check: Check): Promise<void> {
  await forMutants(paths, tried(count), check);
}

describe("the lean conversion of a trace damaged at random", () => {
  const check: Check = async (bytes) => {
    const output = await leanBytes(await openBytes(bytes));
    expect(pftraceProblems(readPftrace(output))).toEqual([]);
  };

  it("has no dangling reference: tiny ones", async () => {
    await damageOf(tinyPaths, 400, check);
  });

  it("has no dangling reference: small ones", async () => {
    await damageOf(smallPaths, 150, check);
  });
});

describe("the full conversion of a trace damaged at random", () => {
  const check: Check = async (bytes) => {
    const output = await fullBytes(await openBytes(bytes));
    expect(pftraceProblems(readPftrace(output))).toEqual([]);
  };

  it("has no dangling reference: tiny ones", async () => {
    await damageOf(tinyPaths, 400, check);
  });

  it("has no dangling reference: small ones", async () => {
    await damageOf(smallPaths, 150, check);
  });
});

const haveEngine = await haveTraceProcessor("damaged traces by SQL");

describe.skipIf(!haveEngine)("the full conversion of a trace damaged at random, by Perfetto", () => {
  const check: Check = async (bytes) => {
    const output = await fullBytes(await openBytes(bytes));
    // A trace may have no events left, and Perfetto rejects an empty file.
    if (output.length === 0) return;
    const tp = await TraceProcessor.load(output);
    expect(tp.problems()).toEqual([]);
    tp.close();
  };

  it("is free of errors and losses: tiny ones", async () => {
    await damageOf(tinyPaths, 40, check);
  });

  it("is free of errors and losses: small ones", async () => {
    await damageOf(smallPaths, 40, check);
  });
});
