import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Diagnostics } from "../../../src/base/diagnostics.js";
import { EVENT_KINDS, EventKind } from "../../../src/event/kind.js";
import { GoState } from "../../../src/event/states.js";
import { isRun, type StoredPart } from "../../../src/wire/observer.js";
import { runLines } from "../../../src/wire/v1/dump.js";
import { WireStats } from "../../../src/wire/wire-stats.js";
import { type CorpusTrace, isFormat2, minorOf, otherTraces, variedTraces } from "../../support/corpus.js";
import { openBytes, readBlocks } from "../../support/reading.js";

const ALL = [...variedTraces(), ...otherTraces()].filter(({ path }) => minorOf(path) > 0 && !isFormat2(path));
const SINCE_GLOBAL_STOPS = 10;
/** Places at which small traces are cut. */
const CUTS = 12;
const MOST_CUT = 1 << 16;

/** What stored events become, one for one: those that are given are those that are stored. */
const ROWS: readonly (readonly [stored: string, given: string])[] = [
  ["GoSched GoPreempt", "GoStop"],
  [
    "GoStop GoSleep GoBlock GoBlockSend GoBlockRecv GoBlockSelect GoBlockSync GoBlockCond GoBlockNet GoBlockGC",
    "GoBlock",
  ],
  ["GoUnblock GoUnblockLocal", "GoUnblock"],
  ["GoSysCall", "GoSyscallBegin"],
  ["GoEnd", "GoDestroy"],
  ["GCStart", "GcBegin"],
  ["GCDone", "GcEnd"],
  ["GCSweepStart", "SweepBegin"],
  ["GCSweepDone", "SweepEnd"],
  ["GCMarkAssistStart", "AssistBegin"],
  ["GCMarkAssistDone", "AssistEnd"],
  ["HeapAlloc", "HeapAlloc"],
  ["HeapGoal", "HeapGoal"],
  ["Gomaxprocs", "ProcsChange"],
  ["UserTaskCreate", "TaskBegin"],
  ["UserTaskEnd", "TaskEnd"],
  ["UserRegion", "RegionBegin RegionEnd"],
  ["UserLog", "Log"],
  ["CPUSample", "CpuSample"],
];
const STOPS: typeof ROWS = [
  ["STWStart", "StwBegin"],
  ["STWDone", "StwEnd"],
];

interface Account {
  readonly minor: number;
  readonly stored: ReadonlyMap<string, number>;
  readonly given: ReadonlyMap<string, number>;
  /** Goroutines that are running in what is told of them first. */
  readonly runAtFirst: number;
  /** Threads that C made, of which the start of their goroutine tells first. */
  readonly startFromC: number;
  /** Those that are created in a system call, by what is stored. */
  readonly createdInSyscall: number;
  readonly diagnostics: Diagnostics;
}

async function accountOf(bytes: Uint8Array): Promise<Account> {
  const stats = new WireStats();
  const firsts = { GoStart: new Set<string>(), GoSysExit: new Set<string>(), GoCreate: new Set<string>() };
  const observe = (part: StoredPart) => {
    stats.part(part);
    if (!isRun(part)) return;
    for (const line of runLines(part)) {
      const [, name, goroutine] =
        / (GoCreate|GoStart|GoSysExit) .*?g=(\d+)(?: new_stack| g_seq=1(?: |$)|$)/.exec(line) ?? [];
      if (name !== undefined) firsts[name as keyof typeof firsts].add(goroutine as string);
    }
  };
  const trace = await openBytes(bytes, { observe });
  const given = new Map<string, number>();
  let runAtFirst = 0;
  let createdInSyscall = 0;
  const error = await readBlocks(trace, (block) => {
    for (let i = 0; i < block.length; i++) {
      const { name } = EVENT_KINDS[block.kind[i] as number] as { name: string };
      const isStored = firsts.GoCreate.has(String(block.subject[i]));
      if (block.kind[i] === EventKind.GoCreateSyscall && isStored) createdInSyscall++;
      given.set(name, (given.get(name) ?? 0) + 1);
      if (block.kind[i] === EventKind.GoStatus && block.to[i] === GoState.Running) runAtFirst++;
    }
  });
  const fromC = [...firsts.GoStart].filter((g) => !firsts.GoCreate.has(g) && !firsts.GoSysExit.has(g));
  const stored = new Map(stats.entries().map(({ name, count }) => [name, count]));
  // Of a trace that is cut the creation may be missing.
  const startFromC = error === undefined && given.has("GoCreateSyscall") ? fromC.length : 0;
  return {
    minor: trace.format.minor,
    stored,
    given,
    runAtFirst,
    startFromC,
    createdInSyscall,
    diagnostics: trace.diagnostics,
  };
}

