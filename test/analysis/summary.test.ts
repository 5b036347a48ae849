import { describe, expect, test } from "vitest";
import { type Analysis, analyze } from "../../src/analysis/analysis.js";
import type {
  GoroutineRow,
  LogRow,
  RegionRow,
  TaskRow,
  TaskTypeRow,
} from "../../src/analysis/summary/rows.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import type { ExecTimes } from "../../src/analysis/summary/times-table.js";
import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import { openAsGoTells } from "../support/as-go-tells.js";
import { type CorpusTrace, exactTraces, goTests, variedTraces } from "../support/corpus.js";
import {
  asGoNames,
  DoubleEnds,
  lastLives,
  oneReplacement,
  regionsOfLastLives,
} from "../support/official-quirks.js";
import {
  type OracleGoroutine,
  type OracleLog,
  type OracleRegion,
  type OracleTask,
  type OracleTimes,
  oracleSummary,
} from "../support/oracle.js";

interface Read {
  readonly summary: Summary;
  /** Absolute time of the start of the trace. */
  readonly base: number;
}

async function summaryOf(
  { path }: CorpusTrace,
  rows: boolean,
  beside: readonly Analysis[] = [],
): Promise<Read> {
  const summary = new Summary({ rows });
  const trace = await openAsGoTells(path);
  await analyze(trace, [summary, ...beside]);
  return { summary, base: trace.timeBase };
}

/** Our figures under the oracle's names. */
function timesOf(times: ExecTimes): OracleTimes {
  return {
    Total: times.total,
    Exec: times.exec,
    SchedWait: times.schedWait,
    Syscall: times.syscall,
    SyscallBlk: times.syscallBlocked,
    Unkwn: times.unknown,
    Block: times.block,
    Range: times.range,
  };
}

function goroutineOf(row: GoroutineRow, base: number): OracleGoroutine {
  const isSystem = row.function !== "runtime.main" && /^(runtime\..*)?$/.test(row.function);
  return {
    ID: row.id,
    Name: row.function,
    PC: Number(row.pc ?? 0),
    Creation: base + row.created,
    Start: row.started === undefined ? 0 : base + row.started,
    End: row.ended === undefined ? 0 : base + row.ended,
    Regions: row.regions,
    ...(isSystem && { System: true }),
    ...timesOf(row.times),
  };
}

function taskOf(row: TaskRow, base: number): OracleTask {
  return {
    ID: row.id,
    Name: row.type,
    Parent: row.parent ?? -1,
    Start: row.begin === undefined ? -1 : base + row.begin,
    End: row.end === undefined ? -1 : base + row.end,
    Complete: row.begin !== undefined && row.end !== undefined,
    Logs: row.logs,
    Regions: row.regions,
    Gs: row.goroutines.length,
    Children: row.children.length,
  };
}

const BEGIN_KINDS = { begun: "RegionBegin", inherited: "StateTransition", unseen: "" } as const;
const END_KINDS = { ended: "RegionEnd", "goroutine-ended": "StateTransition", unseen: "" } as const;

function regionOf(row: RegionRow, base: number): OracleRegion {
  return {
    G: row.goroutine,
    Task: row.task,
    Name: row.name,
    Start: row.since === undefined ? -1 : base + row.since,
    End: row.until === undefined ? -1 : base + row.until,
    StartKind: BEGIN_KINDS[row.begin],
    EndKind: END_KINDS[row.end],
    Total: row.times.total,
    Exec: row.times.exec,
    SchedWait: row.times.schedWait,
    Sysc: row.times.syscall,
    Block: row.times.block,
  };
}

function logOf(row: LogRow, base: number): OracleLog {
  const { goroutine, task, category, message } = row;
  return { T: base + row.time, G: goroutine, Task: task, Category: category, Message: message };
}

/** The oracle leaves out tables without entries, and keeps entries that are zero. */
function plain<
  T extends { Block?: Readonly<Record<string, number>>; Range?: Readonly<Record<string, number>> },
>(row: T): T {
  return { ...row, Block: nonZero(row.Block), Range: nonZero(row.Range) };
}

function nonZero(times: Readonly<Record<string, number>> = {}): Record<string, number> {
  return Object.fromEntries(Object.entries(times).filter(([, time]) => time !== 0));
}

/** The oracle's name for the number of goroutines. */
const COUNT = "N";

/** The sums of goroutines by name. */
function byName(rows: Iterable<GoroutineRow>): Record<string, object> {
  const sums = new Map<string, Record<string, number>>();
  for (const row of rows) {
    const sum = sums.get(row.function) ?? {};
    sums.set(row.function, sum);
    sum[COUNT] = (sum[COUNT] ?? 0) + 1;
    for (const [key, time] of flat(timesOf(row.times))) sum[key] = (sum[key] ?? 0) + time;
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, nonZero(sum)]));
}

/** Times in one table. */
function flat({ Block, Range, ...times }: OracleTimes): [string, number][] {
  const of = (label: string, map: Readonly<Record<string, number>> = {}) =>
    Object.entries(map).map(([key, time]): [string, number] => [`${label} ${key}`, time]);
  return [...Object.entries(times), ...of("Block", Block), ...of("Range", Range)];
}

function flatNonZero(times: OracleTimes): Record<string, number> {
  return nonZero(Object.fromEntries(flat(times)));
}

/** Rows as text, sorted, where the official order is that of a hash table. */
function bag(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();
}

/** The rows of one sorted bag that are not in another. */
function missing(rows: readonly string[], from: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const row of from) left.set(row, (left.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count <= 0;
  });
}

