// @module-tag long
import { expect, test } from "vitest";
import { TRACK_GROUPS } from "../../../src/sink/view-options.js";
import { someValidTraces } from "../../support/corpus.js";
import { withFull } from "../../support/full-output.js";
import { haveTraceProcessor } from "../../support/perfetto-tools.js";

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

test.runIf(await haveTraceProcessor("groups by SQL")).each(TRACES)(
  "every group of $name has goroutines",
  async ({ path }) => {
    await withFull(path, { tracks: TRACK_GROUPS }, (tp) => {
      expect(tp.query(EMPTY)).toEqual([]);
      expect(tp.query<{ waits: number }>(WAITS)[0]?.waits).toBeGreaterThan(0);
    });
  },
);
