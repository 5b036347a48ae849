// @module-tag long
// @module-tag slowest

import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shortFunction } from "../../src/event/short-function.js";
import { Wrappers } from "../../src/sched/wrappers.js";
import { groupOf, RUNTIME as RUNTIME_GROUP } from "../../src/sink/goroutine-groups.js";
import { emptyFolder, go2perfetto } from "../cli/command.js";
import { fixtureTraces, validTrace } from "../support/corpus.js";
import { type OracleGoroutine, type OracleSummary, oracleSummary } from "../support/oracle.js";
import { havePerfettoUi, PerfettoUi } from "../support/perfetto-ui.js";
import type { UiTrace, UiTrack } from "../support/ui-trace.js";

const TRACES = ["annotations-go1.26", "cpusamples-go1.26", "syscalls-go1.22", "sync-go1.26"];

const WRAPPERS = new Wrappers();

const GC = ["Stop the world", "Heap", "Heap goal"];

const RUNTIME = ["Trace", "Goroutines running", "GOMAXPROCS"];

/** The UI shows a flame graph at once if there are CPU samples, and a picture without a selection otherwise. */
const SAMPLED = /^cpusamples/;

const JSON_RUNTIME = ["Stop the world", "Heap Allocated", "Goroutines Running", "Threads Running"];

const GROUPS = ["Procs (P)", "OS threads (M)"];

// The UI at hand is older than callstacks of slices, which it would call errors.
const ANY_VERSION = ["--detail", "full", "--stacks", "annotation"];

const LONGEST_LOCK = `select s.id as id from slice s join thread_track t on s.track_id = t.id join thread using (utid)
  where s.name = 'sync.(*Mutex).Lock' and thread.name = 'main.mutexWorker' order by s.dur desc limit 1`;

const haveUi = await havePerfettoUi("conversions in Perfetto's UI");

/** Go's tools name a goroutine that C calls by the runtime's entry, we by the function of the traced program that C calls. */
const ourName = (name: string) => (name === "runtime.cgocallback" ? "main.goCallback" : name);

/** The rows of the goroutines that Go's own summarizer knows: start function and id. */
function goroutineRows(
  summary: OracleSummary | undefined,
  has: (goroutine: OracleGoroutine) => boolean,
): string[] {
  const named = (summary?.goroutineList ?? []).filter(
    (goroutine) => goroutine.Name !== "" && !WRAPPERS.has(goroutine.Name) && has(goroutine),
  );
  // The rows of the runtime's goroutines have their names in full, those of others that of the group.
  const row = (name: string) => (groupOf(name) === RUNTIME_GROUP ? name : shortFunction(name));
  return named.map(({ Name, ID }) => `${row(ourName(Name))} ${ID}`);
}

const numbered = (count: number, name: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => name(i));

const namesIn = (tracks: readonly UiTrack[], group: string): string[] =>
  tracks.filter(({ groups }) => groups.includes(group)).map(({ name }) => name);

const withoutId = (name: string) => name.replace(/ \d+$/, "");

/** Rows of a group of JSON, each once. */
const rowsIn = (tracks: readonly UiTrack[], group: string): string[] => [
  ...new Set(
    tracks
      .filter(({ groups }) => groups.some((name) => withoutId(name) === group))
      .map(({ name }) => withoutId(name)),
  ),
];

