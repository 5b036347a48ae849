import { describe, expect, test } from "vitest";
import { leftOut } from "../../src/base/ids.js";
import { stringOf } from "../../src/event/block.js";
import { EventKind, Wake } from "../../src/event/kind.js";
import { GO_STATE_NAMES, GoState } from "../../src/event/states.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { listDifference } from "../support/list-difference.js";
import { LIKE_GO, openBytes } from "../support/reading.js";
import { simulatedSeeds } from "../support/simulator/seeds.js";
import { simulate } from "../support/simulator/simulator.js";
import type { Truth } from "../support/simulator/truth.js";

const K = EventKind;
const STATES: Readonly<Record<string, string>> = { "syscall (no P)": "syscall" };

const WAKES: Readonly<Record<string, number>> = {
  GoUnblock: Wake.Unblocked,
  GoSwitch: Wake.Unblocked,
  GoCreate: Wake.Created,
  GoSyscallEndBlocked: Wake.Returned,
};

/** What each goroutine did just before a moment: state, P and thread; why it waits or waited; who made it runnable. */
function told({ lives }: Truth, at: number): string[] {
  const alive = new Set<number>();
  const isBefore = (time: number | undefined) => time !== undefined && time < at;
  const current = lives.flatMap(({ goroutine, intervals }) => {
    const now = intervals.findIndex(
      ({ begin, end }) => (begin === undefined || begin.time < at) && !isBefore(end?.time),
    );
    const [before, interval] = [intervals[now - 1], intervals[now]];
    if (interval === undefined) return [];
    alive.add(goroutine);
    return [{ ...interval, goroutine, waited: before?.state === "waiting" ? before.reason : "" }];
  });
  return current.map(({ goroutine, state, reason, waited, waker, proc, thread, begin }) => {
    const wake = state === "runnable" ? (WAKES[begin?.kind ?? ""] ?? Wake.None) : Wake.None;
    const by = waker >= 0 && !alive.has(waker) ? leftOut(waker) : waker;
    // It is on the P and thread of what made it runnable.
    const [p, m] = wake === Wake.None ? [proc, thread] : [begin?.proc, begin?.thread];
    const why = wake !== Wake.None ? waited : begin === undefined ? "" : reason;
    return `${goroutine} ${STATES[state] ?? state} on P${p} M${m} ${why} woken ${wake} by ${wake === Wake.None ? -1 : by}`;
  });
}

/** The same by the events of a part that begins then. What it mentions later has been so since the trace began. */
async function found(bytes: Uint8Array, from: number): Promise<string[]> {
  const lines: string[] = [];
  const window = new WindowedTrace(await openBytes(bytes, LIKE_GO), { from, to: Number.POSITIVE_INFINITY });
  for await (const block of window.blocks()) {
    const { kind, to, proc, thread, goroutine, value, name, subject, length } = block;
    for (let i = 0; i < length; i++) {
      const isSnapshot = kind[i] === K.GoSnapshot;
      if (!isSnapshot && (kind[i] !== K.GoStatus || block.from[i] !== GoState.Undetermined)) continue;
      const state = (GO_STATE_NAMES[to[i] as number] ?? "").toLowerCase();
      const isWoken = isSnapshot && value[i] !== Wake.None;
      const isOn = isWoken || state === "running" || state === "syscall";
      const why = isSnapshot ? stringOf(block, name[i] as number) : "";
      const on = isOn ? `P${proc[i]} M${thread[i]}` : "P-1 M-1";
      const wake = isWoken ? (value[i] as number) : Wake.None;
      lines.push(`${subject[i]} ${state} on ${on} ${why} woken ${wake} by ${isWoken ? goroutine[i] : -1}`);
    }
  }
  return lines;
}

describe("a part of a simulated program's trace begins with what the program did then:", () => {
  const seeds = simulatedSeeds(0, 79).filter((seed) => !simulate(seed).isSkewed);
  test.each(seeds)("seed %d", async (seed) => {
    const { bytes, truth } = simulate(seed);
    for (const share of [0.2, 0.5, 0.9]) {
      const at = Math.floor(truth.end * share);
      expect([at, listDifference(await found(bytes, at), told(truth, at))]).toEqual([at, []]);
    }
  });
});
