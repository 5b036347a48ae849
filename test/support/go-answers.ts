import type { GoInterval, GoWait } from "./go-intervals.js";
import type { GoTrace } from "./go-trace.js";
import { groupBy } from "./group-by.js";
import { length, longest, overlap, sweep, total } from "./spans.js";
import type { SqlValue } from "./trace-processor.js";

/** Some columns of a row of an answer. */
export type GoAnswer = Readonly<Record<string, SqlValue>>;

/** Name of a goroutine's start function. */
export type NameOf = (goroutine: number) => string;

/**
 * What docs/cookbook.md must answer, by title: all rows in any order, each with some of the columns. Worked out from the
 * official text of the trace's events.
 */
export const GO_ANSWERS: Readonly<Record<string, (go: GoTrace, nameOf: NameOf) => readonly GoAnswer[]>> = {
  "Where does the time of each function's goroutines go?": ({ intervals }, nameOf) => {
    const sums = (list: readonly GoInterval[]) => {
      const groups = groupBy(list, ({ goroutine }) => nameOf(goroutine));
      return new Map([...groups].map(([name, group]) => [name, ms(total(group))]));
    };
    const columns = {
      running_ms: sums(intervals.onProc),
      runnable_ms: sums(intervals.runnable),
      syscall_without_p_ms: sums(intervals.withoutProc),
      waiting_ms: sums(intervals.waits),
    };
    const names = new Set(Object.values(columns).flatMap((sum) => [...sum.keys()]));
    return [...names].map((name) => ({
      function: name,
      ...Object.fromEntries(Object.entries(columns).map(([column, sum]) => [column, sum.get(name) ?? null])),
    }));
  },

  "Which goroutines block each other most?": ({ intervals }, nameOf) => {
    const mine = intervals.waits.filter(({ goroutine }) => nameOf(goroutine).startsWith("main."));
    const ender = ({ by }: GoWait) => (by < 0 ? "(runtime)" : nameOf(by));
    const groups = groupBy(mine, (wait) => `${nameOf(wait.goroutine)}, ${reason(wait)}, ${ender(wait)}`);
    return [...groups.values()].map((waits) => ({
      blocked: nameOf(first(waits).goroutine),
      reason: reason(first(waits)),
      ended_by: ender(first(waits)),
      waits: waits.length,
      blocked_ms: ms(total(waits)),
    }));
  },

  "What is waited for, and at which lines?": ({ intervals }) => {
    const mine = intervals.waits.filter(({ stack }) => site(stack)?.startsWith("main."));
    return [...groupBy(mine, (wait) => `${reason(wait)} ${site(wait.stack)}`).values()].map((waits) => ({
      reason: reason(first(waits)),
      waits_at: site(first(waits).stack),
      waits: waits.length,
      ms: ms(total(waits)),
      longest_ms: ms(longest(waits)),
    }));
  },

  "Which waits were the longest, and who ended them from where?": ({ intervals, start, end }, nameOf) =>
    intervals.waits
      .filter((wait) => wait.begin > start && wait.end < end)
      .sort((a, b) => length(b) - length(a))
      .slice(0, 20)
      .map((wait) => ({
        goroutine: wait.goroutine,
        reason: reason(wait),
        ms: ms(length(wait)),
        waits_at: site(wait.stack),
        ended_by: wait.by < 0 ? null : `G${wait.by} ${nameOf(wait.by)}`,
        ended_at: wait.by < 0 ? null : site(wait.endStack),
      })),

  "What is the whole stack of a wait?": ({ intervals }) => {
    const waits = intervals.waits.filter(({ goroutine, reason }) => goroutine === 25 && reason === "sync");
    const [most] = waits.sort((a, b) => length(b) - length(a));
    return frames(most?.stack ?? "").map(([name, line]) => ({ function: name, line }));
  },

  "Where do goroutines queue up for a lock?": ({ intervals }) =>
    [...groupBy(intervals.waits.filter(isForLock), ({ stack }) => stack)].map(([stack, waits]) => {
      const { most, some } = overlap(waits);
      return {
        lock_at: site(stack),
        most_at_once: most,
        contended_ms: ms(some),
        waiting_on_average: Math.round((total(waits) / some) * 100) / 100,
      };
    }),

  "How long do goroutines wait to run?": ({ intervals, end }, nameOf) => {
    const whole = intervals.runnable.filter((each) => each.end < end && length(each) > 0);
    return [...groupBy(whole, ({ goroutine }) => nameOf(goroutine))].map(([name, waits]) => ({
      function: name,
      times: waits.length,
      max_us: us(longest(waits)),
    }));
  },

  "What ran while a goroutine waited longest to run?": ({ intervals, start, ranges }, nameOf) => {
    const procs = Math.max(
      ...(ranges.metrics.get("/sched/gomaxprocs:threads") ?? []).map(([, value]) => value),
    );
    const late = [...intervals.runnable].sort((a, b) => length(b) - length(a)).slice(0, 10);
    return late.flatMap((wait) => {
      const ran = new Map([["(idle P)", procs * length(wait)]]);
      for (const run of intervals.onProc) {
        const ns = Math.min(run.end, wait.end) - Math.max(run.begin, wait.begin);
        if (ns <= 0) continue;
        const name = nameOf(run.goroutine);
        ran.set(name, (ran.get(name) ?? 0) + ns);
        ran.set("(idle P)", (ran.get("(idle P)") ?? 0) - ns);
      }
      return [...ran].map(([meanwhile, ns]) => ({
        goroutine: wait.goroutine,
        at_ms: ms(wait.begin - start),
        runnable_ms: ms(length(wait)),
        meanwhile,
        ran_ms: ms(ns),
      }));
    });
  },

  "Were Ps idle while goroutines could run?": ({ intervals }) => {
    const time = new Map<number, number>();
    sweep([intervals.onProc, intervals.runnable], ([running = 0, runnable = 0], ns) => {
      if (runnable > 0) time.set(running, (time.get(running) ?? 0) + ns);
    });
    return [...time].map(([running, ns]) => ({ ps_in_use: running, ms: ms(ns) }));
  },

  "What woke a goroutine, and from where?": ({ arrows, start }, nameOf) =>
    arrows.complete
      .filter(({ kind, to }) => kind === "unblock" && to === 1)
      .map(({ from, begin, end, stack }) => ({
        at_ms: ms(begin - start),
        by_goroutine: from < 0 ? null : from,
        by_function: from < 0 ? "netpoll or timer" : nameOf(from),
        woken_at: site(stack),
        ran_after_us: us(end - begin),
      })),

  "Which system calls take longest, and which lose their P?": ({ intervals, start }) =>
    [...intervals.syscalls]
      .sort((a, b) => length(b) - length(a))
      .slice(0, 20)
      .map((call) => {
        const isWithin = (each: GoInterval) =>
          each.goroutine === call.goroutine && each.begin >= call.begin && each.end <= call.end;
        return {
          goroutine: call.goroutine,
          at_ms: ms(call.begin - start),
          ms: ms(length(call)),
          called_at: site(call.stack),
          without_p_ms: ms(total(intervals.withoutProc.filter(isWithin))),
        };
      }),

  "What did the garbage collector cost each goroutine?": ({ ranges }) => {
    const assists = ranges.ranges.filter(({ name }) => name === "GC mark assist");
    return [...groupBy(assists, ({ scope }) => scope)].map(([scope, mine]) => ({
      goroutine: Number(/\d+/.exec(scope)),
      assists: mine.length,
      assist_ms: ms(total(mine)),
      longest_ms: ms(longest(mine)),
    }));
  },

  "How long was the world stopped, and what for?": ({ ranges }) => {
    const stops = ranges.ranges.filter(({ name }) => name.startsWith("stop-the-world"));
    return [...groupBy(stops, ({ name }) => name)].map(([name, mine]) => ({
      name,
      times: mine.length,
      max_us: us(longest(mine)),
      total_ms: ms(total(mine)),
    }));
  },

  "Which goroutines are created and never end?": (go, nameOf) => {
    const { runnable, running, waits, syscalls } = go.intervals;
    const atEnd = [...runnable, ...running, ...waits, ...syscalls].filter(({ end }) => end === go.end);
    const alive = new Set(atEnd.map(({ goroutine }) => goroutine));
    return go.arrows.complete
      .filter(({ kind, to }) => kind === "create" && alive.has(to))
      .map(({ to, begin, stack }) => ({
        function: nameOf(to),
        created_at: site(stack),
        waits_for: waits.findLast(({ goroutine }) => goroutine === to)?.reason ?? null,
        alive: 1,
        oldest_ms: ms(go.end - begin),
      }));
  },

  "Who creates goroutines, how many, and how long do they live?": ({ arrows }, nameOf) => {
    const created = arrows.complete.filter(({ kind }) => kind === "create");
    return [...groupBy(created, ({ from, to }) => `${nameOf(from)}, ${nameOf(to)}`).values()].map((mine) => ({
      creator: nameOf(first(mine).from),
      function: nameOf(first(mine).to),
      created: mine.length,
    }));
  },

  "Which functions use the CPU?": ({ labels }) => {
    const stacks = labels.samples.map(({ stack }) => frames(stack).map(([name]) => name));
    return [...new Set(stacks.flat())].map((name) => ({
      function: name,
      self: stacks.filter(([innermost]) => innermost === name).length,
      total: stacks.flat().filter((each) => each === name).length,
    }));
  },

  "How long do tasks take?": ({ annotations }) => {
    const tasks = annotations.tasks.filter(({ type }) => type.startsWith("make"));
    return [...groupBy(tasks, ({ type }) => type)].map(([task, mine]) => ({
      task,
      tasks: mine.length,
      max_us: us(Math.max(...mine.map(({ begin = 0, end = 0 }) => end - begin))),
    }));
  },
};