describe.runIf(haveUi)("Perfetto's own UI", () => {
  const folder = emptyFolder();
  let ui: PerfettoUi;

  beforeAll(async () => {
    ui = await PerfettoUi.start({ small: true });
  });

  afterAll(async () => {
    await ui.close();
    rmSync(folder, { recursive: true });
  });

  async function open(path: string, ...options: string[]): Promise<UiTrace> {
    return await openAs("trace.pftrace", path, ...options);
  }

  async function openAs(name: string, path: string, ...options: string[]): Promise<UiTrace> {
    const output = join(folder, name);
    expect(go2perfetto([path, "-o", output, "--quiet", ...options]).stderr).toBe("");
    return await ui.open(output);
  }

  describe.for(fixtureTraces().filter(({ oracle }) => TRACES.includes(oracle)))("$oracle", (trace) => {
    const summary = oracleSummary(trace);
    const procs = summary?.metrics["/sched/gomaxprocs:threads"]?.Max ?? 0;

    test("opens at --detail lean without an error, with a row for every P and goroutine that ran", async () => {
      const opened = await open(trace.path, "--detail", "lean");
      expect(await opened.importErrors()).toBe(0);
      const tracks = await opened.tracks();
      expect(namesIn(tracks, "Go runtime")).toEqual(expect.arrayContaining(RUNTIME));
      expect(namesIn(tracks, "GC")).toEqual(GC);
      expect(namesIn(tracks, "CPU Scheduling")).toEqual(numbered(procs, (i) => `CPU ${i} Scheduling`));
      const names = new Set(tracks.map(({ name }) => name));
      const ran = goroutineRows(summary, ({ Exec }) => Exec > 0);
      expect(ran.length).toBeGreaterThan(0);
      expect(ran.filter((row) => !names.has(row))).toEqual([]);
      await opened.close();
    });

    test("opens with its stacks as annotations without an error, with a row for all that has a track", async () => {
      const opened = await open(trace.path, ...ANY_VERSION);
      expect(await opened.importErrors()).toBe(0);
      const tracks = await opened.tracks();
      expect(namesIn(tracks, "Go runtime")).toEqual(expect.arrayContaining([...RUNTIME, ...GROUPS]));
      expect(namesIn(tracks, "GC")).toEqual(GC);
      // Those of the program are in sight from the start: their group is within no other one.
      const tasks = tracks.filter(({ groups }) => groups.includes("Tasks"));
      expect(tasks.map(({ groups }) => groups)).toEqual(tasks.map(() => ["Tasks"]));
      expect(tasks.length > 0).toBe(summary?.tasks?.some(({ ID }) => ID > 0) ?? false);
      expect(await opened.selected()).toBe(SAMPLED.test(trace.oracle) ? "area" : "empty");
      expect(namesIn(tracks, "Procs (P)")).toEqual(numbered(procs, (i) => `P${i}`));
      expect(namesIn(tracks, "OS threads (M)").filter((name) => !/^M\d+$/.test(name))).toEqual([]);
      const names = new Set(tracks.map(({ name }) => name));
      // The UI gives a thread no row whose only state lasts from its creation to the end of the trace.
      const seen = goroutineRows(summary, ({ Total, SchedWait }) => SchedWait < Total);
      expect(seen.length).toBeGreaterThan(0);
      expect(seen.filter((row) => !names.has(row))).toEqual([]);
      await opened.close();
    });

    // The viewer unpacks all of them alike.
    test.each(trace.oracle === TRACES[0] ? ["trace.json.gz"] : ["trace.json"])(
      "opens as %s without an error, with a row for all that has a track",
      async (name) => {
        const opened = await openAs(name, trace.path, "--detail", "full");
        expect(await opened.importErrors()).toBe(0);
        const tracks = await opened.tracks();
        // The UI has ids behind names, and each row twice: as a group, and in it.
        expect(rowsIn(tracks, "Go runtime")).toEqual(expect.arrayContaining(JSON_RUNTIME));
        expect(rowsIn(tracks, "Procs (P)").filter((row) => /^P\d+$/.test(row))).toEqual(
          numbered(procs, (i) => `P${i}`),
        );
        expect(rowsIn(tracks, "OS threads (M)").filter((row) => !/^M\d+$/.test(row))).toEqual([]);
        const rows = new Set(tracks.map(({ name }) => withoutId(name)));
        const named = (summary?.goroutineList ?? []).filter(({ Name, Exec }) => Name !== "" && Exec > 0);
        expect(named.length).toBeGreaterThan(0);
        const expected = named.map(({ ID, Name }) => `G${ID} ${ourName(Name)}`);
        expect(expected.filter((row) => !rows.has(row))).toEqual([]);
        const groups = new Set(tracks.filter(({ groups }) => groups.length === 0).map(({ name }) => name));
        expect([...groups].filter((group) => !/ \d+$/.test(group))).toEqual([]);
        await opened.close();
      },
    );
  });

  test("shows of a wait its stack and who ended it", async () => {
    const trace = validTrace("sync-go1.26");
    const opened = await open(trace.path, ...ANY_VERSION);
    await opened.select("slice", LONGEST_LOCK);
    const details = await opened.details();
    expect(details).toMatch(/reason\S*\s+sync\b/);
    expect(details).toMatch(/unblocked by\S*\s+G\d+ main\.mutexWorker/);
    expect(details).toMatch(/sync\.\(\*Mutex\)\.Lock .*mutex\.go:\d+/);
    await opened.close();
  });
});
