import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type CorpusTrace, FIXTURES } from "./corpus.js";
import { sharedDir } from "./optional.js";

/** Times of a goroutine, or of all that have a name, in nanoseconds; by Go's own summarizer. */
export interface OracleTimes {
  readonly Total: number;
  readonly Exec: number;
  readonly SchedWait: number;
  readonly Syscall: number;
  readonly SyscallBlk: number;
  readonly Unkwn: number;
  readonly Block?: Readonly<Record<string, number>>;
  readonly Range?: Readonly<Record<string, number>>;
}

/** Times beside durations are those of the trace clock here and below. */
export interface OracleGoroutine extends OracleTimes {
  readonly ID: number;
  readonly Name: string;
  readonly PC: number;
  readonly Creation: number;
  /** 0 if it never ran, or never ended. */
  readonly Start: number;
  readonly End: number;
  /** How many it was in. */
  readonly Regions: number;
  readonly System?: boolean;
}

/** Absent ids and times are −1. */
export interface OracleTask {
  readonly ID: number;
  readonly Name: string;
  readonly Parent: number;
  readonly Start: number;
  readonly End: number;
  readonly Complete: boolean;
  readonly Logs: number;
  readonly Regions: number;
  readonly Gs: number;
  readonly Children: number;
}

export interface OracleRegion {
  readonly G: number;
  readonly Task: number;
  readonly Name: string;
  readonly Start: number;
  readonly End: number;
  /** Kind of the event, "" if there is none. */
  readonly StartKind: string;
  readonly EndKind: string;
  readonly Total: number;
  readonly Exec: number;
  readonly SchedWait: number;
  readonly Sysc: number;
  readonly Block?: Readonly<Record<string, number>>;
}

export interface OracleLog {
  readonly T: number;
  readonly G: number;
  readonly Task: number;
  readonly Category: string;
  readonly Message: string;
}

export interface OracleSync {
  readonly N: number;
  readonly T: number;
  readonly Trace?: number;
  readonly Mono?: number;
  /** RFC 3339 with nanoseconds. */
  readonly Wall?: string;
  readonly Experiments?: Readonly<Record<string, number>>;
}

export interface OracleMetric {
  readonly Count: number;
  readonly Min: number;
  readonly Max: number;
  readonly Last: number;
  readonly FirstT: number;
  readonly LastT: number;
}

export interface OracleRange {
  readonly Begin: number;
  /** Mentions of a range that was under way already. */
  readonly Active: number;
  readonly End: number;
  /** Of those whose beginning is in the trace, or a mention of them. */
  readonly ClosedNs: number;
  readonly Open: number;
}

/** What Go's own reader and summarizer say of a trace. */
export interface OracleSummary {
  readonly byName: Readonly<Record<string, OracleTimes & { readonly N: number }>>;
  readonly goroutineList: readonly OracleGoroutine[];
  readonly goroutineListTruncated: boolean;
  readonly metrics: Readonly<Record<string, OracleMetric>>;
  /** By `name | scope`. */
  readonly ranges: Readonly<Record<string, OracleRange>>;
  /** Those of other states than `Undetermined` include what is only told again; by resource, states and reason. */
  readonly transitions: Readonly<Record<string, number>>;
  /** By Go's kinds of events. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly labels: Readonly<Record<string, number>>;
  /** By experiment and kind. */
  readonly experimental: Readonly<Record<string, number>>;
  readonly goroutinesCreated: number;
  readonly goroutinesEnded: number;
  readonly goroutinesPreexisting: number;
  /** CPU samples by what they have, and by the innermost function: `leaf:main.hot`. */
  readonly cpuSamples: Readonly<Record<string, number>>;
  readonly rangeAttributeTotals: Readonly<Record<string, number>>;
  readonly syncs: readonly OracleSync[];
  /** The first ones, where there are very many; null if there are none. */
  readonly tasks: readonly OracleTask[] | null;
  readonly regions: readonly OracleRegion[] | null;
  readonly logs: readonly OracleLog[] | null;
  readonly taskCount: number;
  readonly tasksComplete: number;
  readonly regionCountInSummary: number;
  readonly logCount: number;
  readonly goroutinesInSummary: number;
  readonly openRangesAtEnd: number;
  readonly threads: number;
  readonly events: number;
  readonly firstTime: number;
  readonly lastTime: number;
}