const traces = [...exactTraces(), ...goTests()].filter((trace) => oracleSummary(trace) !== undefined);

describe("the summary is Go's own, to the nanosecond", () => {
  test.each(traces)("$name", async (trace) => {
    const official = oracleSummary(trace);
    if (official === undefined) throw new Error("no summary");
    const doubleEnds = new DoubleEnds();
    const { summary, base } = await summaryOf(trace, true, [doubleEnds]);

    const names = new Map((official.goroutineList ?? []).map(({ ID, Name }) => [ID, Name]));
    const goroutines = new Map(
      [...lastLives(summary.goroutines)].map(([id, row]) => [id, asGoNames(row, names.get(id))]),
    );
    for (const goroutine of official.goroutineList ?? []) {
      const row = goroutines.get(goroutine.ID);
      expect(row && plain(goroutineOf(row, base))).toEqual(plain(goroutine));
    }
    expect(goroutines.size).toBe(official.goroutinesInSummary);
    const sums = Object.entries(official.byName).map(([name, times]) => [name, flatNonZero(times)]);
    expect(byName(goroutines.values())).toEqual(Object.fromEntries(sums));

    const tasks = summary.tasks.map((row) => taskOf(row, base));
    expect(oneReplacement(tasks.slice(0, official.tasks?.length ?? 0))).toEqual(
      oneReplacement((official.tasks ?? []).map((row) => doubleEnds.asOurs(row, base))),
    );
    expect(tasks.length).toBe(official.taskCount);
    expect(tasks.filter(({ Complete }) => Complete).length).toBe(official.tasksComplete);

    const regions = regionsOfLastLives(summary.regions, goroutines).map((row) => regionOf(row, base));
    const listed = (official.regions ?? []).map((row) => ({ ...row, Block: nonZero(row.Block) }));
    expect(missing(bag(oneReplacement(listed)), bag(oneReplacement(regions)))).toEqual([]);
    expect(regions.length).toBe(official.regionCountInSummary);

    const logs = summary.logs.map((row) => logOf(row, base));
    expect(oneReplacement(logs.slice(0, official.logs?.length ?? 0))).toEqual(
      oneReplacement(official.logs ?? []),
    );
    expect(logs.length).toBe(official.logCount);
  });
});

describe("without rows", () => {
  test.each([...variedTraces(), ...goTests()])("the sums of $name are the same", async (trace) => {
    const { summary } = await summaryOf(trace, true);
    const tasks = new TaskEvents();
    const { summary: lean } = await summaryOf(trace, false, [tasks]);
    const functions = lean.functions.map((row) => [
      row.function,
      { [COUNT]: row.count, ...flatNonZero(timesOf(row.times)) },
    ]);
    expect(Object.fromEntries(functions)).toEqual(byName(summary.goroutines));
    expect([lean.goroutines, lean.regions, lean.tasks, lean.logs]).toEqual([[], [], [], []]);

    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(sum(lean.regionTypes.map(({ count }) => count))).toBe(summary.regions.length);
    for (const type of lean.regionTypes) {
      const same = summary.regions.filter(({ name, begin }) => name === type.name && begin === type.begin);
      const types = lean.regionTypes.filter(({ name, begin }) => name === type.name && begin === type.begin);
      expect(sum(types.map(({ times }) => times.exec))).toBe(sum(same.map(({ times }) => times.exec)));
      expect(sum(types.map(({ times }) => times.total))).toBe(sum(same.map(({ times }) => times.total)));
    }
    expect(bag(lean.taskTypes.map(spansOf))).toEqual(bag(byType(tasks.spans())));
  });
});

interface Span {
  readonly type: string;
  readonly begin: number | undefined;
  readonly end: number | undefined;
}

/** The events of tasks. A task may end twice, where the first end counts, or end without a beginning. */
class TaskEvents implements Analysis {
  readonly #byId = new Map<
    number,
    { readonly type: string; readonly time: number; readonly ends: boolean }[]
  >();

  block(block: EventBlock): void {
    for (let i = 0; i < block.length; i++) {
      const kind = block.kind[i];
      if (kind !== EventKind.TaskBegin && kind !== EventKind.TaskEnd) continue;
      const events = this.#byId.get(block.subject[i] as number) ?? [];
      this.#byId.set(block.subject[i] as number, events);
      const type = block.generation?.strings.text(block.name[i] as number) ?? "";
      events.push({ type, time: block.time[i] as number, ends: kind === EventKind.TaskEnd });
    }
  }

  spans(): Span[] {
    return [...this.#byId.values()].flatMap((events) =>
      events.flatMap(({ type, time, ends }, i): Span[] => {
        const before = events[i - 1];
        const after = events[i + 1];
        if (!ends) return [{ type, begin: time, end: after?.ends ? after.time : undefined }];
        return before !== undefined ? [] : [{ type, begin: undefined, end: time }];
      }),
    );
  }
}

/** What the spans of a type's tasks show too. */
function spansOf({ type, count, complete, latency: { total, min, max } }: TaskTypeRow): object {
  return { type, count, complete, total, min, max };
}

function byType(spans: readonly Span[]): object[] {
  return [...new Set(spans.map(({ type }) => type))].map((type) => {
    const same = spans.filter((span) => span.type === type);
    const times = same.flatMap(({ begin, end }) =>
      begin === undefined || end === undefined ? [] : [end - begin],
    );
    const total = times.reduce((sum, time) => sum + time, 0);
    const [min, max] = times.length === 0 ? [0, 0] : [Math.min(...times), Math.max(...times)];
    return { type, count: same.length, complete: times.length, total, min, max };
  });
}
