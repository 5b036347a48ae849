import { Process } from "../../src/sink/chrome/processes.js";
import { type JsonEvent, JsonStacks, type JsonTrace, nanoseconds } from "./chrome-json.js";
import { documentedTypes, violations } from "./documented-types.js";

const TYPES = documentedTypes("chrome-json.md");
/** The documented types of events by phase. */
const TYPE_OF: Readonly<Record<string, string>> = {
  X: "Slice",
  I: "Instant",
  C: "Counter",
  s: "ArrowStart",
  f: "ArrowEnd",
  b: "AsyncBegin",
  e: "AsyncEnd",
  M: "Metadata",
};
const LARGEST_TID = 2 ** 31 - 1;

/**
 * What is wrong with a file: what its description does not allow, slices that overlap, arrows and asynchronous slices
 * that have not both ends, stacks that are not defined, rows without a name.
 * @param seen takes every `Type.field` that is there
 */
export function jsonProblems(trace: JsonTrace, seen = new Set<string>()): string[] {
  const { traceEvents, ...rest } = trace;
  const events = traceEvents.flatMap((event, i) =>
    violations(TYPES, TYPE_OF[event.ph] ?? `phase ${event.ph}`, event, `[${i}]`, seen),
  );
  seen.add("File.traceEvents");
  const file = violations(TYPES, "File", { ...rest, traceEvents: [] }, "", seen);
  const absent = trace.stackFrames === undefined ? [".stackFrames is absent"] : [];
  return [
    ...file.filter((problem) => !absent.includes(problem)),
    ...events,
    ...overlaps(trace),
    ...pairs(traceEvents, "s", "f"),
    ...asyncProblems(traceEvents),
    ...stackProblems(trace),
    ...rowProblems(traceEvents),
  ];
}

/** Every documented `Type.field`. */
export function documentedFields(): string[] {
  return [...TYPES].flatMap(([type, fields]) =>
    [...fields.keys()].map((field) => `${type}.${field.replace("?", "")}`),
  );
}

interface Slice {
  readonly begin: number;
  readonly end: number;
  readonly name: string;
  readonly category: string | undefined;
}

/** Slices of a row that lie neither beside nor within one another. Viewers drop such. */
function overlaps({ traceEvents }: JsonTrace): string[] {
  const rows = new Map<string, Slice[]>();
  const threads = new Set<string>();
  for (const { ph, name, cat: category, ts = 0, dur = 0, pid, tid } of traceEvents) {
    if (ph !== "X") continue;
    const row = `${pid}/${tid}`;
    const slice = { begin: nanoseconds(ts), end: nanoseconds(ts) + nanoseconds(dur), name, category };
    if (!rows.get(row)?.push(slice)) rows.set(row, [slice]);
    if (pid === Process.Threads) threads.add(row);
  }
  return [...rows].flatMap(([row, slices]) => {
    const problems = overlapsOn(row, slices);
    return problems.length > 0 && threads.has(row) ? overlapsOn(row, callsWithinRuns(slices)) : problems;
  });
}

/**
 * Where two goroutines run on a thread at once, as before Go 1.22 when one lost its P in a system call, Go's viewer draws
 * runs and calls whole. Ours begins the later run at the end of the other one. Its call is whole, and crosses that. In a damaged
 * trace nothing may be left of the later run.
 * @returns the slices with such calls begun where their runs do
 */
function callsWithinRuns(slices: readonly Slice[]): Slice[] {
  const runs = slices.filter(({ category }) => category === "go.run");
  const ends = new Set(runs.map(({ end }) => end));
  const within = slices.map((slice) => {
    if (slice.category !== "go.syscall") return slice;
    const isAround = ({ begin, end }: Slice) =>
      begin < slice.end ? slice.end <= end : begin === slice.end && begin === end;
    const own = runs.find((run) => isAround(run) && ends.has(run.begin));
    return own === undefined ? slice : { ...slice, begin: Math.max(slice.begin, own.begin) };
  });
  // Of those that begin at once, the outer one is first.
  return within.sort((a, b) => b.end - a.end);
}