/** The same with something added to all times. */
export function shiftedSummary(summary: OracleSummary, by: number): OracleSummary {
  const { tasks, regions, logs, firstTime, lastTime } = summary;
  const shifted = (time: number) => (time < 0 ? time : time + by);
  const interval = <T extends { readonly Start: number; readonly End: number }>(each: T): T => {
    return { ...each, Start: shifted(each.Start), End: shifted(each.End) };
  };
  return {
    ...summary,
    tasks: tasks?.map(interval) ?? null,
    regions: regions?.map(interval) ?? null,
    logs: logs?.map((log) => ({ ...log, T: log.T + by })) ?? null,
    firstTime: firstTime + by,
    lastTime: lastTime + by,
  };
}

/** Raw events by name, as `go tool trace -d=footprint` counts them. */
export interface OracleWire {
  readonly counts: Readonly<Record<string, number>>;
  readonly bytes: Readonly<Record<string, number>>;
}

/** Number of ordered events by Go's kinds, as `go tool trace -d=parsed` gives them. */
export function oracleCounts(trace: CorpusTrace): Record<string, number> | undefined {
  const text = oracleFile(trace, "parsed.counts.txt")?.toString("utf8");
  if (text === undefined) return undefined;
  const lines = text
    .trim()
    .split("\n")
    .map((line) => line.trim().split(" "));
  return Object.fromEntries(lines.map(([count, kind]) => [kind, Number(count)]));
}

/**
 * What `go tool trace -d=parsed` prints; kept for small traces only. A byte that is no UTF-8, which Go quotes as such (`\x9a`),
 * is four characters of our texts, the first of which is quoted.
 */
export function oracleText(trace: CorpusTrace): string | undefined {
  const bytes = oracleFile(trace, "parsed.txt.gz");
  if (bytes === undefined) return undefined;
  const text = gunzipSync(bytes).toString("utf8");
  return text.replace(/\\x[89a-f][0-9a-f]|\\./g, (quoted) =>
    /^\\x[89a-f]/.test(quoted) ? `\\${quoted}` : quoted,
  );
}

/** Whether {@link oracleText} has something to say. */
export function hasOracleText(trace: CorpusTrace): boolean {
  return existsSync(fileOf(trace, "parsed.txt.gz"));
}

/** Whether {@link oracleSummary} has something to say. */
export function hasOracleSummary(trace: CorpusTrace): boolean {
  return existsSync(fileOf(trace, "summary.json.gz"));
}

export function oracleSummary(trace: CorpusTrace): OracleSummary | undefined {
  const bytes = oracleFile(trace, "summary.json.gz");
  return bytes && (JSON.parse(gunzipSync(bytes).toString("utf8")) as OracleSummary);
}

export function oracleWire(trace: CorpusTrace): OracleWire | undefined {
  const bytes = oracleFile(trace, "wire.json");
  return bytes && (JSON.parse(bytes.toString("utf8")) as OracleWire);
}

/** A file of what the oracle has of a trace; undefined if it has none. */
export function oracleFile(trace: CorpusTrace, file: string): Buffer | undefined {
  const path = fileOf(trace, file);
  return existsSync(path) ? readFileSync(path) : undefined;
}

/** What the shared folder does not have may be among the fixtures. */
function fileOf(trace: CorpusTrace, file: string): string {
  const path = join(sharedDir() ?? FIXTURES, "oracle", trace.oracle, file);
  return existsSync(path) ? path : join(FIXTURES, "oracle", trace.oracle, file);
}
