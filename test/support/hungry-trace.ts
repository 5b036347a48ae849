import { TraceBuilder, wireBytes, wireString } from "./trace-builder.js";

const RUNNING = 1;
const GO_RUNNING = 2;
const THREAD = 7;
/** What fits into a batch. */
const PER_BATCH = 2000;

/** A made-up trace whose figures need a lot of memory: so many tasks, each of a type of its own. */
export function hungryTrace(tasks: number): Uint8Array {
  const trace = new TraceBuilder().frequency();
  trace.batch(
    THREAD,
    10,
    wireBytes("ProcStatus", 1, 0, RUNNING),
    wireBytes("GoStatus", 1, 1, THREAD, GO_RUNNING),
  );
  for (let first = 1; first <= tasks; first += PER_BATCH) {
    const ids = Array.from({ length: PER_BATCH }, (_each, i) => first + i);
    trace.strings(...ids.map((id) => wireString(id, `type ${id}`)));
    trace.batch(
      THREAD,
      10 + 2 * first,
      ...ids.flatMap((id) => [
        wireBytes("UserTaskBegin", 1, id, 0, id, 0),
        wireBytes("UserTaskEnd", 1, id, 0),
      ]),
    );
  }
  return trace.bytes();
}
