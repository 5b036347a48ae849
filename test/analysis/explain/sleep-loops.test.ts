import { expect, test } from "vitest";
import { SleepLoops } from "../../../src/analysis/explain/sleep-loops.js";
import type { Changes } from "../../../src/sched/changes.js";

const MS = 1e6;
const STACK = 3;

interface Looping {
  readonly isTimed: boolean;
  /** From one sleep to the next, and how long it runs in between. */
  readonly every: number;
  readonly ran: number;
}

/** How often a goroutine is found to look again that sleeps 150 times. */
function found({ every, isTimed, ran }: Looping): number {
  const loops = new SleepLoops();
  for (let i = 0; i < 150; i++) {
    const time = i * every;
    const changes = { goroutine: [7], proc: [0], since: [time - ran], slot: [0], time: [time] };
    loops.sleep(changes as unknown as Changes, 0, STACK, i, isTimed);
  }
  loops.end(0);
  return loops.found.get(STACK)?.count ?? 0;
}

test("a loop that sleeps or waits for a timer is found if it runs shortly", () => {
  expect(found({ isTimed: false, every: MS, ran: 9000 })).toBe(149);
  expect(found({ isTimed: false, every: MS, ran: 11_000 })).toBe(0);
  expect(found({ isTimed: true, every: MS, ran: 19_000 })).toBe(149);
  expect(found({ isTimed: true, every: MS, ran: 21_000 })).toBe(0);
});

test("a ticker that comes seldom has its reason, a sleep has none", () => {
  expect(found({ isTimed: true, every: 5 * MS, ran: 1000 })).toBe(149);
  expect(found({ isTimed: true, every: 6 * MS, ran: 1000 })).toBe(0);
  expect(found({ isTimed: false, every: 6 * MS, ran: 1000 })).toBe(149);
});

test("the longest of several loops at a place is told", () => {
  const loops = new SleepLoops();
  // Each loop sleeps every so many milliseconds.
  [2, 4, 3].forEach((every, slot) => {
    for (let i = 0; i < 150; i++) {
      const time = (slot + i * every) * MS;
      const columns = { goroutine: [10 + slot], proc: [0], since: [time - 1000], slot: [slot], time: [time] };
      loops.sleep(columns as unknown as Changes, 0, STACK, i, false);
    }
    loops.end(slot);
  });
  expect(loops.found.get(STACK)).toEqual({
    stack: STACK,
    count: 3 * 149,
    ran: 3 * 149 * 1000,
    duration: 149 * 9 * MS,
    longest: 149 * 4 * MS,
    longestSince: MS,
    goroutine: 11,
  });
});

/** How often a goroutine looks again at {@link STACK} that sleeps 150 times, if something happens at one of the sleeps. */
function foundWith(odd: {
  /** Which sleep: the one in the middle by default. */
  readonly at?: number;
  /** P on which a goroutine wakes another, and how long before the sleep. */
  readonly wakes?: readonly [proc: number, before: number];
  readonly stack?: number;
  /** Further runs before the sleep. */
  readonly runs?: number;
}): number {
  const loops = new SleepLoops();
  let runs = 0;
  for (let i = 0; i < 150; i++) {
    const time = (i + 1) * MS;
    const { wakes, stack = STACK, runs: further = 0 } = i === (odd.at ?? 75) ? odd : {};
    if (wakes !== undefined) loops.act(wakes[0], time - wakes[1]);
    runs += 1 + further;
    const changes = { goroutine: [7], proc: [0], since: [time - 1000], slot: [0], time: [time] };
    loops.sleep(changes as unknown as Changes, 0, stack, runs, false);
  }
  loops.end(0);
  return loops.found.get(STACK)?.count ?? 0;
}

test("who wakes others, sleeps elsewhere or waits for something else in between does not loop", () => {
  expect(foundWith({})).toBe(149);
  expect(foundWith({ wakes: [0, 1000] })).toBe(0);
  expect(foundWith({ wakes: [0, 500] })).toBe(0);
  expect(foundWith({ wakes: [0, 1001] })).toBe(149);
  expect(foundWith({ wakes: [1, 500] })).toBe(149);
  expect(foundWith({ stack: STACK + 1 })).toBe(0);
  expect(foundWith({ runs: 1 })).toBe(0);
  // 119 of the first 120 sleeps are looks; the 29 after the odd one are too few.
  expect(foundWith({ at: 120, stack: STACK + 1 })).toBe(119);
});
