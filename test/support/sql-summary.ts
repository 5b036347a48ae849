import { Wrappers } from "../../src/sched/wrappers.js";
import type { OracleGoroutine, OracleSummary } from "./oracle.js";
import { type Differences, differences, END, IS_GOROUTINE, type Lists } from "./sql-figures.js";
import { START_FUNCTION, WAIT_REASON } from "./sql-names.js";
import { METRICS, mergedSweeps } from "./sql-runtime.js";
import type { TraceProcessor } from "./trace-processor.js";

const WRAPPERS = new Wrappers();
const ENDS = `select tid, min(s.ts) as first, count(*) as n from slice s
  join thread_track tt on s.track_id = tt.id join thread using (utid)
  where s.category = 'go.state' and s.name = 'end' group by tid`;
const STATES = `select tid, state, max(s.ts) as latest, sum(${END} - s.ts) as time,
    sum(iif(${END} = (select end_ts from trace_bounds), ${END} - s.ts, 0)) as last
  from thread_state s join thread using (utid) where ${IS_GOROUTINE} group by tid, state`;
const SLICES = `select tid, s.category as category, ${WAIT_REASON} as name, sum(${END} - s.ts) as time
  from slice s join thread_track tt on s.track_id = tt.id join thread using (utid)
  where s.category in ('go.wait', 'go.syscall') group by 1, 2, 3`;
const COUNTS = `select s.category as category, ${WAIT_REASON} as name, count(*) as n from slice s
  where s.category glob 'go.*' group by 1, 2`;
const ARROWS = `select i.name = 'still runnable' as isOpen, count(*) as n
  from flow join slice i on slice_in = i.id where i.category in ('go.unblock', 'go.create') group by isOpen`;
const COUNTERS = `select t.name as name, min(c.value) as low, max(c.value) as high,
    (select value from counter l where l.track_id = t.id order by l.ts desc limit 1) as last
  from counter c join counter_track t on c.track_id = t.id group by t.id`;
const RANGES = `select s.name as name, count(*) as n, sum(${END} - s.ts) as time
  from slice s join track t on s.track_id = t.id
  where t.name in ('GC', 'Stop the world') or s.category = 'go.gc' and s.name = 'GC mark assist' group by s.name`;

/** Compares sums and counts with those of Go's own summarizer. */
export function summaryDifferences(tp: TraceProcessor, summary: OracleSummary): Differences {
  return differences({
    goroutines: goroutines(tp, summary),
    transitions: transitions(tp, summary),
    arrows: arrows(tp, summary),
    metrics: metrics(tp, summary),
    ranges: ranges(tp, summary),
  });
}

interface GoroutineFigures {
  name: string;
  /** When it was last seen to start something other than a wait. */
  latest: number;
  running: number;
  runnable: number;
  withoutProc: number;
  lastWithoutProc: number;
  syscalls: number;
  waits: Record<string, number>;
}

function goroutines(tp: TraceProcessor, summary: OracleSummary): Lists {
  const figures = figuresByGoroutine(tp);
  // Of an id that was given twice, Go's summarizer tells the last life only.
  const ends = tp.query<{ tid: number; first: number; n: number }>(ENDS);
  const reused = ends.filter(({ tid, first, n }) => n > 1 || (figures.get(tid)?.latest ?? 0) > first);
  const reusedIds = new Set(reused.map(({ tid }) => tid));
  const listed = summary.goroutineList.filter(({ ID }) => !reusedIds.has(ID));
  const lines = listed.map((official) => [
    goroutineLine(official, figures.get(official.ID)),
    officialLine(official),
  ]);
  return [lines.map(([actual]) => actual as string), lines.map(([, expected]) => expected as string)];
}

interface StateSum {
  readonly tid: number;
  readonly state: string;
  readonly latest: number;
  readonly time: number;
  readonly last: number;
}

interface SliceSum {
  readonly tid: number;
  readonly category: string;
  readonly name: string;
  readonly time: number;
}

function figuresByGoroutine(tp: TraceProcessor): Map<number, GoroutineFigures> {
  const figures = new Map<number, GoroutineFigures>();
  const of = (tid: number): GoroutineFigures => {
    const known = figures.get(tid);
    if (known !== undefined) return known;
    const none = { latest: 0, running: 0, runnable: 0, withoutProc: 0, lastWithoutProc: 0, syscalls: 0 };
    const added = { name: "", ...none, waits: {} };
    figures.set(tid, added);
    return added;
  };
  for (const { tid, name } of tp.query<{ tid: number; name: string }>(
    `select tid, ${START_FUNCTION} as name from thread left join process using (upid) where ${IS_GOROUTINE}`,
  ))
    of(tid).name = name;
  for (const { tid, state, latest, time, last } of tp.query<StateSum>(STATES)) {
    const goroutine = of(tid);
    if (state !== "S") goroutine.latest = Math.max(goroutine.latest, latest);
    if (state === "Running") goroutine.running = time;
    else if (state === "R") goroutine.runnable = time;
    else if (state === "D") Object.assign(goroutine, { withoutProc: time, lastWithoutProc: last });
  }
  for (const { tid, category, name, time } of tp.query<SliceSum>(SLICES)) {
    if (category === "go.syscall") of(tid).syscalls = time;
    else of(tid).waits[name] = time;
  }
  return figures;
}

