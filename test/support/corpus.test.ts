import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FIXTURES, fixtureTraces, fuzzTraces, goTests, isFormat2, validTraces } from "./corpus.js";
import { hasOracleText, oracleCounts, oracleWire } from "./oracle.js";

describe("the fixtures", () => {
  it("are there, with what Go says of them", () => {
    expect(fixtureTraces().length).toBeGreaterThan(10);
    expect([goTests().length, fuzzTraces().length]).toEqual([22, 17]);
    for (const trace of fixtureTraces()) expect([trace.name, oracleCounts(trace)]).not.toContain(undefined);
    for (const trace of fixtureTraces().filter(({ path }) => isFormat2(path)))
      expect([trace.name, oracleWire(trace)]).not.toContain(undefined);
    expect(goTests().every(hasOracleText)).toBe(true);
    expect(existsSync(join(FIXTURES, "NOTICE"))).toBe(true);
  });

  it("are the size that Go's verdict is about", () => {
    for (const { path, expect: go } of [...goTests(), ...fuzzTraces()])
      expect([path, readFileSync(path).length]).toEqual([path, go.size]);
  });

  it("hold traces of every header of format 2, and some of format 1", () => {
    const paths = fixtureTraces().map(({ path }) => path);
    const headers = new Set(paths.map((path) => readFileSync(path).subarray(3, 7).toString()));
    expect([...headers].sort()).toEqual(
      ["1.7 ", "1.9 ", "1.19", "1.21", "1.22", "1.23", "1.25", "1.26"].sort(),
    );
  });

  it("are copies of what stands beside the repository, if anything does", () => {
    const originals = new Map(validTraces().map((trace) => [trace.oracle, trace.path]));
    for (const { oracle, path } of fixtureTraces())
      expect(readFileSync(path).equals(readFileSync(originals.get(oracle) ?? "")), oracle).toBe(true);
  });
});
