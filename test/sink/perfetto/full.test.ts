// @module-tag long
// @module-tag slowest

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baseInFile } from "../../../src/sink/perfetto/lean-sink.js";
import { openAsGoPrints, openForSums } from "../../support/as-go-tells.js";
import { exactTraces, isFormat2, someValidTraces, variedTraces } from "../../support/corpus.js";
import { AS_GO_TELLS, fullBytes } from "../../support/full-output.js";
import { GoTrace } from "../../support/go-trace.js";
import {
  hasOracleSummary,
  hasOracleText,
  type OracleSummary,
  oracleSummary,
  oracleText,
  shiftedSummary,
} from "../../support/oracle.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { annotationSummaryDifferences } from "../../support/sql-annotation-summary.js";
import { annotationDifferences } from "../../support/sql-annotations.js";
import { arrowDifferences } from "../../support/sql-arrows.js";
import { blockingDifferences } from "../../support/sql-blocking.js";
import { runtimeDifferences } from "../../support/sql-runtime.js";
import { sampleDifferences } from "../../support/sql-samples.js";
import { stateDifferences } from "../../support/sql-states.js";
import { summaryDifferences } from "../../support/sql-summary.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const large = someValidTraces(["big5mb-go1.26"]);
const haveEngine = await haveTraceProcessor("the full conversion by SQL");

const INITIAL_SYSCALLS = `select tid from thread_state join thread using (utid)
  where state = 'D' and ts = (select min(ts) from thread_state)`;

/** See `initialSyscalls`: Go counts them with a P that they never had. */
function withoutInitialSyscalls(tp: TraceProcessor, summary: OracleSummary): OracleSummary {
  const initial = new Set(tp.query<{ tid: number }>(INITIAL_SYSCALLS).map(({ tid }) => tid));
  return { ...summary, goroutineList: summary.goroutineList.filter(({ ID }) => !initial.has(ID)) };
}

describe.skipIf(!haveEngine).each([...exactTraces(variedTraces()), ...large])(
  "a full conversion of $name, by SQL",
  (trace) => {
    let tp: TraceProcessor;
    /** Difference of times in the file and Go's times. */
    let shift: number;

    beforeAll(async () => {
      const told = await (hasOracleText(trace) ? openAsGoPrints(trace.path, false) : openForSums(trace.path));
      tp = await TraceProcessor.load(await fullBytes(told, AS_GO_TELLS));
      shift = baseInFile(told.timeBase) - told.timeBase;
    });
    afterAll(() => tp?.close());

    it("is free of errors and losses", () => {
      expect(tp.problems()).toEqual([]);
    });

    if (hasOracleSummary(trace)) {
      it("has the sums and counts of Go's summarizer", () => {
        const official = shiftedSummary(oracleSummary(trace) as OracleSummary, shift);
        const summary = isFormat2(trace.path) ? official : withoutInitialSyscalls(tp, official);
        expect(summaryDifferences(tp, summary)).toEqual({});
        expect(annotationSummaryDifferences(tp, summary)).toEqual({});
      });
    }

    if (!hasOracleText(trace)) return;

    describe("event by event of Go's own text,", () => {
      let go: GoTrace;

      beforeAll(() => {
        go = GoTrace.of(oracleText(trace) ?? "", shift);
      });

      it("has every interval of goroutines, with reasons and stacks", () => {
        expect(stateDifferences(tp, go.intervals)).toEqual({});
      });

      it("has an arrow for every unblock and creation that leads to a start", () => {
        expect(arrowDifferences(tp, go.arrows)).toEqual({});
      });

      it("has what the runtime did, and every value of its counters", () => {
        expect(runtimeDifferences(tp, go)).toEqual({});
      });

      it("has every task with its parent, region and log", () => {
        expect(annotationDifferences(tp, go)).toEqual({});
      });

      it("has a profile of what goroutines waited for", () => {
        expect(blockingDifferences(tp, go.intervals)).toEqual({});
      });

      it("has every CPU sample with its stack", () => {
        expect(sampleDifferences(tp, go)).toEqual({});
      });
    });
  },
);
