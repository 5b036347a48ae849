// @module-tag long

import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Explanation } from "../../../src/analysis/explain/explanation.js";
import { type ExplainReport, FINDING_KINDS } from "../../../src/analysis/explain/finding.js";
import { openTraceFile } from "../../../src/node.js";
import { FAULT_RELEASES, faultTrace, plantedLines } from "../../support/planted-faults.js";

const LINES = plantedLines();

/** What a finding must say besides its kind and line. */
const SAYS: Readonly<Record<string, RegExp>> = {
  "lock-contention": /^Up to 7 goroutines .* 159 times.* which slept /s,
  "slow-consumer":
    / (99|100) times.* ended by main\.together\.func[12] at main\.slowConsumer\.func1 .* which slept /s,
  "slow-producer": / ended by main\.slowProducer\.func1 .* which ran /s,
  straggler: / ended by main\.straggler\.func1 .* which ran /s,
  "too-few-ps": /all 2 Ps were busy.* goroutines of main\.together\.func[12]/s,
  hog: /^Goroutines of main\.together\.func[12] ran 2 times/,
  gc: / 2\d cycles/,
  "gc-assist": / 9\d\.\d%| 100\.0%/,
  "stop-the-world": /"read mem stats".* goroutine \d+ \(main\.stopTheWorld\.func1\)/s,
  syscalls: /^80 system calls .* lost their P/s,
  leak: /^\d+ goroutines of main\.wait, .* \(chan receive\)/s,
  churn: /goroutines of main\.churn\.func1 per second/,
  yields: /^runtime\.Gosched was called/,
};

async function explained(path: string): Promise<ExplainReport> {
  const explanation = new Explanation();
  const error = await analyze(await openTraceFile(path), explanation.analyses);
  if (error !== undefined) throw error;
  return explanation.report();
}

const FAULTS = FINDING_KINDS.filter((kind) => kind !== "trace");

describe.each(FAULT_RELEASES)("faults planted in a program of %s", (release) => {
  // Traces before Go 1.22 tell of stop-the-world for the GC only.
  const told = FAULTS.filter((fault) => release !== "go1.19" || fault !== "stop-the-world");

  test.each(told)("%s is the first finding, at the planted line", async (fault) => {
    const [first] = (await explained(faultTrace(release, fault, "planted"))).findings;
    expect([first?.kind, first?.sentence]).toEqual([fault, expect.stringMatching(SAYS[fault] ?? "")]);
    const planted = LINES.get(fault);
    if (planted !== undefined)
      expect(first?.stack.map(({ file, line }) => `${file.replace(/.*\//, "")}:${line}`)).toContain(
        `${planted.file}:${planted.line}`,
      );
  });

  test.each(told)("%s is not found in the mended program", async (fault) => {
    const { findings } = await explained(faultTrace(release, fault, "mended"));
    expect(findings.filter(({ kind }) => kind === fault).map(({ sentence }) => sentence)).toEqual([]);
  });
});

test("every kind of finding has a planted fault", () => {
  expect(Object.keys(SAYS).sort()).toEqual([...FAULTS].sort());
});
