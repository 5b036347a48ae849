import { expect, test } from "vitest";
import { openBytes } from "../../support/reading.js";
import { V1TraceBuilder } from "../../support/trace-v1-builder.js";
import { dumpOfFile, trimmed } from "../../support/trimmed.js";

/** A trace of Go 1.21 in which a goroutine loses its P in a system call, and goes on later. */
function blockingCall(): Uint8Array {
  const trace = new V1TraceBuilder(21);
  trace.add(trace.batch(0, 0, 1000), trace.event("ProcStart", 0, 5));
  trace.add(trace.event("GoCreate", 10, 1, 1, 0), trace.event("GoStart", 10, 1, 1));
  trace.add(trace.event("GoSysCall", 100, 1), trace.event("GoSysBlock", 100), trace.event("ProcStop", 10));
  trace.add(trace.event("ProcStart", 1000, 6));
  // When the call returned, in ticks.
  trace.add(trace.event("GoSysExit", 1000, 1, 2, 2_000), trace.event("GoStart", 10, 1, 3));
  trace.add(trace.event("GoSched", 100, 1));
  trace.add(trace.string(1, "main.main"), trace.string(2, "main.go"));
  return trace.add(trace.stack(1, [[0x1000, 1, 2, 7]]), trace.frequency(1e9)).bytes();
}

test("a system call that blocks before Go 1.22 ends on the thread on which it began", async () => {
  const out = await trimmed(await openBytes(blockingCall()));
  const calls = (await dumpOfFile(out.path)).filter((line) => line.includes(" GoSyscall"));
  expect(calls.map((line) => line.replace(/^\d+ /, "").replace(/ stack=.*/, ""))).toEqual([
    "m=5 p=0 g=1 GoSyscallBegin goroutine=1 Running->Syscall",
    "m=5 p=- g=1 GoSyscallEndBlocked goroutine=1 Syscall->Runnable",
  ]);
});