function ms(ns: number): number {
  return Math.round(ns / 1e3) / 1e3;
}

function us(ns: number): number {
  return Math.round(ns / 1e2) / 10;
}

/** Go's reason, or for one in package sync the function that the program called. */
function reason({ reason, stack }: GoWait): string {
  if (reason !== "sync") return reason || "waiting";
  const called = frames(stack).findIndex(([name]) => !/^(runtime|(internal\/)?sync)\./.test(name));
  return frames(stack)[called - 1]?.[0] ?? reason;
}

function isForLock(wait: GoWait): boolean {
  return /^sync\..*Lock$/.test(reason(wait)) && length(wait) > 0;
}

function first<Item>([item]: readonly Item[]): Item {
  return item as Item;
}

/** Function and line of each frame of a text of `stackKey`, the innermost first. */
function frames(stack: string): (readonly [name: string, line: number])[] {
  return stack
    .split("\n")
    .filter((frame) => frame !== "")
    .map((frame) => [frame.slice(0, frame.lastIndexOf(" ")), Number(/\d+$/.exec(frame))]);
}

const PASSED_OVER = ["runtime.", "sync.", "syscall.", "time.", "internal/"];

/** The innermost frame of the program, else the innermost one; null for no stack. */
function site(stack: string): string | null {
  const all = frames(stack);
  const found = all.find(([name]) => !PASSED_OVER.some((prefix) => name.startsWith(prefix))) ?? all[0];
  return found === undefined ? null : found.join(":");
}
