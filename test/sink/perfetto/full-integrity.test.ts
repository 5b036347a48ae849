// @module-tag long
import { describe, expect, it } from "vitest";
import { goTests, variedTraces } from "../../support/corpus.js";
import { fullBytesOf } from "../../support/full-output.js";
import { pftraceProblems } from "../../support/integrity-pftrace.js";
import { readPftrace } from "../../support/pftrace-reader.js";

const traces = [...goTests(), ...variedTraces()];

describe("a full conversion", () => {
  it.each(traces)("of $name has no dangling reference", async (trace) => {
    expect(pftraceProblems(readPftrace(await fullBytesOf(trace)))).toEqual([]);
  });
});
