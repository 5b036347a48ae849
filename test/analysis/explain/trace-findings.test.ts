import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Explanation } from "../../../src/analysis/explain/explanation.js";
import type { Finding } from "../../../src/analysis/explain/finding.js";
import type { EventBlock } from "../../../src/event/block.js";
import { EventKind } from "../../../src/event/kind.js";
import { openTraceFile } from "../../../src/node.js";
import { fixture } from "../../cli/command.js";

/** The findings about a trace itself, and events counted by walking its blocks. */
async function qualityOf(name: string) {
  const explanation = new Explanation({ top: 100 });
  const counts = { samples: 0, created: new Set<number>() };
  const block = ({ kind, length, subject }: EventBlock) => {
    for (let i = 0; i < length; i++) {
      if (kind[i] === EventKind.CpuSample) counts.samples++;
      else if (kind[i] === EventKind.GoCreate) counts.created.add(subject[i] as number);
    }
  };
  await analyze(await openTraceFile(fixture(name)), [...explanation.analyses, { block }]);
  const found = explanation.report().findings.filter(({ kind }) => kind === "trace");
  return { found, counts };
}

const figure = (finding: Finding | undefined, name: string) =>
  finding?.figures.find((each) => each.name === name)?.value;

test("CPU samples that cover a part of the running time are told", async () => {
  const { counts, found } = await qualityOf("cpusamples-go1.26.trace");
  expect(found.map(({ subject }) => subject)).toEqual(["samples"]);
  expect(figure(found[0], "samples")).toBe(counts.samples);
  expect(found[0]?.sentence).toMatch(/^CPU samples are missing: 32 of them cover 18\.2% of 1\.76 s/);
});

test("a trace that began late is told", async () => {
  const { counts, found } = await qualityOf("go-tests/go122-gc-stress.trace");
  expect(counts.created.size).toBe(0);
  expect(found.map(({ subject }) => subject)).toEqual(["late"]);
  expect(figure(found[0], "of all goroutines at the end")).toBe(1);
});

test("a trace without samples, of few goroutines from its beginning on, is whole", async () => {
  expect((await qualityOf("sync-go1.26.trace")).found).toEqual([]);
});
