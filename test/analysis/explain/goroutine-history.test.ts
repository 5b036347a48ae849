import { expect, test } from "vitest";
import { DOINGS, Doing } from "../../../src/analysis/explain/doing.js";
import { GoroutineHistory } from "../../../src/analysis/explain/goroutine-history.js";

const SLOT = 300;
const ID = 7;
const WHAT = [Doing.Running, Doing.Runnable, Doing.Syscall, Doing.Sleeping];

/** Whole numbers below a bound, the same every time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
}

interface Change {
  readonly time: number;
  readonly doing: number;
}

/** A goroutine that changes what it does. */
function lived(
  changes: number,
  next: (below: number) => number,
): { history: GoroutineHistory; life: Change[] } {
  const history = new GoroutineHistory();
  history.begin(SLOT, ID);
  const life: Change[] = [];
  for (let i = 0, time = 1000; i < changes; i++, time += 1 + next(1000)) {
    const doing = WHAT[next(WHAT.length)] as number;
    life.push({ time, doing });
    history.change(SLOT, ID, time, doing, -1);
  }
  return { history, life };
}

/** What the goroutine did in a stretch, by all of its changes. */
function exactly(life: readonly Change[], from: number, until: number): number[] {
  const sums = new Array<number>(DOINGS).fill(0);
  sums[Doing.Unknown] = Math.max(0, Math.min(until, life[0]?.time ?? until) - from);
  life.forEach(({ time, doing }, i) => {
    const end = Math.min(until, life[i + 1]?.time ?? until);
    sums[doing] = (sums[doing] ?? 0) + Math.max(0, end - Math.max(from, time));
  });
  return sums;
}

function split(history: GoroutineHistory, from: number, until: number): number[] {
  const into = new Float64Array(DOINGS);
  history.split(SLOT, from, until, into);
  return [...into];
}

test("the last 32 changes are exact", () => {
  const next = numbers(1);
  for (const changes of [1, 2, 31, 32, 33, 64, 1000]) {
    const { history, life } = lived(changes, next);
    const until = (life.at(-1)?.time ?? 0) + 50;
    for (const { time } of life.slice(-32))
      for (const from of [time, time + 1])
        expect(split(history, from, until)).toEqual(exactly(life, from, until));
  }
});

test("what is older is exact in sum, and off by less than two stretches between points", () => {
  const next = numbers(2);
  for (const changes of [40, 500, 3000, 20_000]) {
    const { history, life } = lived(changes, next);
    const until = (life.at(-1)?.time ?? 0) + 50;
    const whole = until - (life[0]?.time ?? 0);
    for (let i = 0; i < 50; i++) {
      const from = until - next(whole + 500);
      const to = from + next(until - from + 1);
      const [told, exact] = [split(history, from, to), exactly(life, from, to)];
      expect(told.reduce((sum, time) => sum + time, 0)).toBeCloseTo(to - from, 3);
      // There are at least eight stretches, or they are of 32 changes each.
      const stretch = Math.max(whole / 7, 64 * 1000);
      const off = told.map((time, doing) => Math.abs(time - (exact[doing] ?? 0)));
      expect(Math.max(...off)).toBeLessThanOrEqual(2 * stretch);
    }
  }
});

test("of all its life the sums are exact", () => {
  const { history, life } = lived(5000, numbers(3));
  const from = life[0]?.time ?? 0;
  const until = (life.at(-1)?.time ?? 0) + 50;
  expect(split(history, from, until).map(Math.round)).toEqual(exactly(life, from, until));
});

test("while a goroutine waits for a lock, its holder counts", () => {
  const history = new GoroutineHistory();
  history.begin(1, 1);
  history.begin(2, 2);
  history.change(1, 1, 0, Doing.Running, -1);
  history.change(2, 2, 0, Doing.Running, -1);
  history.change(2, 2, 10, Doing.Lock, -1);
  history.change(1, 1, 20, Doing.Sleeping, -1);
  history.change(1, 1, 80, Doing.Running, -1);
  history.change(2, 2, 90, Doing.Runnable, 1);
  history.change(2, 2, 95, Doing.Running, -1);
  const into = new Float64Array(DOINGS);
  history.split(2, 5, 100, into);
  expect([into[Doing.Running], into[Doing.Sleeping], into[Doing.Runnable], into[Doing.Lock]]).toEqual([
    5 + 10 + 10 + 5,
    60,
    5,
    0,
  ]);
});

test("goroutines that wait for one another are followed through a bounded number of stretches", () => {
  const until = 31_000;
  /** Each waits for locks that the next one holds, in stretches of its own. */
  const followed = (goroutines: number) => {
    const history = new GoroutineHistory();
    for (let slot = 0; slot < goroutines; slot++) history.begin(slot, slot);
    for (let slot = 0; slot < goroutines; slot++) {
      const isLast = slot === goroutines - 1;
      for (let i = 0; i < 32; i++)
        history.change(slot, slot, i * 1000 + 7 * slot, isLast ? Doing.Running : Doing.Lock, slot + 1);
    }
    const into = new Float64Array(DOINGS);
    history.split(0, 1000, until, into);
    return into;
  };
  expect(followed(5)[Doing.Running]).toBe(until - 1000);
  const deep = followed(30);
  expect(deep[Doing.Lock]).toBeGreaterThan(0);
  expect(deep.reduce((sum, time) => sum + time, 0)).toBe(until - 1000);
});

