// @module-tag long

import { describe, expect, it } from "vitest";
import { formatDuration } from "../../src/base/duration.js";
import { openTraceFile } from "../../src/node.js";
import { type JsonTrace, nanoseconds } from "../support/chrome-json.js";
import { someValidTraces } from "../support/corpus.js";
import { jsonProblems } from "../support/integrity-json.js";
import { type ConvertedPart, convertedPart, convertedParts, jsonSink } from "../support/parts.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { added, positive, type Times } from "../support/sql-times.js";
import { TraceProcessor } from "../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("parts as JSON by SQL");

const TRACES = [
  "sync-go1.26",
  "gcheavy-go1.26",
  "syscalls-go1.22",
  "manygens-sync-go1.26",
  "annotations-go1.26",
  "annotations-go1.21",
  "hello-go1.21",
];
/** Groups of goroutines have the highest process ids. */
const IS_GROUP = "process.pid > 1 << 30";
const ROWS =
  "slice s join thread_track t on s.track_id = t.id join thread using (utid) join process using (upid)";

/** On its own row a goroutine that is still runnable has a slice for that, to which the arrow leads. */
const ARROW_END = "iif(i.name = 'runnable', i.ts + i.dur, i.ts)";

interface Row {
  readonly key: string;
  readonly value: number;
}

/** Kinds of rows, between each of which there are arrows. */
const ROW_KINDS = ["Procs (P)", "OS threads (M)", "goroutines"] as const;

interface Arrow {
  readonly name: string;
  readonly kind: (typeof ROW_KINDS)[number];
  readonly from: number;
  readonly to: number;
}

/** What a file says, with times since the start of the whole. */
interface Shown {
  readonly json: JsonTrace;
  readonly times: Times;
  readonly arrows: readonly Arrow[];
}

async function shown(file: ConvertedPart): Promise<Shown> {
  const json = JSON.parse(Buffer.from(file.bytes).toString()) as JsonTrace;
  const tp = await TraceProcessor.load(file.bytes);
  try {
    expect(tp.problems()).toEqual([]);
    const rows = tp.query<Row>(`select s.category || ' ' || thread.name || ' ' ||
        iif(s.category = 'go.run', substr(s.name, 1, instr(s.name || ' ', ' ')), s.name) as key,
        sum(s.dur) as value from ${ROWS} where s.category not in ('go.unblock', 'go.create')
        and not ${IS_GROUP} group by key
      union all select s.category || ' G' || tid || ' ' || s.name as key, sum(s.dur) as value from ${ROWS}
        where s.category not in ('go.unblock', 'go.create') and ${IS_GROUP} group by key
      union all select s.category || ' ' || s.name as key, sum(s.dur) as value from slice s
        where s.category in ('task', 'go.region') group by key`);
    const arrows =
      tp.query<Arrow>(`select iif(${IS_GROUP}, 'goroutines', process.name) as kind, o.name, o.ts as "from",
        ${ARROW_END} as "to"
      from flow f join slice o on f.slice_out = o.id join slice i on f.slice_in = i.id
      join thread_track t on i.track_id = t.id join thread using (utid) join process using (upid)`);
    return { json, times: Object.fromEntries(rows.map(({ key, value }) => [key, value])), arrows };
  } finally {
    tp.close();
  }
}

/** Tasks and regions that only their ends tell of: they are in the part alone in which they end. */
function olderThanAll({ traceEvents }: JsonTrace): Set<string> {
  const ends = traceEvents.filter(
    ({ ph, args }) => /[be]/.test(ph) && args?.cut === "began before the trace",
  );
  return new Set(ends.map(({ cat, name }) => `${cat} ${name || "[No name]"}`));
}

function without(times: Times, isLeftOut: (key: string) => boolean): Times {
  return Object.fromEntries(Object.entries(times).filter(([key]) => !isLeftOut(key)));
}

