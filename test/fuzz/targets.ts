import { analyze } from "../../src/analysis/analysis.js";
import { KIND_NAMES } from "../../src/analysis/profile/kinds.js";
import { Profiles } from "../../src/analysis/profile/profiles.js";
import { TraceStats } from "../../src/analysis/stats/trace-stats.js";
import { TraceError } from "../../src/base/errors.js";
import { figuresOf } from "../../src/figures/figures.js";
import type { Trace, TraceOptions } from "../../src/order/trace.js";
import { jsonText } from "../../src/report/json.js";
import { markdownText } from "../../src/report/markdown.js";
import { statsTables } from "../../src/report/stats-tables.js";
import { partOf } from "../../src/select/find-selection.js";
import { SelectionError } from "../../src/select/selection-error.js";
import { encodeProfile } from "../../src/sink/pprof/encode.js";
import { eventText } from "../../src/sink/text/event-text.js";
import { storedLines } from "../../src/wire/dump.js";
import { type JsonTrace, jsonOf } from "../support/chrome-json.js";
import { documentedTypes, violations } from "../support/documented-types.js";
import { fullBytes } from "../support/full-output.js";
import { jsonProblems } from "../support/integrity-json.js";
import { pftraceProblems } from "../support/integrity-pftrace.js";
import { pprofProblems } from "../support/integrity-pprof.js";
import { leanBytes } from "../support/lean-output.js";
import { otlpProblems } from "../support/otlp/integrity-otlp.js";
import { spansOfTrace } from "../support/otlp/sink-spans.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { readPftrace } from "../support/pftrace-reader.js";
import { readPprof } from "../support/pprof-reader.js";
import { openBytes, readBlocks } from "../support/reading.js";
import { TraceProcessor } from "../support/trace-processor.js";
import { goPprofProblems } from "./go-pprof.js";
import { Ledger } from "./ledger.js";

/** Looks at what was made of an input, by that output's own reader; gives what is wrong with it. */
export type Check = () => string[] | Promise<string[]>;

/** Something that is made of a trace. */
export interface Target {
  readonly name: string;
  /** Makes it. Time and memory of that are limited, those of the check are not. @throws what is a crash, unless a TraceError */
  readonly make: (bytes: Uint8Array) => Promise<Check>;
  /** Of how many rounds through the formats it is part of one; what takes long is not part of all. */
  readonly every?: number;
  /** What is found by the check, where it is not output that is invalid. */
  readonly finds?: "silent";
}

const STATS = documentedTypes("stats-schema.md");
const WINDOW = { from: 1_000, to: 400_000 };
const TOP = 100;
/** How often what takes longer is made: see {@link Target.every}. */
const SOME = 4;
const FEW = 40;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f]/;

/** Opens an input and makes something of it; one that is no trace at all is none of anything. */
function of(make: (trace: Trace) => Promise<Check>, options: TraceOptions = {}): Target["make"] {
  return async (bytes) => make(await openBytes(bytes, options));
}

function pftraceCheck(bytes: Uint8Array): Check {
  return () => pftraceProblems(readPftrace(bytes));
}

function jsonCheck(text: string): Check {
  return () => (text === "" ? [] : jsonProblems(JSON.parse(text) as JsonTrace));
}

function textCheck(lines: readonly string[]): Check {
  return () => lines.filter((line) => CONTROL.test(line)).map((line) => `a control character in ${line}`);
}

async function dumped(trace: Trace): Promise<Check> {
  const lines: string[] = [];
  await readBlocks(trace, (block) => {
    for (let i = 0; i < block.length; i++) lines.push(eventText(block, i));
  });
  return textCheck(lines);
}

async function reported(trace: Trace): Promise<Check> {
  const stats = new TraceStats({ top: TOP });
  const error = await analyze(trace, stats.analyses);
  const report = stats.report(error !== undefined, trace.diagnostics.hasEstimatedTimes);
  const json = [...jsonText(report)].join("");
  const figures = [...figuresOf(report)];
  const text = markdownText(statsTables(report, TOP));
  return () => [
    ...violations(STATS, "Report", JSON.parse(json), "", new Set()),
    ...figures.filter(([, { value }]) => !(value >= 0)).map(([name, { value }]) => `${name} is ${value}`),
    ...(CONTROL.test(text) ? ["a control character in a table"] : []),
    ...(/NaN|Infinity|undefined/.test(text) ? ["no number in a table"] : []),
  ];
}

