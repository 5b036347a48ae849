import { expect } from "vitest";
import { WAIT_REASON } from "./sql-names.js";
import { TraceProcessor } from "./trace-processor.js";

/** A conversion of a trace or a part of it. */
export interface TimedFile {
  readonly bytes: Uint8Array;
  /** When the last event was, in nanoseconds since the start of the part, and that start in the file. */
  readonly duration: number;
  readonly base: number;
}

/** Nanoseconds by what they are of. */
export type Times = Readonly<Record<string, number>>;

interface Row {
  readonly key: string;
  readonly value: number;
}

/**
 * What a file says of goroutines: running, runnable, in which wait, system call, region or mark assist. What is open ends with the part.
 * And how often the runtime woke one: never at the beginning of a window. Regions that turn out to be older than the
 * trace when they end are left out: only the part where that is can have them.
 */
export async function times(file: TimedFile): Promise<Times> {
  const tp = await TraceProcessor.load(file.bytes);
  try {
    return timesIn(tp, file);
  } finally {
    tp.close();
  }
}

/** The same of a file that is loaded. */
export function timesIn(tp: TraceProcessor, { duration, base }: TimedFile): Times {
  const sum = (table: string) => `sum(iif(${table}.dur < 0, ${base + duration} - ${table}.ts, ${table}.dur))`;
  expect(tp.problems()).toEqual([]);
  const states = tp.query<Row>(`select tid || iif(state = 'Running', ' running', ' runnable') as key,
      ${sum("s")} as value from thread_state s join thread using (utid)
      where tid between 1 and (1 << 30) - 1 and (state = 'Running' or state in ('R', 'R+')) group by key`);
  const waits =
    tp.query<Row>(`select tid || ' ' || s.category || ' ' || ${WAIT_REASON} as key, ${sum("s")} as value
      from slice s join thread_track t on s.track_id = t.id join thread using (utid)
      where s.category in ('go.wait', 'go.syscall', 'go.region', 'go.gc') and (s.category != 'go.region' or s.ts >= ${base})
      group by key`);
  const wakers = tp.query<Row>(`select 'times woken by ' || w.name as key, count(*) as value
      from thread_state s join thread w on s.waker_utid = w.utid
      where w.name in ('netpoll or timer', 'system call returned') group by key`);
  return Object.fromEntries([...states, ...waits, ...wakers].map(({ key, value }) => [key, value]));
}

/** The sums of several. */
export function added(parts: readonly Times[]): Times {
  const total: Record<string, number> = {};
  for (const part of parts)
    for (const [key, value] of Object.entries(part)) total[key] = (total[key] ?? 0) + value;
  return total;
}

/** Those that are more than nothing. */
export const positive = (all: Times): Times =>
  Object.fromEntries(Object.entries(all).filter(([, time]) => time > 0));