/** What counters stand at, by name and key. */
function valuesAt({ traceEvents }: JsonTrace, time: number): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { ph, name, ts = 0, args } of traceEvents)
    if (ph === "C" && nanoseconds(ts) <= time) values[name] = args;
  return values;
}

const crossing = (arrows: readonly Arrow[], cut: number) =>
  arrows.filter(({ from, to }) => from < cut && to >= cut).length;

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

describe.skipIf(!haveEngine)("the parts of a trace as JSON", () => {
  it.each(someValidTraces(TRACES))("add up to it in SQL: $name", { timeout: 60_000 }, async ({ path }) => {
    const whole = await convertedPart(await openTraceFile(path), jsonSink);
    const all = await shown(whole);
    const parts = await convertedParts(path, { step: Math.ceil(whole.duration / 2.4) }, jsonSink);
    expect(parts.length).toBe(3);
    const files: Shown[] = [];
    for (const part of parts) files.push(await shown(part));

    const sums = added(files.map(({ times }) => times));
    const older = olderThanAll(all.json);
    const isOlder = (key: string) => older.has(key);
    expect(positive(without(sums, isOlder))).toEqual(positive(without(all.times, isOlder)));
    // An arrow across an edge is drawn on both sides of it.
    for (const kind of ROW_KINDS) {
      const between = ({ arrows }: Shown) => arrows.filter((arrow) => arrow.kind === kind);
      const across = parts.slice(1).map(({ from }) => crossing(between(all), from));
      const arrows = sum(files.map((file) => between(file).length));
      expect([kind, arrows]).toEqual([kind, between(all).length + sum(across)]);
      for (const [i, { from }] of parts.slice(1).entries()) {
        const [before, behind] = [files[i], files[i + 1]].map((file) => between(file as Shown));
        expect(before?.filter(({ to }) => to === from).length).toBeGreaterThanOrEqual(across[i] ?? 0);
        expect(behind?.filter((arrow) => arrow.from === from).length).toBeGreaterThanOrEqual(across[i] ?? 0);
      }
    }

    for (const [i, file] of files.entries()) {
      const { from, duration } = parts[i] as ConvertedPart;
      expect(jsonProblems(file.json)).toEqual([]);
      expect(file.json.otherData).toMatchObject({
        from: formatDuration(from),
        to: formatDuration(from + duration),
      });
      expect(file.arrows.filter((arrow) => arrow.from < from || arrow.to > from + duration)).toEqual([]);
      for (const share of [0, 0.3, 0.7, 0.999]) {
        const time = Math.floor(from + duration * share);
        expect(valuesAt(file.json, time)).toEqual(valuesAt(all.json, time));
      }
    }
    expect(Object.keys(all.json.otherData ?? {})).not.toContain("from");
  });

  it.each(someValidTraces(["syscalls-go1.22"]))(
    "have the arrows of a system call that lost its P on both sides of a cut: $name",
    { timeout: 60_000 },
    async ({ path }) => {
      const returns = ({ arrows }: Shown) => arrows.filter(({ name }) => name === "exit blocked syscall");
      const all = returns(await shown(await convertedPart(await openTraceFile(path), jsonSink)));
      const { from, to } = all.toSorted(
        (one, other) => other.to - other.from - (one.to - one.from),
      )[0] as Arrow;
      const cut = Math.ceil((from + to) / 2);
      const parts = await convertedParts(path, { step: cut }, jsonSink);
      const [before, behind] = [
        await shown(parts[0] as ConvertedPart),
        await shown(parts[1] as ConvertedPart),
      ];
      const isFound = (file: Shown, edge: Pick<Arrow, "from" | "to">) =>
        returns(file).some((arrow) => arrow.from === edge.from && arrow.to === edge.to);
      expect(from).toBeLessThan(cut);
      expect(isFound(before, { from, to: cut })).toBe(true);
      expect(isFound(behind, { from: cut, to })).toBe(true);
      expect(returns(before).length + returns(behind).length).toBe(
        all.filter((arrow) => arrow.from < 2 * cut).length + crossing(all, cut),
      );
    },
  );
});
