// @module-tag long

import { describe, expect, it } from "vitest";
import { formatDuration } from "../../src/base/duration.js";
import { openTraceFile } from "../../src/node.js";
import { someValidTraces, validTrace } from "../support/corpus.js";
import { pftraceProblems } from "../support/integrity-pftrace.js";
import { type ConvertedPart, convertedPart, convertedParts, leanSink, partsOf } from "../support/parts.js";
import { haveTraceProcessor } from "../support/perfetto-tools.js";
import { readPftrace } from "../support/pftrace-reader.js";
import { added, positive, type Times, times, timesIn } from "../support/sql-times.js";
import { TraceProcessor } from "../support/trace-processor.js";
import { WithUnknownThreads } from "../support/unknown-threads.js";

const haveEngine = await haveTraceProcessor("parts by SQL");

const TRACES = [
  "sync-go1.26",
  "gcheavy-go1.26",
  "syscalls-go1.22",
  "manygens-sync-go1.26",
  "annotations-go1.26",
  "annotations-go1.21",
  "hello-go1.21",
];

interface Arrow {
  readonly from: number;
  readonly to: number;
}

interface CounterPoint {
  readonly name: string;
  readonly time: number;
  readonly value: number;
}

/** What a file says, with times since the start of the whole. */
interface Shown {
  readonly times: Times;
  readonly arrows: readonly Arrow[];
  /** Where goroutines start to run that another one made runnable, and who did. */
  readonly starts: readonly string[];
  readonly counters: readonly CounterPoint[];
  readonly metadata: Readonly<Record<string, string>>;
}

async function shown(file: ConvertedPart, start: number): Promise<Shown> {
  const tp = await TraceProcessor.load(file.bytes);
  try {
    const arrows = tp.query<Arrow>(`select o.ts - ${start} as "from", i.ts - ${start} as "to"
      from flow join slice o on slice_out = o.id join slice i on slice_in = i.id`);
    const starts = tp.query<{ start: number; name: string }>(`select s.ts - ${start} as start, s.name
      from slice s where s.name like 'started%' order by s.ts, s.track_id, s.id`);
    const counters = tp.query<CounterPoint>(`select t.name, c.ts - ${start} as time, c.value
      from counter c join track t on c.track_id = t.id where t.name not like '%(ns)' order by c.ts, c.id`);
    const metadata = tp.query<{ name: string; value: string }>(
      "select name, str_value as value from metadata where name like '%go2perfetto.%'",
    );
    return {
      times: timesIn(tp, file),
      arrows,
      starts: starts.map(({ start, name }) => `${start} ${name}`),
      counters,
      metadata: Object.fromEntries(
        metadata.map(({ name, value }) => [name.replace(/.*go2perfetto\./, ""), value]),
      ),
    };
  } finally {
    tp.close();
  }
}

/** Events of a trace of whose counters all values are kept. */
const ALL_VALUES = 20_000;

/** When goroutines start to run, in the file's own time. */
async function switchTimes({ bytes }: ConvertedPart): Promise<ReadonlySet<number>> {
  const tp = await TraceProcessor.load(bytes);
  try {
    const rows = tp.query<{ ts: number }>("select ts from sched_slice");
    return new Set(rows.map(({ ts }) => ts));
  } finally {
    tp.close();
  }
}

/** By counter, what it stands at. */
function valuesAt({ counters }: Shown, time: number): Record<string, number> {
  return Object.fromEntries(
    counters.filter((point) => point.time <= time).map(({ name, value }) => [name, value]),
  );
}

const crossing = (arrows: readonly Arrow[], cut: number) =>
  arrows.filter(({ from, to }) => from < cut && to >= cut).length;

describe.skipIf(!haveEngine)("the parts of a trace", () => {
  it.each(someValidTraces(TRACES))("add up to it in SQL: $name", { timeout: 60_000 }, async ({ path }) => {
    const whole = await convertedPart(await openTraceFile(path));
    const all = await shown(whole, whole.base);
    const parts = await convertedParts(path, { step: Math.ceil(whole.duration / 2.4) });
    expect(parts.length).toBe(3);
    const files: Shown[] = [];
    for (const part of parts) {
      expect(pftraceProblems(readPftrace(part.bytes))).toEqual([]);
      files.push(await shown(part, whole.base));
    }

    expect(positive(added(files.map((file) => file.times)))).toEqual(positive(all.times));
    // An arrow across an edge is drawn on both sides of it.
    const across = parts.slice(1).map(({ from }) => crossing(all.arrows, from));
    const arrows = files.reduce((sum, file) => sum + file.arrows.length, 0);
    expect(arrows).toBe(across.reduce((sum, count) => sum + count, all.arrows.length));

    const known = new Set(all.starts);
    const starts = files.flatMap((file) => file.starts);
    expect(starts.length).toBe(all.starts.length);
    // Who has ended before the part begins is not in it.
    const others = starts.filter((start) => !known.has(start));
    // Of one that has ended before the part, the function is not known any more.
    const full = [...known];
    expect(others.filter((start) => !full.some((each) => each.startsWith(`${start} `)))).toEqual([]);
    expect(others.length).toBeLessThanOrEqual(across.reduce((sum, count) => sum + count, 0));

    for (const [i, file] of files.entries()) {
      const { from, duration } = parts[i] as ConvertedPart;
      const to = from + duration;
      expect(file.arrows.filter((arrow) => arrow.from < from || arrow.to > to)).toEqual([]);
      expect(file.arrows.filter((arrow) => arrow.from === from).length).toBeGreaterThanOrEqual(
        across[i - 1] ?? 0,
      );
      for (const share of whole.events < ALL_VALUES ? [0, 0.3, 0.7, 0.999] : []) {
        const time = Math.floor(from + duration * share);
        expect(valuesAt(file, time)).toEqual(valuesAt(all, time));
      }
      expect(file.metadata).toMatchObject({
        source: "test",
        from: formatDuration(from),
        to: formatDuration(to),
      });
    }
    expect(Object.keys(all.metadata)).not.toContain("from");
  });

  it.each(someValidTraces(["syscalls-go1.22"]))(
    "add up to it where system calls are on threads that are not known: $name",
    async ({ path }) => {
      const open = async () =>
        new WithUnknownThreads(await openTraceFile(path), ({ goroutine }, i) => (goroutine[i] as number) > 0);
      const whole = await convertedPart(await open());
      const all = await times(whole);
      const parts = await partsOf(await open(), { step: Math.ceil(whole.duration / 9.4) });
      const sums: Times[] = [];
      for (const part of parts) sums.push(await times(part));
      expect(positive(added(sums))).toEqual(positive(all));
    },
  );

  it.each(["hello-go1.21", "annotations-go1.21", "sync-go1.26"])(
    "have the times of the whole: %s",
    async (name) => {
      const { path } = validTrace(name);
      const whole = await convertedPart(await openTraceFile(path), leanSink);
      const times = await switchTimes(whole);
      const start = whole.base;
      for (const part of await convertedParts(path, { step: Math.ceil(whole.duration / 3.4) }, leanSink)) {
        const inPart = await switchTimes(part);
        expect(inPart.size).toBeGreaterThan(1);
        // What goes on across its edges begins and ends there.
        const edges = [start + part.from, start + part.from + part.duration];
        const others = [...inPart].filter((time) => !times.has(time));
        expect(others.filter((time) => !edges.includes(time))).toEqual([]);
      }
    },
  );
});
