import type { GoTrace } from "./go-trace.js";
import { type Differences, differences } from "./sql-figures.js";
import { SqlStacks } from "./sql-stacks.js";
import type { TraceProcessor } from "./trace-processor.js";

export const SAMPLES = `select tid, thread.name as name, ts, cpu, callsite_id as stack from perf_sample
  join thread using (utid)
  where perf_session_id in (select perf_session_id from perf_counter_track where name = 'CPU time (ns)')`;

export interface SampleRow {
  readonly tid: number;
  readonly name: string;
  readonly ts: number;
  readonly cpu: number;
  readonly stack: number | null;
}

/** Compares CPU samples with the official text: of which goroutine, on which P, when and where. */
export function sampleDifferences(tp: TraceProcessor, go: GoTrace): Differences {
  const stacks = new SqlStacks(tp);
  const actual = tp
    .query<SampleRow>(SAMPLES)
    .map(
      ({ tid, name, ts, cpu, stack }) =>
        `${name === "no goroutine" ? -1 : tid} ${cpu} ${ts} ${stacks.key(stack)}`,
    );
  const expected = go.labels.samples.map(
    // Perfetto knows no sample without a CPU.
    ({ goroutine, proc, time, stack }) => `${goroutine} ${Math.max(proc, 0)} ${time} ${stack}`,
  );
  return differences({ samples: [actual, expected] });
}
