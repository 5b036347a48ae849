import { expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import { GoroutineLives } from "../../../src/analysis/explain/goroutine-lives.js";
import { Waits } from "../../../src/analysis/explain/waits.js";
import { openTrace, sourceOf } from "../../../src/index.js";
import { BatchWriter } from "../../support/batch-writer.js";
import { TraceBuilder, wireString } from "../../support/trace-builder.js";

/** Nanoseconds from the stop of a P to the start of the goroutine. */
const WAY = 20;
/** A thread whose goroutine 3 stops the world. */
const STOPPER = 9;

interface Course {
  readonly rounds: number;
  /** Threads on which the other goroutine runs in turn. */
  readonly others: readonly number[];
  /** Whether the world is stopped when the P changes its thread. */
  readonly stops: boolean;
}

/**
 * The goroutines 1 and 2 wake each other in turn, with one P. Goroutine 2 runs on thread 1 only.
 * @returns the goroutines that are taken for locked: their handovers, and the time of the P between two threads
 */
async function lockedIn({ rounds, others, stops }: Course): Promise<[number, number][]> {
  const trace = new TraceBuilder().frequency().strings(wireString(1, "chan receive"), wireString(2, "GC"));
  const threads = [1, ...others, STOPPER].map((thread) => new BatchWriter(trace, thread, 0));
  let now = 10;
  const emit = (thread: number, name: string, delta: number, ...args: number[]) => {
    const writer = threads.find((each) => each.thread === thread) as BatchWriter;
    now += delta;
    writer.event(name, now - writer.time, ...args);
  };
  const [first = 0] = others;
  emit(first, "ProcStatus", 1, 0, 1);
  emit(first, "GoStatus", 1, 1, first, 2);
  emit(STOPPER, "ProcStatus", 1, 1, 1);
  emit(STOPPER, "GoStatus", 1, 3, STOPPER, 2);
  for (let round = 0, from = first; round < rounds; round++) {
    for (const goroutine of [2, 1]) {
      const to = goroutine === 2 ? 1 : (others[round % others.length] as number);
      // Numbers of a goroutine's wake-ups and starts: goroutine 2 begins with its creation, which has none.
      const seq = 2 * round + 2 - goroutine;
      if (seq === 0) emit(from, "GoCreate", 10, 2, 0, 0);
      else emit(from, "GoUnblock", 10, goroutine, seq, 0);
      emit(from, "GoBlock", 10, 1, 0);
      if (stops) emit(STOPPER, "STWBegin", 1, 2, 0);
      emit(from, "ProcStop", 1);
      const stopped = now;
      emit(to, "ProcStart", WAY / 2, 0, 2 * round + 3 - goroutine);
      if (stops) emit(STOPPER, "STWEnd", 1);
      emit(to, "GoStart", stopped + WAY - now, goroutine, seq + 1);
      from = to;
    }
  }
  for (const thread of threads) thread.end();
  const waits = new Waits();
  const lives = new GoroutineLives(waits.load);
  const error = await analyze(await openTrace(sourceOf([trace.bytes()])), [waits, lives]);
  expect(error).toBeUndefined();
  return [...lives.locked.groups.values()].map(({ handovers, onTheWay }) => [handovers, onTheWay]);
}

test("a goroutine that always gets its P from another thread, on one thread, is locked; its partner on several is not", async () => {
  const [found, ...others] = await lockedIn({ rounds: 200, others: [2, 3], stops: false });
  expect(others).toEqual([]);
  // There and back, but for the way to the start of the last one.
  expect(found).toEqual([200, 2 * 200 * WAY]);
});

test.each([
  ["of less than 100 starts", { rounds: 99, others: [2, 3], stops: false }],
  ["whose P is taken by stop-the-world", { rounds: 200, others: [2, 3], stops: true }],
])("a goroutine %s is none", async (_, course) => {
  expect(await lockedIn(course)).toEqual([]);
});
