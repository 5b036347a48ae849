// @module-tag long

import { describe, expect, test } from "vitest";
import type { CorpusTrace } from "../../support/corpus.js";
import { fixtureTraces, someValidTraces } from "../../support/corpus.js";
import { AS_GO_TELLS, withFull } from "../../support/full-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { LIKE_GO, readFileBlocks } from "../../support/reading.js";
import { TimelineWalk } from "../../support/timeline-walk.js";
import type { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("what a timeline shows, by SQL");
const MORE = [
  "annotations-go1.22",
  "annotations-go1.24",
  "gcheavy-go1.24",
  "gcheavy-go1.26",
  "gotest-go1.25",
];
const traces = [...fixtureTraces(), ...someValidTraces(MORE)];

async function walk({ path }: CorpusTrace): Promise<TimelineWalk> {
  const walked = new TimelineWalk();
  await readFileBlocks(path, LIKE_GO, (block) => walked.block(block));
  walked.finish();
  return walked;
}

const byKey = (tp: TraceProcessor, sql: string): Record<string, number> =>
  Object.fromEntries(
    tp.query<{ key: string | number; value: number }>(sql).map(({ key, value }) => [key, value]),
  );

const positive = (sums: ReadonlyMap<string | number, number>): Record<string, number> =>
  Object.fromEntries([...sums].filter(([, value]) => value > 0));

const OF_PROCS = "from slice s join track t on s.track_id = t.id where t.name glob 'P[0-9]*'";
const WAITS = `select blocked_function as key, sum(dur) as value from thread_state
  where blocked_function is not null and ts + dur < trace_end() and dur > 0 group by key`;
const STOPS = `select extract_arg(s.arg_set_id, 'debug.stopped') as key, count(*) as value ${OF_PROCS}
  and key is not null group by key`;
const IDLE = `select cast(substr(t.name, 2) as int) as key, sum(s.dur) as value ${OF_PROCS}
  and s.name = 'proc idle' group by t.name having value > 0`;
const SWEEPS = `select count(*) as slices, ifnull(sum(extract_arg(s.arg_set_id, 'debug.bytes swept')), 0) as swept,
    ifnull(sum(extract_arg(s.arg_set_id, 'debug.bytes reclaimed')), 0) as reclaimed
  ${OF_PROCS} and s.name = 'GC sweep' and extract_arg(s.arg_set_id, 'debug.bytes swept') is not null`;
const LABELS = "select name from slice where category = 'go.label' order by ts";
const CUT = `select extract_arg(arg_set_id, 'debug.cut') as key, count(*) as value from slice
  where category in ('task', 'go.region') and key is not null group by key`;
const LOGS = `select ts, tid, tag, msg from android_logs left join thread using (utid) order by ts`;
const LOG_INSTANTS = "select count(*) as n from slice where category = 'go.log'";
const GC = `select sum(k.callsite_id is not null) as stacks, count(*) as n,
    sum(extract_arg(s.arg_set_id, 'debug.cut') is not null) as cut
  from slice s join track t on s.track_id = t.id
  left join __intrinsic_track_event_callstacks k on k.slice_id = s.id where t.name = 'Stop the world'`;
/** Arrows of wake-ups with the waker that the end of the wait names. */
const ARROWS = `select a.tid as waker, extract_arg(w.arg_set_id, 'debug.unblocked by') as named from flow f
  join slice o on f.slice_out = o.id join slice i on f.slice_in = i.id
  join thread_track t on o.track_id = t.id join thread a using (utid)
  join slice w on w.track_id = i.track_id and w.category = 'go.wait' and w.ts + w.dur = o.ts
  where o.category = 'go.unblock'`;
const MADE = `select extract_arg(i.arg_set_id, 'debug.task') as task,
    case when a.tid is null then 'task ' || extract_arg(p.arg_set_id, 'debug.task') else 'goroutine ' || a.tid end as maker
  from flow f join slice o on f.slice_out = o.id join slice i on f.slice_in = i.id
  left join slice p on o.parent_id = p.id
  left join thread_track t on o.track_id = t.id left join thread a using (utid)
  where o.name = 'new task' and i.category = 'task'`;
const FLOWS =
  "select (select count(*) from flow) as arrows, count(*) as starts from slice where name in ('go', 'unblock')";

describe.skipIf(!haveEngine).each(traces)("the timeline of $name", (trace) => {
  test("shows the intervals of the events", async () => {
    const walked = await walk(trace);
    await withFull(trace.path, AS_GO_TELLS, (tp, { base }) => {
      expect(byKey(tp, IDLE)).toEqual(positive(walked.idle));
      expect(tp.query(SWEEPS)).toEqual([walked.swept]);
      expect(tp.query<{ name: string }>(LABELS).map(({ name }) => name)).toEqual(walked.labels);
      expect(byKey(tp, WAITS)).toEqual(positive(walked.waits));
      expect(byKey(tp, STOPS)).toEqual(positive(new Map([...walked.stops].filter(([why]) => why !== ""))));
      expect({ ...ZERO_CUT, ...byKey(tp, CUT) }).toEqual(walked.cut);
      const made = tp.query<{ task: number; maker: string }>(MADE);
      expect(new Map(made.map(({ task, maker }) => [task, maker]))).toEqual(walked.made);
      expect(tp.query(LOG_INSTANTS)).toEqual([{ n: walked.logs.length }]);
      expect(logsOf(tp, base)).toEqual(expectedLogs(walked, tp));
    });
  });

  test("has stacks on stop-the-world, and arrows from the goroutines that the ends of waits name", async () => {
    await withFull(trace.path, AS_GO_TELLS, (tp) => {
      const [stops] = tp.query<{ stacks: number | null; n: number }>(GC);
      // The runtime's stop that starts the trace may have none.
      expect((stops?.n ?? 0) - (stops?.stacks ?? 0)).toBeLessThanOrEqual(1);
      for (const { waker, named } of tp.query<{ waker: number; named: string | null }>(ARROWS))
        expect(/^G(\d+)/.exec(named ?? "")?.[1]).toBe(waker >= 2 ** 30 ? undefined : String(waker));
      const [flows] = tp.query<{ arrows: number; starts: number }>(FLOWS);
      expect(flows?.arrows).toBeGreaterThanOrEqual(flows?.starts ?? 0);
    });
  });
});

const ZERO_CUT = { "began before the trace": 0, "goes on after the last event": 0 };

interface LogRow {
  readonly ts: number;
  readonly tid: number;
  readonly tag: string | null;
  readonly msg: string;
}

function logsOf(tp: TraceProcessor, base: number): object[] {
  return tp.query<LogRow>(LOGS).map(({ ts, ...row }) => ({ time: ts - base, ...row }));
}

/** Without a wall clock, the table of logs has no categories. */
function expectedLogs({ logs }: TimelineWalk, tp: TraceProcessor): object[] {
  const hasWallClock = tp.query("select 1 as x from metadata where name = 'cr-go2perfetto.start'").length > 0;
  return logs.map(({ time, goroutine, category, message }) => ({
    time,
    tid: goroutine,
    tag: hasWallClock ? shown(category) : null,
    msg: shown(hasWallClock || category === "" ? message : `${category}: ${message}`),
  }));
}

/** Perfetto's texts end at NUL. */
function shown(text: string): string {
  return text.replaceAll("\0", "\u2400");
}
