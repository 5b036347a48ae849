// @module-tag long

import { statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { PerfettoOptions } from "../../../src/sink/perfetto/options.js";
import { readCookbook } from "../../support/cookbook.js";
import { fixtureTraces, someValidTraces } from "../../support/corpus.js";
import { AS_GO_TELLS, withFull } from "../../support/full-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";

/** `go_id` of the cookbook: the goroutine of a row at a time. */
const { once } = readCookbook();
const haveEngine = await haveTraceProcessor("where each fact of a full conversion stands");
const LARGEST = 150_000;
const traces = [
  ...fixtureTraces().filter(({ path }) => statSync(path).size <= LARGEST),
  ...someValidTraces(["gcheavy-go1.24", "sync-go1.19"]),
];

/** What each P and thread had to do with each goroutine, by the tables and the rows that stand for it. */
const RUNS = `select cpu, s.ts as ts, dur, go_id(utid, s.ts) as goroutine, s.end_state as end_state
  from sched s join thread using (utid) where tid > 0 order by cpu, s.ts`;
const OF = (letter: string) =>
  `slice s join track t on s.track_id = t.id where t.name glob '${letter}[0-9]*'`;
const ON_PROC = `select t.name as row, s.name as name, s.ts as ts, s.dur as dur,
  extract_arg(s.arg_set_id, 'debug.bytes swept') as swept, extract_arg(s.arg_set_id, 'debug.bytes reclaimed') as reclaimed
  from ${OF("P")} and s.name not glob 'G[0-9]*' and s.name != 'GC sweep' order by 1, 3, 2`;
const SWEPT = `select sum(extract_arg(s.arg_set_id, 'debug.bytes swept')) as swept,
  sum(extract_arg(s.arg_set_id, 'debug.bytes reclaimed')) as reclaimed from ${OF("P")}`;
const IN_SYSCALL = `select t.name as row, s.ts as ts, s.ts + s.dur as until from ${OF("M")} and s.name = 'syscall'
  order by 1, 2`;
const ON_THREAD = `select t.name as row, s.ts as ts, s.ts + s.dur as until,
  cast(substr(extract_arg(s.arg_set_id, 'debug.P'), 2) as int) as proc from ${OF("M")} and s.name glob 'G[0-9]*' and s.depth = 0`;
const PROC_OF_THREAD = `select t.name as row, cast(substr(s.name, 2) as int) as proc, s.ts as ts, s.ts + s.dur as until
  from ${OF("M")} and s.name glob 'P[0-9]*'`;
const WHY = `select why, sum(n) as n from (
    select name as why, 1 as n from slice where category in ('go.wait', 'go.yield') and dur >= 0
      and extract_arg(arg_set_id, 'debug.cut') is not 'began before the trace' and name != 'went on after yields'
    union all select extract_arg(arg_set_id, 'debug.reason'), extract_arg(arg_set_id, 'debug.yields')
      from slice where name = 'went on after yields') group by why order by why`;
const OF_GOROUTINES = `select go_id(utid, s.ts) as goroutine, category, s.name as name, s.ts as ts, s.dur as dur,
    extract_arg(s.arg_set_id, 'debug.unblocked by') as by, k.callsite_id is null as bare
  from slice s join thread_track t on s.track_id = t.id left join __intrinsic_track_event_callstacks k on k.slice_id = s.id
  where category not in ('go.goroutine', 'go.yield', 'go.state') and not (category = 'go.create' and s.name != 'go')
  order by ts, goroutine, category, s.id`;
/** The arrow of a goroutine that is created on a lane ends where its life begins: the tables tell when it runs. */
const ARROWS = `select o.ts as from_ts, go_id(tt.utid, o.ts) as goroutine, o.name as from_name,
    iif(o.category = 'go.create', null, i.ts) as to_ts, iif(o.category = 'go.create', null, i.name) as to_name from flow f
  join slice o on f.slice_out = o.id join slice i on f.slice_in = i.id
  left join thread_track tt on i.track_id = tt.id order by 1, 2, 3, 4`;

interface Run {
  readonly cpu: number;
  readonly ts: number;
  readonly dur: number;
  readonly goroutine: number;
  readonly end_state: string | null;
}

/** The longest pause of a goroutine that yields which the default conversion does not show, in nanoseconds. */
const PAUSE = 10_000;

/** Joins the runs that a yield separates, if the goroutine goes on at once on the same P. */
function joined(runs: readonly Run[]): Run[] {
  const all: Run[] = [];
  /** The P where each goroutine ran last, and the index of the latest run of each P. */
  const last = new Map<number, number>();
  const latest = new Map<number, number>();
  const order = [...runs].sort((a, b) => a.ts - b.ts);
  for (const run of order) {
    const before = last.get(run.goroutine);
    last.set(run.goroutine, run.cpu);
    const at = latest.get(run.cpu) ?? -1;
    const prior = all[at];
    const isSame = prior?.goroutine === run.goroutine && before === run.cpu && prior.end_state === "R";
    if (prior !== undefined && isSame && run.ts - (prior.ts + prior.dur) <= PAUSE)
      all[at] = { ...run, ts: prior.ts, dur: run.ts + run.dur - prior.ts };
    else latest.set(run.cpu, all.push(run) - 1);
  }
  return all.sort((a, b) => a.cpu - b.cpu || a.ts - b.ts);
}

interface OnThread {
  readonly row: string;
  readonly ts: number;
  readonly until: number;
}

interface WithProc extends OnThread {
  readonly proc: number | null;
}

/** Joins the pieces of slices that others cut. */
function whole(slices: readonly OnThread[]): OnThread[] {
  const all: OnThread[] = [];
  for (const slice of slices) {
    const before = all.at(-1);
    if (before?.row === slice.row && before.until === slice.ts)
      all[all.length - 1] = { ...before, until: slice.until };
    else all.push(slice);
  }
  return all;
}

/** Runs on threads that had another P then, or none, by the rows that tell the Ps of threads. */
function withoutProc(runs: readonly WithProc[], procs: readonly WithProc[]): readonly WithProc[] {
  const byRow = new Map<string, WithProc[]>();
  for (const each of procs) byRow.set(each.row, [...(byRow.get(each.row) ?? []), each]);
  return runs
    .filter(({ proc, ts, until }) => proc !== null && until > ts)
    .filter(({ row, proc, ts }) => {
      const had = byRow.get(row)?.some((each) => each.proc === proc && each.ts <= ts && each.until > ts);
      return !had;
    });
}

const factsOf = (path: string, options: PerfettoOptions) =>
  withFull(path, options, (tp) => {
    tp.query(once);
    return {
      problems: tp.problems(),
      runs: tp.query<Run>(RUNS),
      onProcs: tp.query(ON_PROC),
      swept: tp.query(SWEPT),
      syscalls: whole(tp.query<OnThread>(IN_SYSCALL)),
      runsOnThreads: tp.query<WithProc>(ON_THREAD),
      procsOfThreads: tp.query<WithProc>(PROC_OF_THREAD),
      why: tp.query(WHY),
      slices: tp.query(OF_GOROUTINES),
      arrows: tp.query(ARROWS),
    };
  });

describe.skipIf(!haveEngine).each(traces)("a full conversion of $name", ({ path }) => {
  test("tells once, somewhere, what it tells as often as Go does if asked", async () => {
    const everything = await factsOf(path, AS_GO_TELLS);
    const once = await factsOf(path, { lanes: "always" });
    expect(once.runs).toEqual(joined(everything.runs));
    expect(withoutProc(everything.runsOnThreads, once.procsOfThreads)).toEqual([]);
    for (const fact of ["problems", "onProcs", "swept", "syscalls", "why", "slices", "arrows"] as const)
      expect([fact, once[fact]]).toEqual([fact, everything[fact]]);
  });
});