async function profilesOf(trace: Trace): Promise<Uint8Array[]> {
  const profiles = new Profiles({ kinds: KIND_NAMES });
  await analyze(trace, [profiles]);
  return KIND_NAMES.map((kind) => encodeProfile(profiles.profile(kind)));
}

async function profiled(trace: Trace): Promise<Check> {
  const encoded = await profilesOf(trace);
  return () =>
    encoded.flatMap((bytes) => {
      const profile = readPprof(bytes);
      const values = profile.sample.flatMap(({ value }) => value.map(Number));
      return [
        ...pprofProblems(profile),
        ...values.filter((value) => !(value >= 0)).map((value) => `a sample of ${value}`),
      ];
    });
}

async function exported(trace: Trace): Promise<Check> {
  const { spans } = await spansOfTrace(trace);
  return () => otlpProblems(spans);
}

/** By Perfetto itself, which refuses an empty file. */
async function imported(trace: Trace): Promise<Check> {
  const output = await fullBytes(trace);
  return async () => {
    if (output.length === 0 || !(await haveTraceProcessor("fuzzing by Perfetto"))) return [];
    const tp = await TraceProcessor.load(output);
    const problems = tp.problems().map(({ name, value }) => `${name}: ${value}`);
    tp.close();
    return problems;
  };
}

/** Everything that is made of a trace. */
export const TARGETS: readonly Target[] = [
  {
    name: "events",
    finds: "silent",
    make: async (bytes) => {
      const ledger = new Ledger();
      const trace = await openBytes(bytes, { observe: ledger.stored });
      const error = await readBlocks(trace, ledger.given);
      return () => ledger.missing(trace, error, bytes.length);
    },
  },
  {
    name: "as Go reads it",
    make: of(
      async (trace) => {
        await readBlocks(trace, () => {});
        return () => [];
      },
      { salvage: false },
    ),
  },
  { name: "dump", make: of(dumped) },
  {
    name: "dump --wire",
    make: async (bytes) => {
      const lines: string[] = [];
      const trace = await openBytes(bytes, { observe: (part) => void lines.push(...storedLines(part)) });
      await readBlocks(trace, () => {});
      return textCheck(lines);
    },
  },
  { name: "full", make: of(async (trace) => pftraceCheck(await fullBytes(trace))) },
  { name: "lean", make: of(async (trace) => pftraceCheck(await leanBytes(trace))) },
  { name: "json", make: of(async (trace) => jsonCheck((await jsonOf(trace)).text)) },
  { name: "stats", make: of(reported) },
  { name: "profiles", make: of(profiled) },
  { name: "spans", make: of(exported) },
  {
    name: "full of a window",
    every: SOME,
    make: of(async (trace) => pftraceCheck(await fullBytes(partOf(trace, { window: WINDOW })))),
  },
  {
    name: "json of a window",
    every: SOME,
    make: of(async (trace) => jsonCheck((await jsonOf(partOf(trace, { window: WINDOW }))).text)),
  },
  { name: "full in Perfetto", every: FEW, make: of(imported) },
  {
    name: "profile in go tool pprof",
    every: FEW,
    make: of(async (trace) => {
      const [first, ...others] = await profilesOf(trace);
      const largest = others.reduce((a, b) => (a.length < b.length ? b : a), first as Uint8Array);
      return () => goPprofProblems(largest);
    }),
  },
];

/** Names of those that are made of the inputs of a round through the formats. */
export function targetsOf(round: number): string[] {
  return TARGETS.filter(({ every = 1 }) => round % every === 0).map(({ name }) => name);
}

/** Whether an error is one that a damaged input may have. */
export function isExpected(error: unknown): boolean {
  return error instanceof TraceError || error instanceof SelectionError;
}
