import type { UtilizationWindow } from "../../src/analysis/mmu/mmu-curve.js";
import type { CorpusTrace } from "./corpus.js";
import { oracleFile } from "./oracle.js";

/** A curve as Go's trace viewer serves it: windows in nanoseconds with their minimum mutator utilization. */
export interface OracleMmu {
  readonly xMin: number;
  readonly xMax: number;
  readonly curve: readonly (readonly [window: number, utilization: number])[];
}

/** The curve under flags that have a name in the oracle; undefined if there is none. */
export function oracleMmu(trace: CorpusTrace, flags: string): OracleMmu | undefined {
  const bytes = oracleFile(trace, `web/mmuPlot-${flags}.json`);
  return bytes && (JSON.parse(bytes.toString("utf8")) as OracleMmu);
}

/** The ten worst windows of a millisecond, in a file of the oracle. Times are of the trace clock. */
export function oracleWorstWindows(trace: CorpusTrace, file: string): UtilizationWindow[] | undefined {
  const bytes = oracleFile(trace, `web/${file}.json`);
  const rows =
    bytes && (JSON.parse(bytes.toString("utf8")) as { Time: number; MutatorUtil: number }[] | null);
  return rows?.map(({ Time, MutatorUtil }) => ({ time: Time, utilization: MutatorUtil }));
}
