import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TraceErrorCode } from "../../src/base/errors.js";
import { sharedDir } from "./optional.js";
import { isQuick } from "./quick.js";

/** A trace for tests, and where to find what Go's own tools say of it. */
export interface CorpusTrace {
  /** File name without extension; the name in the oracle, but for traces of a test folder. */
  readonly name: string;
  readonly path: string;
  /** Name of its folder in the oracle. */
  readonly oracle: string;
  /** The error at its end, for those that are good up to there. */
  readonly cut?: TraceErrorCode;
}

/** What Go's own reader made of a trace, from a folder's EXPECT.json. */
export interface Expectation {
  readonly size: number;
  /** 0: read to the end; 1: refused at once; 2: gave `events` events and then `readError`. */
  readonly readerRc: 0 | 1 | 2;
  readonly newReaderError?: string;
  readonly readError?: string;
  readonly events?: number;
  readonly durationNs?: number;
  readonly kinds?: Readonly<Record<string, number>>;
}

export interface ExpectedTrace extends CorpusTrace {
  readonly expect: Expectation;
}

/** The project's own copies of some small traces. */
export const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Folders of traces, and what the oracle puts before the names of those in it. */
const FOLDERS = [
  { folder: "v2", prefix: "" },
  { folder: "v1", prefix: "" },
  { folder: "canned", prefix: "canned-" },
];

/** Bytes below which a fixture is for the quick suite too. */
const SMALL = 80_000;

/** What the oracle has of every trace that Go's tools read. */
const COUNTS = "parsed.counts.txt";

/** Traces in which events of several Ps have the same time, or goroutines are runnable when they begin. */
const TIED: ReadonlySet<string> = new Set([
  "canned-http_1_19_good",
  "canned-stress_1_7_good",
  "canned-stress_1_9_good",
  "canned-stress_1_10_good",
  "canned-stress_1_11_good",
  "canned-stress_1_19_good",
  "canned-stress_1_21_good",
  "canned-stress_start_stop_1_9_good",
  "canned-stress_start_stop_1_19_good",
  "canned-stress_start_stop_1_21_good",
]);

/** The copy of a larger trace that has a name of its own among the fixtures. */
const RENAMED: Readonly<Record<string, string>> = { http: "http-1s-go1.26" };

/** What the program's death left unfinished; Go's reader gives the same events and then an error too. */
const CUT: Readonly<Record<string, TraceErrorCode>> = { "sigkill-go1.26": "incomplete-generation" };

/** Every valid trace of both formats; without the shared folder those of the fixtures. */
export function validTraces(): CorpusTrace[] {
  const shared = sharedDir();
  if (shared === undefined) return fixtureTraces();
  return allTraces(shared).filter(({ oracle }) => existsSync(join(shared, "oracle", oracle, COUNTS)));
}

/** Those of which Go's tools give the same numbers with every run: see `ties` in `OFFICIAL_QUIRKS`. */
export function exactTraces(traces = validTraces()): CorpusTrace[] {
  return traces.filter(({ oracle }) => !TIED.has(oracle));
}

/** Bytes of traces whose events Go prints in less text than a string can hold. */
const TEXT = 5e6;

/** Names of traces of one program, by what ended it. */
const ENDED = /^(osexit|panicked|sigkill)$/;

/**
 * Of each program and format the valid traces of the oldest and the newest Go, without the largest: for what does not
 * depend on the version, which reading deals with. A program that was ended in several ways is one. Events, sums and
 * profiles are compared with Go's own of all valid traces. `EVERY_TRACE=1` makes these all of them, too.
 * @param largest bytes; larger ones are left out. Then every one up to 5 MB is taken
 */
export function variedTraces(largest = Number.POSITIVE_INFINITY): CorpusTrace[] {
  const every = process.env.EVERY_TRACE === "1";
  const limit = every ? Math.max(largest, TEXT) : largest;
  const all = validTraces().filter(({ path }) => statSync(path).size <= limit);
  if (every) return all;
  const ends = new Map<string, CorpusTrace[]>();
  for (const trace of all.toSorted((a, b) => minorOf(a.path) - minorOf(b.path))) {
    if (trace.name.startsWith("big")) continue;
    const name = trace.name.replace(/[-_]?(go)?1[._]\d+/, "").replace(ENDED, "ended");
    const program = `${isFormat2(trace.path)} ${name}`;
    const oldest = ends.get(program)?.[0];
    ends.set(program, oldest === undefined ? [trace] : [oldest, trace]);
  }
  return [...ends.values()].flat();
}