/** What is given of each kind, beside what it should be by what is stored, dropped and added. */
function balance(account: Account): [string, given: number, due: number][] {
  const { minor, stored, given, runAtFirst, startFromC, diagnostics } = account;
  const sum = (counts: ReadonlyMap<string, number>, names: string) =>
    names.split(" ").reduce((total, name) => total + (counts.get(name) ?? 0), 0);
  const kept = (names: string) => sum(stored, names) - sum(diagnostics.kinds("dropped-events"), names);
  const got = (names: string) => sum(given, names);
  const added = (names: string) => sum(diagnostics.kinds("synthesized-events"), names);
  const rows = minor < SINCE_GLOBAL_STOPS ? ROWS : [...ROWS, ...STOPS];
  const plain = rows.map(([wire, kind]): [string, number, number] => [
    kind,
    got(kind),
    kept(wire) + added(kind),
  ]);
  const procs = "ProcStart ProcStop ProcStatus";
  return [
    ...plain,
    // A label whose name is missing is none.
    [
      "GoLabel",
      got("GoLabel"),
      kept("GoStartLabel") - (diagnostics.kinds("table-id-unresolved").get("GoStartLabel") ?? 0),
    ],
    ["GoCreate", got("GoCreate GoStatus") + account.createdInSyscall, kept("GoCreate") + added("GoStatus")],
    ["GoStart", got("GoStart") + runAtFirst, kept("GoStart GoStartLocal GoStartLabel") + added("GoStart")],
    [
      "GoSyscallEndBlocked",
      got("GoSyscallEndBlocked"),
      kept("GoSysExit GoSysExitLocal") + added("GoSyscallEndBlocked") + startFromC,
    ],
    // Who takes the P of one in a system call starts with it.
    [procs, got(procs), kept("ProcStart ProcStop") + added(procs) + got("ProcSteal") - added("ProcSteal")],
  ];
}

function expectBalanced(account: Account): void {
  const { diagnostics } = account;
  expect(diagnostics.count("lost-events")).toBe(0);
  for (const id of ["dropped-events", "synthesized-events"] as const) {
    const counted = [...diagnostics.kinds(id).values()].reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(diagnostics.count(id));
  }
  const rows = balance(account);
  expect(rows.map(([name, given]) => [name, given])).toEqual(rows.map(([name, , due]) => [name, due]));
}

describe.runIf(ALL.length > 0)("what is given and what is dropped", () => {
  it.each(ALL)("is what is stored, by kind: $name", async ({ path }: CorpusTrace) => {
    expectBalanced(await accountOf(readFileSync(path)));
  });

  it.each(ALL.filter(({ path }) => readFileSync(path).length < MOST_CUT))(
    "is what is stored of a trace that is cut: $name",
    async ({ path }) => {
      const bytes = readFileSync(path);
      for (let cut = 1; cut < CUTS; cut++) {
        const account = await accountOf(bytes.subarray(0, Math.floor((bytes.length * cut) / CUTS)));
        if ((account.stored.get("Gomaxprocs") ?? 0) > 0) expectBalanced(account);
      }
    },
  );
});
