/*
 * What is made of each input, and how it is checked. Each input: the reader, whose events are counted against those stored;
 * the full and lean .pftrace, decoded by protobufjs and walked packet by packet; JSON, through JSON.parse; the statistics; all
 * profiles, decoded by pprof's schema; spans, through OTLP/JSON. A sample of the inputs (`every`), since it takes longer or takes
 * the same ways: the reader without repairs, dumps, tables, figures, differences, windows, Perfetto's trace processor, `go tool pprof`.
 */
import type { ByteSource } from "../../src/bytes/byte-source.js";
import { openTrace } from "../../src/order/open.js";
import type { Trace, TraceOptions } from "../../src/order/trace.js";
import { partOf } from "../../src/select/find-selection.js";
import { storedLines } from "../../src/wire/dump.js";
import { WireStats } from "../../src/wire/wire-stats.js";
import { jsonOf } from "../support/chrome-json.js";
import { fullBytes } from "../support/full-output.js";
import { leanBytes } from "../support/lean-output.js";
import { openBytes, readBlocks } from "../support/reading.js";
import { Ledger } from "./ledger.js";
import {
  analyzed,
  type Check,
  dumped,
  explained,
  exported,
  imported,
  inGoTool,
  jsonCheck,
  paged,
  pftraceCheck,
  profiled,
  reported,
  textCheck,
} from "./outputs.js";

interface TargetOf {
  readonly name: string;
  /** Of how many rounds through the formats it is part of one; absent for all. */
  readonly every?: number;
  /** Whether the check is a program of somebody else. */
  readonly byOthers?: boolean;
  /** What is found by the check, where it is not output that is invalid. */
  readonly finds?: "silent";
}

/** Something that is made of a trace while others may be made of it too. @throws what is a crash, unless a TraceError */
export interface SharingTarget extends TargetOf {
  readonly use: (trace: Trace) => Promise<Check>;
}

/** Something for which an input is read in a way of its own. @throws as above */
export interface LoneTarget extends TargetOf {
  readonly make: (bytes: Uint8Array) => Promise<Check>;
}

/** Something that is made of an input. Time and memory of that are limited, those of the check are not. */
export type Target = SharingTarget | LoneTarget;

const WINDOW = { from: 1_000, to: 400_000 };
/** How often what is made of a sample is made: see `every`. */
const SOME = 6;
/** Laying out a table for a terminal, and starting another program, take longer than all else that is made of an input. */
const FEW = 100;

/** Everything that is made of a trace. */
export const TARGETS: readonly Target[] = [
  { name: "events", finds: "silent", make: accounted },
  { name: "full", use: async (trace) => pftraceCheck(await fullBytes(trace)) },
  { name: "lean", use: async (trace) => pftraceCheck(await leanBytes(trace, { lanes: "always" })) },
  { name: "json", use: async (trace) => jsonCheck((await jsonOf(trace)).text) },
  { name: "stats", use: analyzed },
  { name: "explain", use: explained },
  { name: "profiles", use: profiled },
  { name: "spans", use: exported },
  { name: "dump", every: SOME, use: dumped },
  { name: "page", every: SOME, use: paged },
  { name: "tables of stats, check and diff", every: FEW, use: reported },
  {
    name: "as Go reads it",
    every: SOME,
    make: lone(
      async (trace) => {
        await readBlocks(trace, () => {});
        return () => [];
      },
      { salvage: false },
    ),
  },
  { name: "dump --wire, info", every: SOME, make: stored },
  {
    name: "full of a window",
    every: SOME,
    make: lone(async (trace) =>
      pftraceCheck(await fullBytes(partOf(trace, { window: WINDOW }), { lanes: "always" })),
    ),
  },
  {
    name: "json of a window",
    every: SOME,
    make: lone(async (trace) => jsonCheck((await jsonOf(partOf(trace, { window: WINDOW }))).text)),
  },
  { name: "full in Perfetto", every: FEW, byOthers: true, use: imported },
  { name: "profile in go tool pprof", every: FEW, byOthers: true, use: inGoTool },
];

/** Names of those that are made of the inputs of a round through the formats. */
export function targetsOf(round: number): string[] {
  return TARGETS.filter(({ every = 1 }) => round % every === 0).map(({ name }) => name);
}

/** All that our own code makes and reads. */
export const OURS: readonly string[] = TARGETS.filter(({ byOthers = false }) => !byOthers).map(
  ({ name }) => name,
);

/** Opens an input as a file, where batches are read again when they are needed. */
export function openAsFile(bytes: Uint8Array): Promise<Trace> {
  return openTrace(fileOf(bytes));
}

function fileOf(bytes: Uint8Array): ByteSource {
  return {
    name: "trace",
    size: bytes.length,
    async *chunks() {
      yield bytes;
    },
    readAt: (offset, into) => {
      const part = bytes.subarray(offset, offset + into.length);
      into.set(part);
      return part.length;
    },
  };
}

function lone(make: (trace: Trace) => Promise<Check>, options: TraceOptions = {}): LoneTarget["make"] {
  return async (bytes) => make(await openBytes(bytes, options));
}

/** By the reader of streams, while other targets are read as files. */
async function accounted(bytes: Uint8Array): Promise<Check> {
  const ledger = new Ledger();
  const trace = await openBytes(bytes, { observe: ledger.stored });
  const error = await readBlocks(trace, ledger.given);
  return () => ledger.missing(trace, error, bytes.length);
}

async function stored(bytes: Uint8Array): Promise<Check> {
  const lines: string[] = [];
  const stats = new WireStats();
  const trace = await openBytes(bytes, {
    observe: (part) => {
      lines.push(...storedLines(part));
      stats.part(part);
    },
  });
  await readBlocks(trace, () => {});
  const size = stats.entries().reduce((sum, entry) => sum + entry.bytes, 0);
  return () => [
    ...textCheck(lines)(),
    ...(size <= bytes.length ? [] : [`${size} bytes of events in ${bytes.length}`]),
  ];
}
