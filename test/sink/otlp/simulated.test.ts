import { describe, expect, test } from "vitest";
import { listDifference } from "../../support/list-difference.js";
import { otlpProblems } from "../../support/otlp/integrity-otlp.js";
import type { OtlpSpan } from "../../support/otlp/otlp-spans.js";
import { spansOfTrace, TEST_WALL_START } from "../../support/otlp/sink-spans.js";
import { LIKE_GO, openBytes } from "../../support/reading.js";
import { simulatedSeeds } from "../../support/simulator/seeds.js";
import { simulate } from "../../support/simulator/simulator.js";
import type { TrueInterval, Truth } from "../../support/simulator/truth.js";

const WHOLE = { states: "all", minBlock: 0, maxSpansPerTrace: 0 } as const;
const KINDS: Readonly<Record<string, string>> = {
  waiting: "blocked",
  runnable: "runnable",
  syscall: "syscall",
};

const CUTS: Readonly<Record<string, string>> = { start: "…", end: "…", both: "……" };

/** Every wait, system call and time runnable: of whom, when, why, on which thread, and who ended or began it. */
function told({ lives, end: last }: Truth): string[] {
  return lives.flatMap(({ goroutine, intervals }) =>
    spanned(intervals).flatMap(({ state, reason, waker, thread, begin, end }, i, all) => {
      const kind = KINDS[state];
      if (kind === undefined) return [];
      const from = begin?.time ?? 0;
      const to = Math.max(end?.time ?? last, from + 1);
      const cut = [begin, end].map((edge) => (edge === undefined ? "…" : "")).join("");
      const by = kind === "runnable" ? waker : kind === "blocked" ? (all[i + 1]?.waker ?? -1) : -1;
      const on = kind === "syscall" ? thread : -1;
      return [`${goroutine} ${kind} ${from}–${to}${cut} ${reason} on ${on} by ${by}`];
    }),
  );
}

/** A system call that loses its P is one span. */
function spanned(intervals: readonly TrueInterval[]): TrueInterval[] {
  const all: TrueInterval[] = [];
  for (const interval of intervals) {
    const before = all.at(-1);
    const isWithout = interval.state === "syscall (no P)";
    if (isWithout && before?.state === "syscall") all[all.length - 1] = { ...before, end: interval.end };
    else all.push(isWithout ? { ...interval, state: "syscall" } : interval);
  }
  return all;
}

function found(spans: readonly OtlpSpan[]): string[] {
  return spans.flatMap(({ attributes, start, end, events }) => {
    const kind = `${attributes["go.kind"]}`;
    if (!Object.values(KINDS).includes(kind)) return [];
    const { "go.cut": cut = "", "go.reason": reason = "", "thread.id": on = -1 } = attributes;
    const { "go.by.goroutine.id": by = -1 } = (kind === "blocked" ? events[0]?.attributes : attributes) ?? {};
    const [from, to] = [start, end].map((time) => time - TEST_WALL_START);
    const when = `${from}–${to}${CUTS[`${cut}`] ?? ""}`;
    return [`${attributes["go.goroutine.id"]} ${kind} ${when} ${reason} on ${on} by ${by}`];
  });
}

describe("spans of a simulated program are what it did:", () => {
  const seeds = simulatedSeeds(0, 59).filter((seed) => !simulate(seed).isSkewed);
  test.each(seeds)("seed %d", async (seed) => {
    const { bytes, truth } = simulate(seed);
    const { spans } = await spansOfTrace(await openBytes(bytes, LIKE_GO), WHOLE);
    expect(otlpProblems(spans)).toEqual([]);
    expect(listDifference(found(spans), told(truth))).toEqual([]);
  });
});
