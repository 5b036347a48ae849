import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Explanation } from "../../../src/analysis/explain/explanation.js";
import type { ExplainReport } from "../../../src/analysis/explain/finding.js";
import { TraceError } from "../../../src/base/errors.js";
import { openTraceFile } from "../../../src/node.js";
import type { Trace } from "../../../src/order/trace.js";
import { explainMarkdown, explainText } from "../../../src/report/explain-lines.js";
import { fixtureTraces, fuzzTraces, goTests, invalidTraces } from "../../support/corpus.js";
import { documentedTypes, violations } from "../../support/documented-types.js";

const ANNOTATED = fileURLToPath(new URL("../../fixtures/annotations-go1.26.trace", import.meta.url));
const TYPES = documentedTypes("explain-schema.md");

async function reportOf(trace: Trace): Promise<ExplainReport> {
  const explanation = new Explanation({ top: 100 });
  const error = await analyze(trace, explanation.analyses);
  return explanation.report(error !== undefined, trace.diagnostics.hasEstimatedTimes);
}

test("the last lines are commands that explain the latency of tasks", async () => {
  const report = await reportOf(await openTraceFile(ANNOTATED));
  expect(explainText(report, "my trace", 80)).toMatch(
    /\n\nThe program has tasks\. Why .*:\n.*\n {3}\$ go2perfetto explain --task makeCappuccino 'my trace'\n/,
  );
  expect(explainMarkdown(report, "IN")).toMatch(/\n\$ go2perfetto explain --task makeCappuccino IN\n/);
  const [first] = report.tasks;
  expect(explainText({ ...report, tasks: [first ?? ""] }, "IN", 80)).toContain(`--task '${first}' IN\n`);
  expect(explainText({ ...report, tasks: [] }, "IN", 80)).not.toContain("tasks");
});

test("sentences fit into the terminal, and are whole", async () => {
  const report = await reportOf(await openTraceFile(ANNOTATED.replace("annotations", "sync")));
  const [finding] = report.findings;
  const text = explainText(report, "IN", 60);
  const [, lines = ""] = /^1\. .*\n((?: {3}\S.*\n)+)/.exec(text) ?? [];
  expect(Math.max(...lines.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(60);
  expect(
    lines
      .trimEnd()
      .replaceAll(/\n? {3}/g, " ")
      .trim(),
  ).toBe(finding?.sentence);
});

// `go tool trace -d=parsed` has /sched/gomaxprocs:threads from 1 to 8 in this trace.
test("a number of Ps that changes is told as it changes", async () => {
  const changing = fileURLToPath(new URL("../../fixtures/gomaxprocs-go1.26.trace", import.meta.url));
  const { findings } = await reportOf(await openTraceFile(changing));
  const found = findings.find(({ kind }) => kind === "too-few-ps");
  expect(found?.sentence).toContain(" while all Ps, whose number was between 1 and 8, were busy, ");
});

describe("findings have the described form, valid numbers and an order", () => {
  test.each([...fixtureTraces(), ...goTests(), ...fuzzTraces(), ...invalidTraces()])(
    "$name",
    async ({ path }) => {
      const trace = await openTraceFile(path).catch((error: unknown) => error);
      if (trace instanceof Error) {
        expect(trace).toBeInstanceOf(TraceError);
        return;
      }
      const report = await reportOf(trace as Trace);
      const json: unknown = JSON.parse(JSON.stringify(report));
      expect(violations(TYPES, "Report", json, "", new Set())).toEqual([]);
      const weights = report.findings.map(({ weight }) => weight);
      expect(weights).toEqual([...weights].sort((a, b) => b - a));
      for (const { figures, sentence, weight, worst } of report.findings) {
        expect(weight).toBeGreaterThanOrEqual(0);
        expect(weight).toBeLessThanOrEqual(1);
        expect(sentence).not.toMatch(/NaN|undefined|Infinity/);
        for (const { value } of figures) expect(value).toBeGreaterThanOrEqual(0);
        if (worst === undefined) continue;
        expect(worst.time).toBeGreaterThanOrEqual(0);
        expect(worst.time + worst.duration).toBeLessThanOrEqual(report.trace.duration);
      }
      for (const text of [explainText(report, "IN", 80), explainMarkdown(report, "IN")])
        expect(text).not.toMatch(/NaN|undefined|Infinity/);
    },
  );
});
