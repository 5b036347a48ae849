import { describe, expect, test } from "vitest";
import { validTraces } from "../support/corpus.js";
import { type OracleGoroutine, oracleSummary } from "../support/oracle.js";
import { LIKE_GO, readFileBlocks } from "../support/reading.js";
import { type StateTimes, StateTimesListener } from "../support/state-times.js";

/** Times without what is zero, in one vocabulary. */
function ours(times: StateTimes): object {
  const { name, total, exec, schedWait, syscall, syscallBlocked, block } = times;
  return { name, total, exec, schedWait, syscall, syscallBlocked, block: nonZero(block) };
}

function official(goroutine: OracleGoroutine): object {
  return {
    name: goroutine.Name,
    total: goroutine.Total,
    exec: goroutine.Exec,
    schedWait: goroutine.SchedWait,
    syscall: goroutine.Syscall,
    syscallBlocked: goroutine.SyscallBlk,
    block: nonZero(goroutine.Block ?? {}),
  };
}

function nonZero(times: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(times).filter(([, time]) => time !== 0));
}

const traces = validTraces().filter((trace) => oracleSummary(trace) !== undefined);

describe("the model's intervals add up to Go's own figures, to the nanosecond", () => {
  test.each(traces)("$name", async (trace) => {
    const summary = oracleSummary(trace);
    const listener = new StateTimesListener();
    await readFileBlocks(trace.path, LIKE_GO, (block) => listener.model.block(block));
    listener.model.finish();
    const listed = summary?.goroutineList ?? [];
    expect(listed.length).toBeGreaterThan(0);
    for (const goroutine of listed) {
      const times = listener.times.get(goroutine.ID);
      expect([goroutine.ID, times && ours(times)]).toEqual([goroutine.ID, official(goroutine)]);
    }
    if (!summary?.goroutineListTruncated) expect(listener.times.size).toBe(listed.length);
  });
});
