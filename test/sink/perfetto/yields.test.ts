import { expect, test } from "vitest";
import { BatchWriter, runningThread } from "../../support/batch-writer.js";
import { fullBytes } from "../../support/full-output.js";
import { openBytes } from "../../support/reading.js";
import { wireString } from "../../support/trace-builder.js";
import { TraceProcessor } from "../../support/trace-processor.js";

/** When the thread of the other P has its first event. */
const OTHER = 2000;

test("a goroutine that ran elsewhere after its yield does not go on with it", async () => {
  const thread = runningThread();
  thread.trace.strings(wireString(1, "chan receive"), wireString(2, "runtime.Gosched"));
  const other = new BatchWriter(thread.trace, 8, OTHER).event("ProcStatus", 0, 1, 1);
  // It yields on P 0, and runs and waits on P 1, while nothing else runs on P 0.
  thread.event("GoCreate", 1000, 2, 0, 0).event("GoBlock", 100, 1, 0);
  thread.event("GoStart", 100, 2, 1).event("GoStop", 500, 2, 0);
  other.event("GoStart", 100, 2, 2).event("GoBlock", 200, 1, 0).event("GoUnblock", 300, 2, 3, 0);
  thread.event("GoStart", 1500, 2, 4).event("GoBlock", 700, 1, 0);
  other.end();
  const processor = await TraceProcessor.load(await fullBytes(await openBytes(thread.end().bytes())));
  const runs = processor.query<{ cpu: number; dur: number }>(
    "select cpu, dur from sched join thread using (utid) where tid = 2 order by ts",
  );
  expect(runs).toEqual([
    { cpu: 0, dur: 500 },
    { cpu: 1, dur: 200 },
    { cpu: 0, dur: 700 },
  ]);
});
