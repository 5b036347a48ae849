import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { openAsGoPrints, openForSums } from "../../support/as-go-tells.js";
import {
  type CorpusTrace,
  exactTraces,
  fixtureTraces,
  goTests,
  otherTraces,
  variedTraces,
} from "../../support/corpus.js";
import { GoTrace } from "../../support/go-trace.js";
import { hasOracleSummary, hasOracleText, oracleSummary, oracleText } from "../../support/oracle.js";
import { textDifferences } from "../../support/otlp/go-text-spans.js";
import { otlpProblems } from "../../support/otlp/integrity-otlp.js";
import { OtlpOracle } from "../../support/otlp/otlp-oracle.js";
import { sortedSpans } from "../../support/otlp/otlp-spans.js";
import {
  spansOfTrace,
  TEST_OPTIONS,
  TEST_WALL_START,
  throughExporter,
} from "../../support/otlp/sink-spans.js";

const traces = exactTraces(variedTraces()).filter(hasOracleSummary);
const texts = [...exactTraces(variedTraces(400_000)), ...goTests()].filter(hasOracleText);

describe("the spans of", () => {
  test.each(traces)("$oracle are what Go's summarizer says", async (trace) => {
    const summary = oracleSummary(trace);
    if (summary === undefined) throw new Error(`no summary of ${trace.name}`);
    const whole = { states: "all", minBlock: 0, maxSpansPerTrace: 0 } as const;
    const { spans, sink } = await spansOfTrace(await openForSums(trace.path), whole);
    expect(otlpProblems(spans).slice(0, 10)).toEqual([]);
    const oracle = new OtlpOracle(summary, spans, TEST_WALL_START);
    expect(oracle.differences().slice(0, 20)).toEqual([]);
    expect(sink.counts.made).toBe(spans.length);
  });

  test.each(texts)("$oracle are what Go's own text of the events says", async (trace) => {
    const whole = { states: "all", minBlock: 0, maxSpansPerTrace: 0 } as const;
    const { spans } = await spansOfTrace(await openAsGoPrints(trace.path), whole);
    const go = GoTrace.of(oracleText(trace) ?? "");
    expect(textDifferences(go, spans, TEST_WALL_START)).toEqual({});
  });

  // Traces that Go's tools do not read, or not always the same way.
  test.each(otherTraces())("$oracle fit together", async (trace) => {
    const { spans } = await spansOfTrace(await openTraceFile(trace.path), { states: "all", minBlock: 0 });
    expect(otlpProblems(spans, false)).toEqual([]);
  });

  test.each(["annotations-go1.26", "sync-go1.26", "hello-go1.9"])(
    "%s are those that the exporter encodes",
    async (name) => {
      const { path } = fixtureTraces().find((trace) => trace.name === name) as CorpusTrace;
      const all = { states: "all", minBlock: 0 } as const;
      const encoded = await spansOfTrace(await openTraceFile(path), all, TEST_OPTIONS, throughExporter);
      const { spans } = await spansOfTrace(await openTraceFile(path), all);
      expect(sortedSpans(spans)).toEqual(sortedSpans(encoded.spans));
    },
  );
});
