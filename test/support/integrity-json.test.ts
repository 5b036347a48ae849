import { expect, test } from "vitest";
import { Process } from "../../src/sink/chrome/processes.js";
import type { JsonEvent } from "./chrome-json.js";
import { jsonProblems } from "./integrity-json.js";

type Row = readonly (readonly [category: string, begin: number, end: number])[];

/** What is wrong with how slices of a row lie. */
function overlapsOf(row: Row, pid: number = Process.Threads): string[] {
  const traceEvents = row.map(
    ([cat, begin, end]): JsonEvent => ({
      ...{ name: cat, cat, ph: "X", pid, tid: 1 },
      ...{ ts: begin / 1000, dur: (end - begin) / 1000 },
    }),
  );
  return jsonProblems({ displayTimeUnit: "ns", traceEvents }).filter((each) => /overlap/.test(each));
}

/** A goroutine has lost its P in a call, but runs on, so another one's run begins late; its call does not. */
const CROSSING: Row = [
  ["go.run", 0, 50],
  ["go.syscall", 10, 50],
  ["go.run", 50, 90],
  ["go.syscall", 30, 80],
];

test("a call that begins before its run, which begins late, is none", () => {
  expect(overlapsOf(CROSSING)).toEqual([]);
});

test.each<[what: string, row: Row, pid?: number]>([
  ["a call on a P", CROSSING, Process.Procs],
  ["a call whose run begins by itself", CROSSING.map((each) => (each[1] === 50 ? ["go.run", 51, 90] : each))],
  [
    "a call that ends after its run",
    CROSSING.map((each) => (each[2] === 80 ? ["go.syscall", 30, 95] : each)),
  ],
  ["another slice", CROSSING.map((each) => (each[1] === 30 ? ["go.range", 30, 80] : each))],
  ["a run", CROSSING.map((each) => (each[1] === 50 ? ["go.run", 49, 90] : each))],
  ["a call within the late run", [...CROSSING, ["go.syscall", 70, 85]]],
])("%s that crosses is an overlap", (_, row, pid) => {
  expect(overlapsOf(row, pid)).not.toEqual([]);
});
