import type { GoLog, GoTask } from "./go-annotations.js";
import type { GoTrace } from "./go-trace.js";
import { oneReplacement } from "./official-quirks.js";
import {
  type Differences,
  differences,
  END,
  interval,
  type Lists,
  STACKS,
  THREAD_SLICES,
} from "./sql-figures.js";
import { SqlStacks } from "./sql-stacks.js";
import type { TraceProcessor } from "./trace-processor.js";

export interface TaskRow {
  readonly name: string;
  readonly ts: number;
  readonly end: number;
  readonly stack: number | null;
  readonly fromTid: number | null;
  readonly fromTask: string | null;
  readonly fromTaskTs: number | null;
}

export interface RegionRow {
  readonly tid: number;
  readonly name: string;
  readonly ts: number;
  readonly end: number;
  readonly stack: number | null;
  readonly endStack: number | null;
}

export const TASKS = `select s.name as name, s.ts as ts, ${END} as end, stack,
    ft.tid as fromTid, fp.name as fromTask, fp.ts as fromTaskTs
  from slice s join track t on s.track_id = t.id join track g on t.parent_id = g.id
  left join ${STACKS} on owner = s.id
  left join flow f on f.slice_in = s.id left join slice o on f.slice_out = o.id
  left join slice fp on o.parent_id = fp.id and o.track_id not in (select id from thread_track)
  left join thread_track ftt on o.track_id = ftt.id left join thread ft on ftt.utid = ft.utid
  where g.name = 'Tasks' and s.name != 'new task'`;
export const REGIONS = `select tid, s.name as name, s.ts as ts, ${END} as end, stack, endStack from ${THREAD_SLICES}
  where s.category = 'go.region'`;
const LOGS = `select tid, s.name as name, s.ts as ts, stack, null as endStack, 0 as end from ${THREAD_SLICES}
  where s.category = 'go.log'`;
const LOG_ROWS = "select tid, ts, tag, msg from android_logs join thread using (utid)";

/** Compares what the program itself told with the official text. */
export function annotationDifferences(tp: TraceProcessor, go: GoTrace): Differences {
  const { regions, logs } = go.annotations;
  const stacks = new SqlStacks(tp);
  return differences({
    tasks: tasks(tp, stacks, go),
    regions: [
      tp.query<RegionRow>(REGIONS).map(({ tid, name, ts, end, stack, endStack }) =>
        // What began before the trace does so a little before it here, to enclose what begins with it.
        interval([tid, name, stacks.key(stack), stacks.key(endStack)], Math.max(ts, go.start), end),
      ),
      regions.map(({ goroutine, name, begin, end, stack, endStack }) =>
        interval([goroutine, shown(name), stack, endStack], begin ?? go.start, end),
      ),
    ],
    logs: [
      tp
        .query<RegionRow>(LOGS)
        .map(({ tid, name, ts, stack }) => `${tid} ${name} ${ts} ${stacks.key(stack)}`),
      logs.map((log) => `${log.goroutine} ${logText(log)} ${log.time} ${log.stack}`),
    ],
    "log table": logTable(tp, logs),
  });
}

/** A task's arrow comes from the task that it is part of, else from the goroutine that began it. */
function tasks(tp: TraceProcessor, stacks: SqlStacks, go: GoTrace): Lists {
  const actual = tp.query<TaskRow>(TASKS).map(({ name, ts, end, stack, fromTid, fromTask, fromTaskTs }) => {
    const from =
      fromTid === null ? (fromTask === null ? "nowhere" : `${fromTask} ${fromTaskTs}`) : `G${fromTid}`;
    return interval([name, stacks.key(stack), `from ${from}`], ts, end);
  });
  const expected = go.annotations.tasks.map((task) =>
    interval(
      [shown(task.type), task.stack, `from ${origin(task)}`],
      task.begin ?? go.start,
      task.end ?? go.end,
    ),
  );
  return [actual, expected];
}

function origin({ begin, parent, goroutine }: GoTask): string {
  if (begin === undefined) return "nowhere";
  return parent === undefined ? `G${goroutine}` : `${shown(parent.type)} ${parent.begin}`;
}

function logText({ category, message }: Pick<GoLog, "category" | "message">): string {
  return shown(category === "" ? message : `${category}: ${message}`);
}

interface LogRow {
  readonly tid: number;
  readonly ts: number;
  readonly tag: string | null;
  readonly msg: string;
}

/** The table of logs, which has categories apart where the trace knows the wall clock. */
export function logTable(tp: TraceProcessor, logs: readonly Omit<GoLog, "stack">[]): Lists {
  const rows = tp.query<LogRow>(LOG_ROWS);
  const hasTags = rows.some(({ tag }) => tag !== null);
  const textOf = (log: Pick<GoLog, "category" | "message">) =>
    hasTags ? `[${shown(log.category)}] ${shown(log.message)}` : logText(log);
  return [
    rows.map(
      ({ tid, ts, tag, msg }) => `${tid} ${comparable(hasTags ? `[${tag ?? ""}] ${msg}` : msg)} ${ts}`,
    ),
    logs.map((log) => `${log.goroutine} ${comparable(textOf(log))} ${log.time}`),
  ];
}

/** A name as Go's JSON, Perfetto's strings and ours can all have it. */
export function comparable(name: string): string {
  return oneReplacement(shown(name));
}

/** Perfetto's strings end at the first NUL. */
export function shown(text: string): string {
  return text.replaceAll("\0", "\u2400");
}