/** Nanoseconds from which on (51 days) numbers of JSON, which are microseconds, are exact to a nanosecond no more. */
const EXACT = 2 ** 42 * 1000;

function overlapsOn(row: string, slices: Slice[]): string[] {
  // As viewers do: by the beginning, and in the order of the file where that is equal.
  slices.sort((a, b) => a.begin - b.begin);
  const open: Slice[] = [];
  return slices.flatMap((slice) => {
    const slack = slice.begin > EXACT ? 1 : 0;
    while ((open.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= slice.begin + slack) open.pop();
    const around = open.at(-1);
    open.push(slice);
    const isWithin = around === undefined || slice.end <= around.end;
    return isWithin ? [] : [`${row}: ${slice.name} at ${slice.begin} overlaps with ${around.name}`];
  });
}

/** Each asynchronous slice ends behind its beginning; its id is free for another one then. */
function asyncProblems(events: readonly JsonEvent[]): string[] {
  const open = new Map<string, JsonEvent>();
  const problems: string[] = [];
  for (const event of events) {
    const { ph, name, ts = 0, cat, id2, pid } = event;
    if (ph !== "b" && ph !== "e") continue;
    const key = `${cat} ${id2?.local} of ${pid}`;
    const begun = open.get(key);
    if (ph === "b" && begun !== undefined) problems.push(`${key} begins twice`);
    if (ph === "e" && (begun?.name !== name || (begun?.ts ?? 0) > ts))
      problems.push(`${key} ends without a beginning`);
    if (ph === "b") open.set(key, event);
    else open.delete(key);
  }
  return [...problems, ...[...open.keys()].map((each) => `${each} has no end`)];
}

/** Beginnings have ids of their own, and each has an end that is not before it. */
function pairs(events: readonly JsonEvent[], begin: string, end: string): string[] {
  const key = ({ id }: JsonEvent) => `arrow ${id}`;
  const open = new Map<number | undefined, JsonEvent>();
  const problems: string[] = [];
  for (const event of events) {
    if (event.ph !== begin) continue;
    if (open.has(event.id)) problems.push(`${key(event)} begins twice`);
    open.set(event.id, event);
  }
  for (const event of events) {
    if (event.ph !== end) continue;
    const { name, ts = Number.POSITIVE_INFINITY } = open.get(event.id) ?? {};
    if (name !== event.name || ts > (event.ts ?? 0)) problems.push(`${key(event)} ends without a beginning`);
    open.delete(event.id);
  }
  return [...problems, ...[...open.values()].map((each) => `${key(each)} has no end`)];
}

function stackProblems(trace: JsonTrace): string[] {
  const stacks = new JsonStacks(trace);
  const problems: string[] = [];
  const check = (stack: number | undefined): void => {
    if (stack === undefined) return;
    try {
      stacks.text(stack);
    } catch (error) {
      problems.push(String(error));
    }
  };
  for (const { sf, esf } of trace.traceEvents) {
    check(sf);
    check(esf);
  }
  return problems;
}

function rowProblems(events: readonly JsonEvent[]): string[] {
  const named = new Set<string>();
  for (const { name, pid, tid } of events) {
    if (name === "process_name") named.add(`${pid}`);
    else if (name === "thread_name") named.add(`${pid}/${tid}`);
  }
  const rows = new Set<string>();
  for (const { ph, pid, tid } of events) {
    rows.add(`${pid}`);
    if (tid !== undefined && ph !== "b" && ph !== "e") rows.add(`${pid}/${tid}`);
  }
  const unnamed = [...rows].filter((row) => !named.has(row)).map((row) => `row ${row} has no name`);
  const large = events.filter(({ tid = 1 }) => tid < 1 || tid > LARGEST_TID);
  return [...unnamed, ...large.map(({ tid }) => `thread id ${tid}`)];
}
