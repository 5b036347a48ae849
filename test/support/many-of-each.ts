import { BatchWriter, runningThread } from "./batch-writer.js";
import { TraceBuilder, wireStack, wireString } from "./trace-builder.js";
import { V1TraceBuilder } from "./trace-v1-builder.js";

/** Numbers of goroutines that nobody creates. */
const UNKNOWN = 1_000_000;
/** Entries of a table that a batch has room for. */
const IN_BATCH = 1000;

/**
 * A trace of threads whose only event waits for ever, since nobody creates its goroutine, and of one that goes on.
 * @param events of the one that goes on
 */
export function waitingThreads(threads: number, events: number): Uint8Array {
  const trace = new TraceBuilder().frequency();
  const going = runningThread(trace);
  for (let i = 0; i < events; i++) going.event("HeapAlloc", 5, i);
  going.end();
  for (let i = 0; i < threads; i++)
    new BatchWriter(trace, 100 + i, 20).event("GoStart", 1, UNKNOWN + i, 1).end();
  return trace.bytes();
}

/** A trace of threads, each with a P and a goroutine. */
export function threadsWithProcs(threads: number): Uint8Array {
  const trace = new TraceBuilder().frequency();
  for (let i = 0; i < threads; i++)
    new BatchWriter(trace, 100 + i)
      .event("ProcStatus", i, i, 1)
      .event("GoStatus", 1, 1 + i, 100 + i, 2)
      .end();
  return trace.bytes();
}

/** A trace at whose end that many goroutines are alive. */
export function liveGoroutines(count: number): Uint8Array {
  const thread = runningThread();
  for (let i = 1; i < count; i++) thread.event("GoCreate", 5, 1 + i, 0, 0);
  return thread.end().bytes();
}

/** A trace of that many live goroutines, each of which runs once, through a region named "work". */
export function goroutinesWithRegions(count: number): Uint8Array {
  const trace = new TraceBuilder().frequency().strings(wireString(1, "work"), wireString(2, "preempted"));
  const thread = runningThread(trace);
  for (let i = 0; i < count; i++) thread.event("GoCreate", 5, 2 + i, 0, 0);
  for (let i = 0; i < count; i++) {
    thread.event("GoStop", 5, 2, 0).event("GoStart", 5, 2 + i, 1);
    thread.event("UserRegionBegin", 5, 0, 1, 0).event("UserRegionEnd", 5, 0, 1, 0);
  }
  return thread.end().bytes();
}

/** A trace in which goroutines are created whose ids are that far apart. */
export function sparseGoroutines(count: number, distance: number): Uint8Array {
  const thread = runningThread();
  for (let i = 1; i <= count; i++) thread.event("GoCreate", 5, i * distance, 0, 0);
  return thread.end().bytes();
}

/** A trace before Go 1.22 of a goroutine that runs and waits in turn, and never tells a stack: nothing says what it is called. */
export function namelessGoroutine(turns: number): Uint8Array {
  const trace = new V1TraceBuilder();
  trace.add(trace.batch(0, 0, 1), trace.event("ProcStart", 1, 1), trace.event("GoCreate", 1, 1, 0, 0));
  for (let i = 0; i < turns; i++) {
    trace.add(trace.event("GoStart", 1, 1, 2 * i + 1), trace.event("GoBlock", 1, 0));
    trace.add(trace.event("GoUnblock", 1, 1, 2 * i + 2, 0));
  }
  return trace.add(trace.frequency(1e9)).bytes();
}

/** A trace with a wall clock, in which one message is logged again and again. */
export function repeatedLogs(count: number, message: string): Uint8Array {
  const trace = new TraceBuilder(25).sync(1_700_000_000);
  trace.strings(wireString(1, "key"), wireString(2, message));
  const thread = runningThread(trace);
  for (let i = 0; i < count; i++) thread.event("UserLog", 5, 0, 1, 2, 0);
  return thread.end().bytes();
}

/** A trace that claims a GOMAXPROCS, and in which the GC stops the world again and again. */
export function stoppedWorlds(procs: number, stops: number): Uint8Array {
  const trace = new TraceBuilder().frequency().strings(wireString(1, "GC mark termination"));
  const thread = runningThread(trace).event("ProcsChange", 5, procs, 0);
  for (let i = 0; i < stops; i++) thread.event("STWBegin", 50, 1, 0).event("STWEnd", 50);
  return thread.end().bytes();
}

/** A trace of a goroutine that waits so many times, for another reason and at another stack each time. */
export function distinctWaits(count: number): Uint8Array {
  const trace = new TraceBuilder().frequency();
  const names = (from: number) => (i: number) => wireString(from + i, `name ${from + i}`);
  for (const pieces of inBatches(count, names(0))) trace.strings(...pieces);
  for (const pieces of inBatches(count, names(count))) trace.strings(...pieces);
  const stack = (i: number) => wireStack(i, [[0x400000 + i, count + i, 1, i]]);
  for (const pieces of inBatches(count, stack)) trace.stacks(...pieces);
  const thread = runningThread(trace).event("GoCreate", 5, 2, 0, 0).event("GoStop", 5, 0, 0);
  for (let i = 1; i <= count; i++) {
    thread.event("GoStart", 5, 2, 2 * i - 1).event("GoBlock", 5, i, i);
    thread.event("GoUnblock", 5, 2, 2 * i, 0);
  }
  return thread.end().bytes();
}

/** What is made of the numbers from 1 on, as much at a time as a batch holds. */
function* inBatches(count: number, make: (i: number) => Uint8Array): Generator<Uint8Array[]> {
  for (let from = 1; from <= count; from += IN_BATCH)
    yield Array.from({ length: Math.min(IN_BATCH, count + 1 - from) }, (_, i) => make(from + i));
}

/** A trace of a goroutine that begins tasks by turns: each within the one before the last, and directly within the first. */
export function branchingTasks(count: number): Uint8Array {
  const thread = runningThread().event("UserTaskBegin", 5, 2, 0, 0, 0);
  for (let id = 4; id <= 2 * count; id += 2)
    thread.event("UserTaskBegin", 5, id, id - 2, 0, 0).event("UserTaskBegin", 5, id + 1, 2, 0, 0);
  return thread.end().bytes();
}

/** A trace of a goroutine that begins regions and ends them in the same order, so that each crosses all that are open. */
export function crossingRegions(count: number): Uint8Array {
  const trace = new TraceBuilder().frequency();
  for (const pieces of inBatches(count, (i) => wireString(i, `region ${i}`))) trace.strings(...pieces);
  const thread = runningThread(trace);
  for (let i = 1; i <= count; i++) thread.event("UserRegionBegin", 5, 0, i, 0);
  for (let i = 1; i <= count; i++) thread.event("UserRegionEnd", 5, 0, i, 0);
  return thread.end().bytes();
}

/** A trace of a goroutine that begins regions of one task, and then logs for another one within all of them. */
export function logsWithinRegions(count: number): Uint8Array {
  const thread = runningThread();
  thread.event("UserTaskBegin", 5, 2, 0, 0, 0).event("UserTaskBegin", 5, 3, 0, 0, 0);
  for (let i = 0; i < count; i++) thread.event("UserRegionBegin", 5, 2, 0, 0);
  for (let i = 0; i < count; i++) thread.event("UserLog", 5, 3, 0, 0, 0);
  return thread.end().bytes();
}

/** A trace that claims a GOMAXPROCS. */
export function claimedProcs(procs: number): Uint8Array {
  return runningThread().event("ProcsChange", 5, procs, 0).event("HeapAlloc", 5, 1).end().bytes();
}
