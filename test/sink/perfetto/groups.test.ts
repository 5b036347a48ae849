// @module-tag long
import { join } from "node:path";
import { expect, test } from "vitest";
import { openTraceFile } from "../../../src/node.js";
import { UNNAMED as UNNAMED_GROUP } from "../../../src/sink/goroutine-groups.js";
import { TRACK_GROUPS } from "../../../src/sink/view-options.js";
import { FIXTURES, someValidTraces } from "../../support/corpus.js";
import { withFull } from "../../support/full-output.js";
import { leanBytes } from "../../support/lean-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";
import { ProcTimesListener } from "../../support/proc-times.js";
import { TraceProcessor } from "../../support/trace-processor.js";

/** Traces that begin with waiting goroutines whose start functions only later stacks have; and others. */
const TRACES = someValidTraces([
  "annotations-go1.26",
  "cpusamples-go1.26",
  "flightrec-go1.26",
  "hello-go1.22",
  "manygens-sync-go1.26",
  "sync-go1.22",
  "sync-go1.26",
  "syscalls-go1.22",
]);
const EMPTY = `select cmdline from process join thread using (upid) where pid != 0
  group by upid having min(thread.name = 'blocking profile') = 1`;
const WAITS = `select count() as waits from perf_sample`;

/** A group has its first goroutine's id, says how many it has, and is named by its function without the path. */
const GROUPS = `select pid, process.name as name, extract_arg(process.arg_set_id, 'chrome.process_label[0]') as label,
    sum(tid = pid) as first,
    count(iif(tid < 1 << 30, 1, null)) || ' goroutine' || iif(count(iif(tid < 1 << 30, 1, null)) = 1, '', 's') as counted
  from thread join process using (upid) where pid != 0 group by upid`;

interface GroupRow {
  readonly pid: number;
  readonly name: string;
  readonly label: string;
  readonly first: number;
  readonly counted: string;
}

const UNNAMED = UNNAMED_GROUP.replaceAll(" ", "\u00a0");

const haveEngine = await haveTraceProcessor("groups by SQL");

test.runIf(haveEngine).each(TRACES)(
  "groups of $name have ids and numbers of their goroutines",
  async ({ path }) => {
    await withFull(path, {}, (tp) => {
      expect(tp.problems()).toEqual([]);
      const groups = tp.query<GroupRow>(GROUPS);
      expect(groups.length).toBeGreaterThan(1);
      for (const { pid, name, label, first, counted } of groups) {
        expect([name, label]).toEqual([name, counted]);
        expect(name).not.toContain("/");
        if (name === "runtime") expect(pid).toBe(3);
        // Before Go 1.23 the runtime's first goroutines, 2 and 3, have no names.
        else if (name !== UNNAMED) expect([name, first]).toEqual([name, 1]);
      }
    });
  },
);

test.runIf(haveEngine).each(TRACES)("every group of $name has goroutines", async ({ path }) => {
  await withFull(path, { tracks: TRACK_GROUPS }, (tp) => {
    expect(tp.query(EMPTY)).toEqual([]);
    expect(tp.query<{ waits: number }>(WAITS)[0]?.waits).toBeGreaterThan(0);
  });
});

const HTTP = join(FIXTURES, "http.trace");
const SERVED = `select tid, thread.name as name from thread where tid > 0 and tid < 1 << 30`;

test.runIf(haveEngine)(
  "goroutines of a wrapper are named by the function that it calls, in both details",
  async () => {
    const started = new ProcTimesListener();
    for await (const block of (await openTraceFile(HTTP)).blocks()) started.model.block(block);
    const served = [...started.names]
      .filter(([, name]) => name === "net/http.(*conn).serve")
      .map(([id]) => id);
    expect(served).toHaveLength(51);
    const namesOf = (tp: TraceProcessor) => {
      const names = new Map(
        tp.query<{ tid: number; name: string }>(SERVED).map(({ tid, name }) => [tid, name]),
      );
      return served.map((id) => names.get(id));
    };
    const names = await withFull(HTTP, { tracks: TRACK_GROUPS }, (tp) => {
      expect(tp.query(EMPTY)).toEqual([]);
      return namesOf(tp);
    });
    // The capture itself is a request.
    expect(new Set(names)).toEqual(new Set(["main.serve.handler.func1", "pprof.Trace"]));
    expect(names.filter((name) => name === "pprof.Trace")).toHaveLength(1);
    const lean = await TraceProcessor.load(await leanBytes(await openTraceFile(HTTP)));
    expect(namesOf(lean)).toEqual(names);
    lean.close();
    const wrapped = await withFull(HTTP, { wrappers: ["main.serve.*"] }, namesOf);
    expect(new Set(wrapped)).toEqual(new Set(["http.(*conn).serve", "pprof.Trace"]));
  },
);

const PULLS = `select thread.name as name, count() as number from thread where name like '%iter%' group by name order by name`;

test.runIf(haveEngine)("coroutines are named by the functions that pull, in both details", async () => {
  const path = join(FIXTURES, "gomaxprocs-go1.26.trace");
  const pulls = [
    { name: "main.pull (iter.Pull)", number: 1 },
    { name: "main.pull (iter.Pull2)", number: 1 },
    { name: "main.pull.func2 (iter.Pull)", number: 1 },
  ];
  expect(await withFull(path, {}, (tp) => tp.query(PULLS))).toEqual(pulls);
  const lean = await TraceProcessor.load(await leanBytes(await openTraceFile(path)));
  expect(lean.query(PULLS)).toEqual(pulls);
  lean.close();
});
