// @module-tag long

import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Explanation } from "../../../src/analysis/explain/explanation.js";
import { type ExplainReport, FINDING_KINDS, type Finding } from "../../../src/analysis/explain/finding.js";
import { openTraceFile } from "../../../src/node.js";
import { PlantedFaults, plantedLines } from "../../support/planted-faults.js";

/** A busy machine adds faults of its own, so a program may run this often until one run has the planted fault alone. */
const ATTEMPTS = 4;
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

/** Whether a finding names the planted line: as its place, or in the stack of the goroutine that others waited for. */
function namesLine({ kind, stack }: Finding): boolean {
  const planted = LINES.get(kind);
  if (planted === undefined) return true;
  return stack.some(({ file, line }) => file.endsWith(`/${planted.file}`) && line === planted.line);
}

function isPlanted(fault: string, { findings: [first] }: ExplainReport): boolean {
  return first?.kind === fault && namesLine(first) && SAYS[fault]?.test(first.sentence) === true;
}

/** The findings of the first run that is as expected, or of the last one. */
async function tried(
  record: () => string,
  isRight: (report: ExplainReport) => boolean,
): Promise<ExplainReport> {
  for (let attempt = 1; ; attempt++) {
    const report = await explained(record());
    if (attempt === ATTEMPTS || isRight(report)) return report;
  }
}

const FAULTS = FINDING_KINDS.filter((kind) => kind !== "trace");

describe.each(["go1.19.13", "go1.22.12", "go1.26.0"])("faults planted in a program of %s", (release) => {
  const faults = PlantedFaults.build(release, `planted faults of ${release}`);
  // Traces before Go 1.22 tell of stop-the-world for the GC only.
  const told = FAULTS.filter((fault) => release !== "go1.19.13" || fault !== "stop-the-world");

  test.skipIf(faults === undefined).each(told)(
    "%s is the first finding, at the planted line",
    async (fault) => {
      const report = await tried(
        () => faults?.record(fault, "planted") ?? "",
        (each) => isPlanted(fault, each),
      );
      const [first] = report.findings;
      expect([first?.kind, first?.sentence]).toEqual([fault, expect.stringMatching(SAYS[fault] ?? "")]);
      const planted = LINES.get(fault);
      if (planted !== undefined)
        expect(first?.stack.map(({ file, line }) => `${file.replace(/.*\//, "")}:${line}`)).toContain(
          `${planted.file}:${planted.line}`,
        );
    },
  );

  test.skipIf(faults === undefined).each(told)("%s is not found in the mended program", async (fault) => {
    const has = ({ findings }: ExplainReport) => findings.some(({ kind }) => kind === fault);
    const report = await tried(
      () => faults?.record(fault, "mended") ?? "",
      (each) => !has(each),
    );
    expect(report.findings.map(({ kind, sentence }) => [kind, sentence])).not.toContainEqual([
      fault,
      expect.anything(),
    ]);
  });
});

test("every kind of finding has a planted fault", () => {
  expect(Object.keys(SAYS).sort()).toEqual([...FAULTS].sort());
});
