import { describe, expect, it } from "vitest";
import { NONE } from "../../src/base/ids.js";
import type { EventBlock } from "../../src/event/block.js";
import { EventKind } from "../../src/event/kind.js";
import type { SchedListener } from "../../src/sched/listener.js";
import { SchedModel } from "../../src/sched/model.js";
import { Edge } from "../../src/sched/state.js";
import { ThreadModel, ThreadState } from "../../src/sched/thread-model.js";
import { goTests, isFormat2, validTraces } from "../support/corpus.js";
import { LIKE_GO, readFileBlocks } from "../support/reading.js";

interface Interval {
  readonly thread: number;
  readonly state: number;
  readonly proc: number;
  readonly goroutine: number;
  readonly since: number;
  readonly sinceEdge: number;
  readonly until: number;
  readonly untilEdge: number;
}

/** The context of an event, as the ordering found it: that of the thread before the event. */
interface Context {
  readonly thread: number;
  readonly proc: number;
  readonly goroutine: number;
  readonly time: number;
}

async function read(path: string) {
  const intervals: Interval[] = [];
  const contexts: Context[] = [];
  const model: ThreadModel = new ThreadModel({
    thread(slot, until, untilEdge) {
      intervals.push({
        thread: model.index.ids[slot] as number,
        state: model.state[slot] as number,
        proc: model.proc[slot] as number,
        goroutine: model.goroutine[slot] as number,
        since: model.since[slot] as number,
        sinceEdge: model.sinceEdge[slot] as number,
        until,
        untilEdge,
      });
    },
  });
  const procs = new ProcTimes();
  let last = 0;
  const contextsOf = isFormat2(path) ? contextsBefore : contextsThen;
  await readFileBlocks(path, LIKE_GO, (block) => {
    contexts.push(...contextsOf(block));
    model.block(block);
    procs.model.block(block);
    last = block.time[block.length - 1] as number;
  });
  model.finish();
  procs.model.finish();
  return { intervals, contexts, last, procTimes: procs.times };
}

/**
 * A sample tells where its thread was, which another one may have reported; a status, what is not known yet; and the
 * event before the end of a call from C, which comes from the same raw event, has taken the P already.
 */
const NO_CONTEXT: ReadonlySet<number> = new Set([
  EventKind.CpuSample,
  EventKind.GoStatus,
  EventKind.ProcStatus,
  EventKind.GoDestroySyscall,
]);

/**
 * Before Go 1.22 an event that starts a goroutine or P is in the context of just that, and one that stops a P knows
 * nothing of who is in a system call there.
 */
function contextsThen(block: EventBlock): Context[] {
  const contexts = [...block.kind.subarray(0, block.length)].map((kind, i) => {
    const [context] = kind === EventKind.ProcStop ? [] : contextsBefore(block, i, i + 1);
    if (kind === EventKind.GoStart) return context && { ...context, goroutine: NONE };
    return kind === EventKind.ProcStart ? context && { ...context, proc: NONE } : context;
  });
  return contexts.filter((context) => context !== undefined);
}

function contextsBefore(block: EventBlock, start = 0, end = block.length): Context[] {
  const contexts: Context[] = [];
  for (let i = start; i < end; i++) {
    if (NO_CONTEXT.has(block.kind[i] as number) || block.thread[i] === NONE) continue;
    contexts.push({
      thread: block.thread[i] as number,
      proc: block.proc[i] as number,
      goroutine: block.goroutine[i] as number,
      time: block.time[i] as number,
    });
  }
  return contexts;
}

function byThread<T extends { readonly thread: number }>(rows: readonly T[]): Map<number, T[]> {
  const threads = new Map<number, T[]>();
  for (const row of rows) {
    const own = threads.get(row.thread) ?? [];
    own.push(row);
    threads.set(row.thread, own);
  }
  return threads;
}

/** The events of a thread whose context is not that of the thread's interval up to there. */
function disagreements(own: readonly Interval[], events: readonly Context[], isFormat1: boolean): object[] {
  let at = 0;
  return events.flatMap((event) => {
    while (at + 1 < own.length && (own[at]?.until as number) < event.time) at++;
    const interval = own[at];
    const { proc, goroutine } =
      interval !== undefined && interval.since < event.time ? interval : { proc: NONE, goroutine: NONE };
    // Before Go 1.22 a thread may come back from a system call without a word, and have another P before that is told.
    const isBack = isFormat1 && event.goroutine === NONE && interval?.state === ThreadState.Syscall;
    const isRight = proc === event.proc && (goroutine === event.goroutine || isBack);
    return isRight ? [] : [{ event, proc, goroutine }];
  });
}

const small = [...validTraces(), ...goTests()].filter(({ name }) => !name.startsWith("big"));

describe("intervals of threads", () => {
  it.each(small)("are what the events, and the times of Ps, say: $name", async ({ path }) => {
    const { intervals, contexts, last, procTimes } = await read(path);
    const threads = byThread(intervals);
    const wrong = [...byThread(contexts)].flatMap(([thread, events]) =>
      disagreements(threads.get(thread) ?? [], events, !isFormat2(path)),
    );
    expect(wrong.slice(0, 3)).toEqual([]);
    const loose = [...threads.values()].flatMap((own) =>
      own.filter((interval, i) => !fits(interval, i, own[i + 1], last)),
    );
    expect(loose.slice(0, 3)).toEqual([]);
    const byProc = new Map<number, number>();
    for (const { proc, since, until } of intervals) if (proc !== NONE) add(byProc, proc, until - since);
    if (isFormat2(path)) expect(procTimes).toEqual(byProc);
    // Before Go 1.22 it is not always known on which thread a P is.
    for (const [proc, time] of byProc) expect(procTimes.get(proc)).toBeGreaterThanOrEqual(time);
  });
});

/** How long Ps run, by the intervals of the scheduler model. */
class ProcTimes implements SchedListener {
  readonly model = new SchedModel(this);
  readonly times = new Map<number, number>();
  #block!: EventBlock;

  block(block: EventBlock): void {
    this.#block = block;
  }

  proc(slot: number, event: number): void {
    this.#count(slot, this.#block.time[event] as number);
  }

  cutProc(slot: number, time: number): void {
    this.#count(slot, time);
  }

  leave(): void {}
  enter(): void {}
  named(): void {}
  other(): void {}
  finish(): void {}

  #count(slot: number, time: number): void {
    const { procs } = this.model;
    if (procs.running[slot] === 1) add(this.times, procs.id(slot), time - (procs.since[slot] as number));
  }
}

function add(times: Map<number, number>, key: number, time: number): void {
  if (time !== 0) times.set(key, (times.get(key) ?? 0) + time);
}

/** Whether an interval leads to the next one of its thread, or to the end of the trace. */
function fits(interval: Interval, i: number, next: Interval | undefined, last: number): boolean {
  const { since, sinceEdge, until, untilEdge, state, goroutine } = interval;
  return (
    until === (next?.since ?? last) &&
    (untilEdge === Edge.Cut) === (next === undefined) &&
    (sinceEdge === Edge.Cut) === (i === 0 && since === 0) &&
    (goroutine === NONE) === state < ThreadState.Running
  );
}