function goroutineLine(official: OracleGoroutine, figures: GoroutineFigures | undefined): string {
  if (figures === undefined) return `${official.ID} is not there`;
  const { name, running, runnable, withoutProc, lastWithoutProc, syscalls, waits } = figures;
  // Go's summarizer counts a call without a P that the trace does not end as waiting to run too, if it saw the P go.
  const schedWait = runnable + lastWithoutProc === official.SchedWait ? official.SchedWait : runnable;
  const exec = running - (syscalls - withoutProc);
  // The names of others tell more: what they do not know, or what a wrapper calls.
  const isTold = official.Name !== "" && !WRAPPERS.has(official.Name);
  return goroutineText(official, isTold ? name : official.Name, exec, schedWait, syscalls, waits);
}

function officialLine(official: OracleGoroutine): string {
  const { Name, Exec, SchedWait, Syscall, SyscallBlk, Block = {} } = official;
  const waits = Object.entries(Block).map(([reason, time]) => [reason || "waiting", time]);
  return goroutineText(official, Name, Exec, SchedWait, Syscall + SyscallBlk, Object.fromEntries(waits));
}

function goroutineText(
  { ID }: OracleGoroutine,
  name: string,
  exec: number,
  schedWait: number,
  syscalls: number,
  waits: Readonly<Record<string, number>>,
): string {
  const blocked = Object.entries(waits)
    // To wait forever is the end of a goroutine to Go's summarizer.
    .filter(([reason, time]) => reason !== "forever" && time !== 0)
    .map(([reason, time]) => `${reason} ${time}`);
  return `${ID} ${name}: exec ${exec}, runnable ${schedWait}, syscalls ${syscalls}, ${blocked.sort().join(", ")}`;
}

/** What each transition of goroutines is in the timeline. */
function sliceOf(transition: string): string | undefined {
  const [, from, to, reason = ""] = /^G (\w+)->(\w+)(?: \((.*)\))?$/.exec(transition) ?? [];
  if (from === to) return undefined;
  if (to === "Waiting") return `go.wait ${reason || "waiting"}`;
  if (to === "Syscall") return "go.syscall syscall";
  if (to === "NotExist") return "go.state end";
  if (to === "Runnable" && from === "Waiting") return "go.unblock unblock";
  if (to === "Runnable" && from === "NotExist") return "go.create go";
  return undefined;
}

function transitions(tp: TraceProcessor, summary: OracleSummary): Lists {
  const expected = new Map<string, number>();
  for (const [transition, count] of Object.entries(summary.transitions)) {
    const slice = sliceOf(transition);
    if (slice !== undefined) expected.set(slice, (expected.get(slice) ?? 0) + count);
  }
  const actual = tp
    .query<{ category: string; name: string; n: number }>(COUNTS)
    .map(({ category, name, n }): [string, number] => [`${category} ${name}`, n])
    .filter(([slice]) => /^go\.(wait|syscall|state) |^go\.unblock unblock$|^go\.create go$/.test(slice));
  return [lines(actual), lines([...expected])];
}

function lines(counts: readonly (readonly [string, number])[]): string[] {
  return counts.map(([name, count]) => `${name}: ${count}`);
}

/** Each unblock and creation is an arrow; open are at most as many as there are runnable goroutines at the end. */
function arrows(tp: TraceProcessor, { transitions }: OracleSummary): Lists {
  const count = (pattern: RegExp) =>
    Object.entries(transitions).reduce((sum, [name, n]) => sum + (pattern.test(name) ? n : 0), 0);
  const found = tp.query<{ isOpen: number; n: number }>(ARROWS);
  const [complete, open] = [0, 1].map((isOpen) => found.find((each) => each.isOpen === isOpen)?.n ?? 0) as [
    number,
    number,
  ];
  const begun = count(/^G (Waiting|NotExist)->Runnable/);
  const leftRunnable = count(/^G (?!Runnable)\w+->Runnable/) - count(/^G Runnable->(?!Runnable)/);
  return [
    [`begun ${complete + open}`, `open at most as left runnable: ${open <= leftRunnable}`],
    [`begun ${begun}`, "open at most as left runnable: true"],
  ];
}

function metrics(tp: TraceProcessor, summary: OracleSummary): Lists {
  const rows = tp.query<{ name: string; low: number; high: number; last: number }>(COUNTERS);
  const actual = rows
    .filter(({ name }) => METRICS[name] !== undefined)
    .map(({ name, low, high, last }) => `${name}: ${low} to ${high}, last ${last}`);
  const expected = Object.entries(METRICS).flatMap(([name, metric]) => {
    const official = summary.metrics[metric];
    return official === undefined
      ? []
      : [`${name}: ${official.Min} to ${official.Max}, last ${official.Last}`];
  });
  return [actual, expected];
}

/** Ranges by name, where the trace says both when they began and when they ended. */
function ranges(tp: TraceProcessor, summary: OracleSummary): Lists {
  const closed = Object.entries(summary.ranges).filter(([, { Active, Open }]) => Active === 0 && Open === 0);
  const official = new Map(
    closed.map(([name, { End, ClosedNs }]) => [name.split(" | ")[0], `${End} ${ClosedNs}`]),
  );
  const sweeps = mergedSweeps(tp);
  const rows = [
    ...tp.query<{ name: string; n: number; time: number }>(RANGES),
    {
      name: "GC incremental sweep",
      n: sweeps.length,
      time: sweeps.reduce((sum, { begin, end }) => sum + end - begin, 0),
    },
  ];
  const found = rows.filter(({ name, n }) => n > 0 && official.has(name));
  return [
    found.map(({ name, n, time }) => `${name}: ${n} ${time}`),
    [...official].map(([name, text]) => `${name}: ${text}`),
  ];
}
