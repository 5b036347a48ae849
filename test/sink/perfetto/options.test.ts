// @module-tag long

import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import type { PerfettoOptions } from "../../../src/sink/perfetto/options.js";
import { TRACK_GROUPS, type TrackGroup } from "../../../src/sink/view-options.js";
import { FIXTURES, fixtureTraces, validTrace } from "../../support/corpus.js";
import { fullOutput, withFull } from "../../support/full-output.js";
import { pftraceProblems } from "../../support/integrity-pftrace.js";
import { leanBytes } from "../../support/lean-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { readPftrace } from "../../support/pftrace-reader.js";
import { LIKE_GO } from "../../support/reading.js";
import { TraceProcessor } from "../../support/trace-processor.js";

const haveEngine = await haveTraceProcessor("the options of a conversion by SQL");

/** Besides the default, which other tests try on all traces. */
const CHOICES: readonly PerfettoOptions[] = [
  { stacks: "annotation", group: "none" },
  { stacks: "none", tracks: ["procs", "tasks", "logs"] },
  { minDuration: 50_000 },
  { minDuration: 1_000, tracks: ["threads", "goroutines", "gc"], limit: { events: 3000, goroutines: 1e9 } },
];
/** Size of traces that load within a second. */
const LARGEST = 400_000;
const fixtures = fixtureTraces().filter(({ path }) => statSync(path).size <= LARGEST);
const SYNC = validTrace("sync-go1.26").path;
const ANNOTATIONS = validTrace("annotations-go1.26").path;
const HTTP = join(FIXTURES, "http.trace");
const SAMPLES = validTrace("cpusamples-go1.26").path;

const count = (tp: TraceProcessor, what: string) =>
  tp.query<{ n: number }>(`select count(*) as n from ${what}`)[0]?.n ?? 0;

describe.skipIf(!haveEngine)("a full conversion", () => {
  // Each trace is tried with two of the choices.
  const cases = CHOICES.flatMap((options, i) =>
    fixtures.filter((_, k) => k % 2 === i % 2).map(({ name, path }) => ({ name, path, options })),
  );

  test.each(cases)("of $name is sound with $options", async ({ path, options }) => {
    await withFull(path, options, (tp, { bytes }) => {
      expect(tp.problems()).toEqual([]);
      expect(pftraceProblems(readPftrace(bytes))).toEqual([]);
    });
  });
});

/** Content of each group of tracks. */
const EVIDENCE: Readonly<Record<TrackGroup, string>> = {
  procs: "track where name glob 'P[0-9]*' or name glob 'Procs*'",
  threads: "track where name glob 'M[0-9]*' or name glob 'OS threads*'",
  runs: "slice s join track t on s.track_id = t.id where t.name glob '[PM][0-9]*' and s.name glob 'G[0-9]*'",
  goroutines: "slice where category in ('go.wait', 'go.unblock', 'go.create', 'go.state', 'go.region')",
  counters: "counter_track join track using (id) where track.name in ('Heap', 'GOMAXPROCS')",
  gc: "track where name in ('GC', 'Stop the world')",
  tasks: "slice where category = 'task'",
  samples: "perf_counter_track where name = 'CPU time (ns)'",
  logs: "slice where category = 'go.log'",
  blocking: "perf_counter_track where name = 'Blocked time (ns)'",
  path: "slice where category = 'path'",
};
const PATH = {
  title: "Critical path",
  slices: [{ since: 0, until: 10, doing: "running", goroutine: 1, function: "main.main", place: "" }],
};

describe.skipIf(!haveEngine)("--tracks", () => {
  test.each(TRACK_GROUPS.filter((group) => group !== "runs"))("keeps only %s", async (group) => {
    const path = group === "samples" ? SAMPLES : ANNOTATIONS;
    await withFull(path, { tracks: [group], path: PATH }, (tp) => {
      expect(tp.problems()).toEqual([]);
      for (const each of TRACK_GROUPS) {
        const here = count(tp, EVIDENCE[each]) > 0;
        expect([each, here]).toEqual([each, each === group]);
      }
      expect(count(tp, "sched where utid > 0")).toBeGreaterThan(0);
    });
  });

  test("runs shows the goroutines on the rows of Ps and threads", async () => {
    await withFull(ANNOTATIONS, { tracks: ["procs", "threads", "runs"] }, (tp) => {
      expect(tp.problems()).toEqual([]);
      for (const letter of ["P", "M"])
        expect(count(tp, `${EVIDENCE.runs} and t.name glob '${letter}*'`)).toBeGreaterThan(0);
    });
  });

  test("keeps the scheduling tables of a lean conversion", async () => {
    const { omissions, bytes } = await fullOutput(SYNC, { tracks: [], limit: { events: 1, goroutines: 1 } });
    expect(omissions.map(({ cause }) => cause)).toEqual(["viewer-limit"]);
    expect(pftraceProblems(readPftrace(bytes))).toEqual([]);
  });
});

