import { ByteWriter } from "../../src/bytes/writer.js";
import { runningThread } from "./batch-writer.js";
import { wireString } from "./trace-builder.js";
import { V1TraceBuilder } from "./trace-v1-builder.js";

/** Goroutines that take turns. */
const GOROUTINES = 100;
/** Switches in a batch of format 1. */
const TURNS = 3_000;

/** A trace of Go 1.22 in which goroutines take turns that many times, two events each. */
export function manyTurns(turns: number): Uint8Array {
  const thread = runningThread();
  thread.trace.strings(wireString(1, "preempted"));
  for (let i = 0; i < GOROUTINES; i++) thread.event("GoCreate", 5, 2 + i, 0, 0);
  thread.event("GoStop", 5, 1, 0);
  for (let i = 0; i < turns; i++) {
    thread.event("GoStart", 40, 2 + (i % GOROUTINES), 1 + Math.floor(i / GOROUTINES));
    thread.event("GoStop", 60, 1, 0);
  }
  return thread.end().bytes();
}

/** The same in a format before Go 1.22, on two Ps by turns. */
export function manyTurnsV1(turns: number): Uint8Array {
  const trace = new V1TraceBuilder(19);
  const start = trace.event("GoStartLocal", 0, 2)[0] as number;
  const preempt = trace.event("GoPreempt", 0, 0)[0] as number;
  let ticks = 1000;
  trace.add(trace.batch(1, 0, ticks), trace.event("ProcStart", 1, 6));
  trace.add(trace.batch(0, 0, ticks), trace.event("ProcStart", 1, 5));
  for (let i = 0; i < GOROUTINES; i++) trace.add(trace.event("GoCreate", 1, 2 + i, 0, 0));
  ticks += 100 + GOROUTINES;
  for (let done = 0; done < turns; done += TURNS) {
    const events = new ByteWriter(8 * TURNS);
    for (let i = done; i < done + TURNS; i++) {
      for (const byte of [start, 2, 2 + (i % GOROUTINES), preempt, 2, 0]) events.byte(byte);
    }
    trace.add(trace.batch((done / TURNS) % 2, 0, ticks), events.view());
    ticks += 4 * TURNS + 10;
  }
  return trace.add(trace.frequency(1e9)).bytes();
}