/** What Go's tools of today do not read, and we do: format 1.5, and traces that end in the middle or have no order. */
export function otherTraces(): CorpusTrace[] {
  const shared = sharedDir();
  if (shared === undefined) return [];
  return allTraces(shared).filter(({ oracle }) => !existsSync(join(shared, "oracle", oracle, COUNTS)));
}

function allTraces(shared: string): CorpusTrace[] {
  return FOLDERS.flatMap(({ folder, prefix }) =>
    tracesIn(join(shared, "traces", folder)).map((trace) => ({ ...trace, oracle: prefix + trace.name })),
  );
}

/** The valid traces of the fixtures; in the quick suite those that are small. */
export function fixtureTraces(): CorpusTrace[] {
  return isQuick ? allFixtures().filter(({ path }) => statSync(path).size < SMALL) : allFixtures();
}

function allFixtures(): CorpusTrace[] {
  return tracesIn(FIXTURES).map((trace) => ({ ...trace, oracle: RENAMED[trace.name] ?? trace.name }));
}

/** A valid trace by name, from the shared folder or the fixtures. */
export function validTrace(name: string): CorpusTrace {
  const found = [...validTraces(), ...allFixtures()].find((trace) => trace.oracle === name);
  if (found === undefined) throw new Error(`no trace ${name}`);
  return found;
}

/** The valid traces among the given names that are there. */
export function someValidTraces(names: readonly string[]): CorpusTrace[] {
  return validTraces().filter(({ oracle }) => names.includes(oracle));
}

/** The scheduler's corner cases from Go's own tests. */
export function goTests(): ExpectedTrace[] {
  return expectedIn(join(FIXTURES, "go-tests")).map((trace) => ({
    ...trace,
    oracle: `go-tests-${trace.name}`,
  }));
}

/** Programs with tracing of their own, whose ids are in their traces. */
export function programSpanTraces(): CorpusTrace[] {
  return tracesIn(join(FIXTURES, "program-spans"));
}

/** Bad input from Go's fuzzer. */
export function fuzzTraces(): ExpectedTrace[] {
  return expectedIn(join(FIXTURES, "fuzz"));
}

/** Cut and damaged traces; none without the shared folder. */
export function invalidTraces(): ExpectedTrace[] {
  const shared = sharedDir();
  return shared === undefined ? [] : expectedIn(join(shared, "traces", "invalid"));
}

/** Whether a file's header says that it is of format 2 (Go 1.22 and later). */
export function isFormat2(path: string): boolean {
  return minorOf(path) >= 22;
}

/** Whether a trace's header says that it is of format 1. */
export function isFormat1({ path }: { readonly path: string }): boolean {
  return minorOf(path) > 0 && !isFormat2(path);
}

/** The N of a file's header `go 1.N trace`; 0 if it has none. */
export function minorOf(path: string): number {
  return Number(/^go 1\.(\d+) trace/.exec(headerOf(path))?.[1] ?? 0);
}

function headerOf(path: string): string {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(16);
    return header.toString("latin1", 0, readSync(file, header));
  } finally {
    closeSync(file);
  }
}

function tracesIn(dir: string): CorpusTrace[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((file) => file.endsWith(".trace"))
    .sort()
    .map((file) => traceAt(dir, file));
}

function traceAt(dir: string, file: string): CorpusTrace {
  const name = basename(file, ".trace");
  const cut = CUT[name];
  return { name, path: join(dir, file), oracle: name, ...(cut && { cut }) };
}

function expectedIn(dir: string): ExpectedTrace[] {
  const expectations = JSON.parse(readFileSync(join(dir, "EXPECT.json"), "utf8")) as Record<
    string,
    Expectation
  >;
  return Object.entries(expectations).map(([file, expect]) => ({ ...traceAt(dir, file), expect }));
}
