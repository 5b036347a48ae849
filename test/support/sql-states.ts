import type { GoInterval, GoIntervals, GoRun } from "./go-intervals.js";
import {
  type Differences,
  differences,
  END,
  goroutineIn,
  IS_GOROUTINE,
  interval,
  THREAD_SLICES,
} from "./sql-figures.js";
import { WAIT_REASON } from "./sql-names.js";
import { SqlStacks } from "./sql-stacks.js";
import type { TraceProcessor } from "./trace-processor.js";

interface StateRow {
  readonly tid: number;
  readonly state: string;
  readonly ts: number;
  readonly end: number;
  readonly cpu: number | null;
}

interface SliceRow {
  readonly tid: number;
  readonly name: string;
  readonly ts: number;
  readonly end: number;
  readonly stack: number | null;
  readonly endStack: number | null;
  readonly by: string | null;
}

const STATES = `select tid, state, s.ts as ts, ${END} as end, cpu from thread_state s join thread using (utid)
  where ${IS_GOROUTINE}`;
const SLICES = `select tid, ${WAIT_REASON} as name, s.ts as ts, ${END} as end, stack, endStack,
  extract_arg(s.arg_set_id, 'debug.unblocked by') as by from ${THREAD_SLICES}`;
const RUNS = `select t.name as track, s.name as name, s.ts as ts, ${END} as end
  from slice s join track t on s.track_id = t.id where s.category is null and s.name glob 'G[0-9]*'`;

/** Compares what goroutines did and when with the official text. */
export function stateDifferences(tp: TraceProcessor, go: GoIntervals): Differences {
  const states = tp.query<StateRow>(STATES);
  const of = (state: string) => states.filter((row) => row.state === state && row.end > row.ts);
  const stacks = new SqlStacks(tp);
  const slices = (category: string) => tp.query<SliceRow>(`${SLICES} where s.category = '${category}'`);
  return differences({
    runnable: [of("R").map((row) => interval([row.tid], row.ts, row.end)), intervals(go.runnable)],
    "in syscall without P": [
      of("D").map((row) => interval([row.tid], row.ts, row.end)),
      intervals(go.withoutProc),
    ],
    "running or in syscall with P": [
      of("Running").map((row) => interval([row.tid, row.cpu], row.ts, row.end)),
      go.onProc.filter(lasts).map((run) => interval([run.goroutine, run.on], run.begin, run.end)),
    ],
    waits: [
      slices("go.wait").map(({ tid, name, ts, end, by, stack, endStack }) =>
        interval([tid, name, goroutineIn(by), stacks.key(stack), stacks.key(endStack)], ts, end),
      ),
      go.waits.map(({ goroutine, reason, begin, end, by, stack, endStack }) =>
        interval([goroutine, reason || "waiting", by, stack, endStack], begin, end),
      ),
    ],
    yields: [
      slices("go.yield").map(({ tid, name, ts, end, stack }) =>
        interval([tid, name, stacks.key(stack)], ts, end),
      ),
      go.yields.map(({ goroutine, reason, begin, end, stack }) =>
        interval([goroutine, reason, stack], begin, end),
      ),
    ],
    syscalls: [
      slices("go.syscall").map(({ tid, ts, end, stack }) => interval([tid, stacks.key(stack)], ts, end)),
      go.syscalls.map(({ goroutine, begin, end, stack }) => interval([goroutine, stack], begin, end)),
    ],
    ...carrierDifferences(tp, go),
  });
}

/** What ran on the tracks of Ps and threads. */
function carrierDifferences(tp: TraceProcessor, go: GoIntervals): Record<string, [string[], string[]]> {
  const runs = tp.query<{ track: string; name: string; ts: number; end: number }>(RUNS);
  const on = (letter: string) =>
    runs
      .filter(({ track }) => track.startsWith(letter))
      .map(({ track, name, ts, end }) => interval([track, goroutineIn(name)], ts, end));
  const expected = (letter: string, list: readonly GoRun[]) =>
    list
      .filter(lasts)
      .map(({ on, goroutine, begin, end }) => interval([`${letter}${on}`, goroutine], begin, end));
  return {
    "runs on Ps": [on("P"), expected("P", go.onProc)],
    "runs on threads": [on("M"), expected("M", go.onThread)],
  };
}

function intervals(list: readonly GoInterval[]): string[] {
  return list.filter(lasts).map(({ goroutine, begin, end }) => interval([goroutine], begin, end));
}

function lasts({ begin, end }: GoInterval): boolean {
  return end > begin;
}
