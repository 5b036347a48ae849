import type { GoArrows } from "./go-arrows.js";
import { type Differences, differences, STACKS } from "./sql-figures.js";
import { SqlStacks } from "./sql-stacks.js";
import type { TraceProcessor } from "./trace-processor.js";

/** The thread that stands for wakers which are no goroutine. */
const NETPOLL = "netpoll or timer";

const ARROWS = `select f.id, o.category as category, o.name as startName, i.name as endName,
    ot.tid as tidFrom, ot.name as threadFrom, it.tid as tidTo, o.ts as ts, i.ts as end,
    stack
  from flow f join slice o on f.slice_out = o.id join slice i on f.slice_in = i.id
  join thread_track ott on o.track_id = ott.id join thread ot on ott.utid = ot.utid
  join thread_track itt on i.track_id = itt.id join thread it on itt.utid = it.utid
  left join ${STACKS} on owner = o.id
  where o.category in ('go.unblock', 'go.create')`;

interface ArrowRow {
  readonly category: string;
  readonly startName: string;
  readonly endName: string;
  readonly tidFrom: number;
  readonly threadFrom: string;
  readonly tidTo: number;
  readonly ts: number;
  readonly end: number;
  readonly stack: number | null;
}

/** The name of an arrow's end where the goroutine has not started when the trace ends. */
const NOT_STARTED = "still runnable";

/** Compares the arrows to goroutines that start to run with the official text. */
export function arrowDifferences(tp: TraceProcessor, go: GoArrows): Differences {
  const stacks = new SqlStacks(tp);
  const rows = tp.query<ArrowRow>(ARROWS);
  const actual = rows
    .filter(({ endName }) => endName !== NOT_STARTED)
    .map((row) => `${arrow(row.category, row)} ${stacks.key(row.stack)}`);
  const expected = go.complete.map(({ kind, from, to, begin, end, stack }) => {
    const names = kind === "create" ? "go.create go" : "go.unblock unblock";
    return `${names}: ${from}→${to} ${begin}–${end} ${stack}`;
  });
  const open = rows.filter(({ endName }) => endName === NOT_STARTED).map(({ tidTo }) => `${tidTo}`);
  return differences({ arrows: [actual, expected], "arrows without an end": [open, go.open.map(String)] });
}

function arrow(category: string, { startName, threadFrom, tidFrom, tidTo, ts, end }: ArrowRow): string {
  const from = threadFrom === NETPOLL ? -1 : tidFrom;
  return `${category} ${startName}: ${from}→${tidTo} ${ts}–${end}`;
}
