import { expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import { Summary } from "../../src/analysis/summary/summary.js";
import { openBytes } from "../support/reading.js";
import { TraceBuilder, wireBytes } from "../support/trace-builder.js";

const RUNNING = 1;
const GO_RUNNING = 2;
/** P 0 and goroutine 1 on thread 7, in a system call from time 20 on. Times are those of the wire. */
const inSyscall = [
  wireBytes("ProcStatus", 0, 0, RUNNING),
  wireBytes("GoStatus", 1, 1, 7, GO_RUNNING),
  wireBytes("GoSyscallBegin", 9, 1, 0),
];
/** Thread 8 takes the P at 50 and runs with it at 100. */
const stolen = [wireBytes("ProcSteal", 0, 0, 2, 7), wireBytes("ProcStart", 50, 0, 3)];

async function timesOf(trace: TraceBuilder) {
  const summary = new Summary({ rows: true });
  expect(await analyze(await openBytes(trace.bytes()), [summary])).toBeUndefined();
  const row = summary.goroutines.find(({ id }) => id === 1);
  if (row === undefined) throw new Error("no goroutine 1");
  return row.times;
}

/** The trace begins at 1, with the batch of the frequency. Its end is an event, 1 ns after the last. */
test("a system call that loses its P counts as blocked from there on", async () => {
  const trace = new TraceBuilder()
    .frequency()
    .batch(7, 10, ...inSyscall, wireBytes("GoSyscallEndBlocked", 100))
    .batch(8, 50, ...stolen);
  const expected = { total: 120, exec: 19, syscall: 30, syscallBlocked: 70, schedWait: 1 };
  expect(await timesOf(trace)).toMatchObject(expected);
});

// From Go's summary.go: an open call adds the time without a P to SchedWaitTime, and the whole call to SyscallTime.
test("if the trace ends within the call, its time without a P counts as scheduling wait too", async () => {
  const trace = new TraceBuilder()
    .frequency()
    .batch(7, 10, ...inSyscall)
    .batch(8, 50, ...stolen);
  const expected = { total: 100, exec: 19, syscall: 81, syscallBlocked: 0, schedWait: 51 };
  expect(await timesOf(trace)).toMatchObject(expected);
});