test("a queue of a hundred for one lock is followed to who holds it", () => {
  const history = new GoroutineHistory();
  const held = 1000;
  history.change(0, 0, 0, Doing.Sleeping, -1);
  for (let slot = 1; slot <= 100; slot++) {
    history.change(slot, slot, 0, Doing.Lock, -1);
    history.change(slot - 1, slot - 1, slot * held, Doing.Blocked, -1);
    history.change(slot, slot, slot * held, Doing.Sleeping, slot - 1);
  }
  const into = new Float64Array(DOINGS);
  history.split(100, 0, 101 * held, into);
  expect(into[Doing.Sleeping]).toBe(101 * held);
});

test("goroutines that ended are followed too, though others have their slots by now", () => {
  const history = new GoroutineHistory();
  const held = 1000;
  const last = 50;
  history.change(0, 0, 0, Doing.Sleeping, -1);
  for (let slot = 1; slot <= last; slot++) history.change(slot, slot, 0, Doing.Lock, -1);
  for (let slot = 1; slot <= last; slot++) {
    history.change(slot - 1, slot - 1, slot * held, Doing.Running, -1);
    history.change(slot, slot, slot * held, Doing.Sleeping, slot - 1);
    // As in a server with a goroutine for each request.
    history.begin(slot - 1, 1000 + slot);
    history.change(slot - 1, 1000 + slot, slot * held + 1, Doing.Running, -1);
  }
  const into = new Float64Array(DOINGS);
  history.split(last, 0, (last + 1) * held, into);
  expect([into[Doing.Sleeping], into[Doing.Unknown]]).toEqual([(last + 1) * held, 0]);
});

test("a goroutine that ended long ago is not taken for the one that has its place", () => {
  const history = new GoroutineHistory();
  history.change(1, 1, 0, Doing.Sleeping, -1);
  history.change(2, 2, 0, Doing.Lock, -1);
  history.change(1, 1, 90, Doing.Running, -1);
  history.change(2, 2, 90, Doing.Running, 1);
  for (let id = 3; id < 5000; id++) {
    history.begin(1, id);
    history.change(1, id, 100 * id, Doing.Sleeping, -1);
  }
  const into = new Float64Array(DOINGS);
  history.split(2, 0, 100, into);
  expect([into[Doing.Lock], into[Doing.Running], into[Doing.Unknown]]).toEqual([90, 10, 0]);
});

test("a wait for what another goroutine had is followed only if it is said to be contested", () => {
  const split = (isContested: boolean) => {
    const history = new GoroutineHistory();
    history.change(1, 1, 0, Doing.Sleeping, -1);
    history.change(2, 2, 0, Doing.Blocked, -1);
    history.change(1, 1, 80, Doing.Running, -1);
    history.change(2, 2, 80, Doing.Running, 1, isContested);
    const into = new Float64Array(DOINGS);
    history.split(2, 0, 100, into);
    return [into[Doing.Sleeping], into[Doing.Blocked], into[Doing.Running]];
  };
  expect([split(true), split(false)]).toEqual([
    [80, 0, 20],
    [0, 80, 20],
  ]);
});

test("waits for a lock that are long past count as what its holders did then, where most of it was", () => {
  const history = new GoroutineHistory((stack) => stack % 100);
  const rounds = 200;
  const into = new Float64Array(DOINGS);
  const places = new Map<number, number>();
  const add = (key: number, value: number) => places.set(key, (places.get(key) ?? 0) + value);
  history.change(1, 1, 0, Doing.Running, -1);
  history.change(2, 2, 0, Doing.Lock, -1);
  // Two goroutines have the lock in turn: each sleeps 60 of its 100 with it, at one of several lines of a library.
  for (let n = 0; n < rounds; n++) {
    const [holder, other] = n % 2 === 0 ? [1, 2] : [2, 1];
    const begin = 100 * n;
    history.change(holder, holder, begin + 20, Doing.Sleeping, -1, false, 100 * (n % 7) + 42);
    history.change(holder, holder, begin + 80, Doing.Running, -1);
    history.change(other, other, begin + 100, Doing.Running, holder);
    history.change(holder, holder, begin + 100, Doing.Lock, -1);
  }
  history.split(2, 0, 100 * rounds, into, { add });
  expect([into[Doing.Sleeping], into[Doing.Running], into[Doing.Lock]]).toEqual([
    60 * rounds,
    40 * rounds,
    0,
  ]);
  const told = [...places].reduce(
    (sum, [key, time]) => sum + (key % DOINGS === Doing.Sleeping ? time : 0),
    0,
  );
  const here = [...places].filter(([key]) => Math.floor(key / DOINGS) % 100 === 42);
  expect(here).toHaveLength(places.size);
  expect(told).toBeCloseTo(60 * rounds, 3);
});

test("of two places in the past, one is told of for no more than its part", () => {
  const history = new GoroutineHistory();
  for (let n = 0; n < 500; n++) {
    history.change(1, 1, 100 * n, Doing.Sleeping, -1, false, n % 5 === 0 ? 7 : 8);
    history.change(1, 1, 100 * n + 50, Doing.Running, -1);
  }
  const places = new Map<number, number>();
  const into = new Float64Array(DOINGS);
  history.split(1, 0, 30_000, into, { add: (key, value) => places.set(Math.floor(key / DOINGS), value) });
  expect([...places.keys()]).toEqual([8]);
  expect(places.get(8)).toBeGreaterThan(0.5 * (into[Doing.Sleeping] as number));
  expect(places.get(8)).toBeLessThanOrEqual(0.8 * (into[Doing.Sleeping] as number));
});
