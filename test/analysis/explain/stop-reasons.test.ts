import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { Explanation } from "../../../src/analysis/explain/explanation.js";
import { openTrace, sourceOf } from "../../../src/index.js";
import { BatchWriter, runningThread } from "../../support/batch-writer.js";
import { NO_THREAD, wireBytes, wireStack, wireString } from "../../support/trace-builder.js";

const MS = 1e6;
const BEGIN = 20 * MS;

/** What stops last, and what the trace has of it. */
interface Last {
  /** The start function of the goroutine on the P that stops last; without it, the P has none. */
  readonly func?: string;
  /** Times of CPU samples on the P since the world was told to stop. */
  readonly samples?: readonly number[];
  /** Nanoseconds until it stops. */
  readonly delay?: number;
  /** Why the world stops; a reason that is not the GC's unless said. */
  readonly kind?: string;
  /** Whether another goroutine runs and ends there while the world is started again. */
  readonly goesOn?: boolean;
}

/** The sentence about a stop-the-world of 120 ms. */
async function sentenceOf({
  func,
  samples = [],
  delay = 100 * MS,
  goesOn = false,
  kind = "preempted",
}: Last): Promise<string> {
  const thread = runningThread();
  const { trace } = thread;
  trace.strings(wireString(3, kind), wireString(4, func ?? ""), wireString(5, "x.go"));
  trace.batch(NO_THREAD, 1, wireBytes("Stacks"), wireStack(1, [[16, 4, 5, 1]]));
  if (samples.length > 0) {
    const rows = samples.map((at) => wireBytes("CPUSample", BEGIN + at, 8, 1, 3, 1));
    trace.batch(NO_THREAD, 1, wireBytes("CPUSamples"), ...rows);
  }
  const other = new BatchWriter(trace, 8).event("ProcStatus", 1, 1, 1);
  if (func !== undefined) other.event("GoStatus", 1, 3, 8, 2);
  if (goesOn) thread.event("GoCreate", 1, 5, 1, 0);
  thread.event("STWBegin", BEGIN - thread.time, 3, 0);
  if (func !== undefined) other.event("GoStop", BEGIN + delay - 100 - other.time, 3, 1);
  other.event("ProcStop", BEGIN + delay - other.time);
  if (goesOn) {
    thread.event("ProcsChange", 110 * MS, 2, 0);
    other.event("ProcStart", thread.time + 100 - other.time, 1, 1).event("GoStart", 100, 5, 1);
    other.event("GoDestroy", 100);
  }
  thread.event("STWEnd", BEGIN + 120 * MS - thread.time);
  other.end();
  const explanation = new Explanation();
  const error = await analyze(await openTrace(sourceOf([thread.end().bytes()])), explanation.analyses);
  if (error !== undefined) throw error;
  const found = explanation.report().findings.find(({ kind }) => kind === "stop-the-world");
  return found?.sentence ?? "";
}

/** Before the delay and after it, so that all of it was profiled. */
const AROUND = [-1 * MS, 125 * MS];
/** Every 10 ms of the delay too. */
const ALL = [...AROUND, ...Array.from({ length: 10 }, (_, i) => i * 10 * MS + 1)];

test("what the runtime runs is kept from going on by the operating system", async () => {
  for (const last of [{}, { func: "runtime.bgsweep" }, { func: "runtime.bgsweep", samples: ALL }])
    expect(await sentenceOf(last)).toMatch(/ the operating system kept its thread from going on, /);
});

test("what runs while the world is started again did not keep it waiting", async () => {
  const told = await sentenceOf({ goesOn: true });
  expect(told).toContain("until P 1 stopped. What the runtime runs there");
  expect(told).not.toContain("was taken from");
});

test("the GC needs little time once all Ps have stopped", async () => {
  const kind = "GC mark termination";
  const WORDS = " Then it took 20.0 ms on average until the world went on, where the GC usually needs";
  expect(await sentenceOf({ kind })).toContain(WORDS);
  expect(await sentenceOf({})).not.toContain("until the world went on");
  expect(await sentenceOf({ kind, delay: 119.5 * MS })).not.toContain("until the world went on");
});

test("what the program runs may also not have given way: a trace without CPU samples does not tell", async () => {
  // The last three call finalizers and cleanups, which are the program's.
  for (const func of ["main.work", "runtime.runfinq", "runtime.runFinalizers", "runtime.runCleanups"])
    expect(await sentenceOf({ func })).toMatch(/, or its thread had no CPU: the trace does not tell /);
});

test("CPU samples tell, if they are many or hardly any for the time", async () => {
  expect(await sentenceOf({ func: "main.work", samples: ALL })).toMatch(
    / samples show .* it did not give way\./,
  );
  expect(await sentenceOf({ func: "main.work", samples: AROUND })).toMatch(/ samples show .* no CPU\./);
  expect(await sentenceOf({ func: "main.work", samples: ALL.slice(0, 5) })).toMatch(/ does not tell /);
});

test("a CPU profile that begins or ends within the delay does not tell", async () => {
  for (const samples of [[-1 * MS], [125 * MS], ALL.slice(1), [ALL[0] as number, ...ALL.slice(2)]])
    expect(await sentenceOf({ func: "main.work", samples })).toMatch(/ does not tell /);
});

test("nothing is said of a delay that is short, or the lesser part of the time", async () => {
  for (const delay of [100_000, 9 * MS])
    expect(await sentenceOf({ func: "main.work", delay })).not.toMatch(/CPU/);
});