describe.skipIf(!haveEngine)("goroutines that share rows", () => {
  const LIVES = `select extract_arg(arg_set_id, 'debug.id') as id, ts, dur from slice
    where category = 'go.goroutine' order by id`;
  const LIMIT = { events: 40_000, goroutines: Number.POSITIVE_INFINITY };

  test("keep their slices where the rest is left out", async () => {
    const whole = await withFull(HTTP, {}, (tp) => tp.query(LIVES));
    expect(whole.length).toBeGreaterThan(1000);
    await withFull(HTTP, { limit: LIMIT }, (tp, { bytes, omissions }) => {
      expect(omissions).toHaveLength(1);
      expect(tp.problems()).toEqual([]);
      expect(pftraceProblems(readPftrace(bytes))).toEqual([]);
      expect(tp.query(LIVES)).toEqual(whole);
    });
    const lean = await TraceProcessor.load(await leanBytes(await openTraceFile(HTTP, LIKE_GO)));
    expect(lean.query(LIVES)).toEqual(whole);
    lean.close();
  });
});

describe.skipIf(!haveEngine)("--group", () => {
  const PROCESSES = `select process.name as name, count(*) as n from thread join process using (upid)
    where process.pid > 0 and thread.name is not 'blocking profile' group by upid order by n desc`;

  test("none puts all goroutines into one group", async () => {
    const functions = await withFull(SYNC, { group: "function" }, (tp) =>
      tp.query<{ name: string; n: number }>(PROCESSES),
    );
    const one = await withFull(SYNC, { group: "none" }, (tp) =>
      tp.query<{ name: string; n: number }>(PROCESSES),
    );
    expect(functions.length).toBeGreaterThan(2);
    expect(functions.map(({ name }) => name)).toContain("main.main");
    const all = functions.reduce((sum, { n }) => sum + n, 0);
    expect(one).toEqual([{ name: "goroutines", n: all }]);
  });
});

describe.skipIf(!haveEngine)("--min-duration", () => {
  const LEAST = 20_000;
  const SLICES = `select s.ts as ts, s.dur as dur, s.name as name, s.track_id as track from slice s
    where s.dur >= ${LEAST} order by ts, dur, name, track`;
  const STATES =
    "select state, count(*) as n, sum(dur) as time from thread_state group by state order by state";
  const NOTES = "select s.name as name from slice s join track t on s.track_id = t.id where t.name = 'Trace'";
  const METADATA = "select str_value as text from metadata where name = 'cr-go2perfetto.omitted'";

  test("leaves out exactly the shorter slices, and counts them", async () => {
    const all = await withFull(SYNC, {}, (tp) => ({
      long: tp.query(SLICES).map(withoutTrack),
      states: tp.query(STATES),
      slices: count(tp, "slice"),
    }));
    await withFull(SYNC, { minDuration: LEAST }, (tp, { omissions }) => {
      expect(tp.query(SLICES).map(withoutTrack)).toEqual(all.long);
      expect(all.long.length).toBeGreaterThan(20);
      expect(tp.query(STATES)).toEqual(all.states);
      // The note itself is one more.
      const omitted = all.slices - (count(tp, "slice") - 1);
      const text = `${omitted.toLocaleString("en")} slices shorter than 20 µs are left out`;
      expect(omissions).toEqual([{ text, cause: "min-duration" }]);
      expect(tp.query<{ name: string }>(NOTES).map(({ name }) => name)).toContain(text);
      expect(tp.query(METADATA)).toEqual([{ text }]);
    });
  });

  test("makes instants of shorter tasks, for their arrows", async () => {
    const TASKS = "slice where category = 'task' and name != 'new task'";
    const all = await withFull(ANNOTATIONS, {}, (tp) => count(tp, TASKS));
    await withFull(ANNOTATIONS, { minDuration: 1e9 }, (tp) => {
      expect(count(tp, "slice where dur > 0")).toBe(0);
      expect(count(tp, TASKS)).toBeGreaterThan(all / 2);
    });
  });
});

function withoutTrack({ track, ...rest }: Record<string, unknown>): object {
  return rest;
}

test("the descriptions of the groups of Ps and threads say whether their rows have the runs of goroutines", async () => {
  const descriptions = async (options: PerfettoOptions) => {
    const { bytes } = await fullOutput(SYNC, options);
    const tracks = readPftrace(bytes).flatMap(({ track_descriptor }) => track_descriptor ?? []);
    return tracks.filter(({ name }) => name === "Procs (P)" || name === "OS threads (M)");
  };
  for (const { description } of await descriptions({})) expect(description).not.toContain("goroutine");
  const withRuns = await descriptions({ tracks: TRACK_GROUPS });
  expect(withRuns).toHaveLength(2);
  for (const { description } of withRuns) expect(description).toContain("Which goroutine");
});
