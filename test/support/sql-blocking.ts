import type { GoIntervals } from "./go-intervals.js";
import { stackKey } from "./go-parsed.js";
import { type Differences, differences } from "./sql-figures.js";
import { SqlStacks } from "./sql-stacks.js";
import type { TraceProcessor } from "./trace-processor.js";

interface SampleRow {
  readonly ts: number;
  readonly weight: number;
  readonly stack: number;
}

const SAMPLES = `select s.ts as ts, c.value as weight, s.callsite_id as stack
  from perf_sample s join perf_counter_track t using (perf_session_id) join counter c on c.track_id = t.id and c.ts = s.ts
  where t.name = 'Blocked time (ns)'`;

/** Compares the blocking profile with the official text: when each wait ended, how long it was, why and where. */
export function blockingDifferences(tp: TraceProcessor, go: GoIntervals): Differences {
  const stacks = new SqlStacks(tp);
  const actual = tp
    .query<SampleRow>(SAMPLES)
    .map(({ ts, weight, stack }) => `${ts} ${weight} ${stacks.key(stack)}`);
  const expected = go.waits
    .filter(({ begin, end }) => end < go.end && end > begin)
    .map(({ begin, end, reason, stack }) => {
      const outermost = stackKey([[reason || "waiting", ":0"]]);
      return `${end} ${end - begin} ${stack}${outermost}`;
    });
  return differences({ "blocked time": [actual, expected] });
}
