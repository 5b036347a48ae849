import { expect, test } from "vitest";
import { Herds } from "../../../src/analysis/explain/herds.js";
import { StackNumbers } from "../../../src/analysis/profile/stack-numbers.js";

const WAIT = 1;
const BROADCAST = 2;
const SIGNAL = 3;
const ELSEWHERE = 4;

function herds(): Herds {
  const stacks = new StackNumbers();
  const func = (stack: number) => `sync.(*Cond).${stack === BROADCAST ? "Broadcast" : "Signal"}`;
  stacks.frames = (stack) => [{ pc: 0n, func: func(stack), file: "cond.go", line: 7 }];
  return new Herds(stacks);
}

const never = { runs: 0, ran: 0 };

test("those who wait again at the same place after a short run were woken for nothing", () => {
  const all = herds();
  for (let slot = 0; slot < 300; slot++) all.wake(slot, WAIT, 9, BROADCAST, slot, never);
  all.reset(0);
  all.wait(0, WAIT, { runs: 1, ran: 100 });
  all.wait(1, WAIT, { runs: 1, ran: 10_001 });
  all.wait(2, ELSEWHERE, { runs: 1, ran: 100 });
  all.wait(3, WAIT, { runs: 2, ran: 100 });
  all.wait(299, WAIT, { runs: 3, ran: 10_000 });
  // Nobody woke it since.
  all.wait(3, WAIT, { runs: 3, ran: 200 });
  expect([...all.found.values()]).toEqual([
    { waitsAt: WAIT, wokenAt: BROADCAST, woken: 300, vain: 2, runs: 5, ran: 10_100, most: 300 },
  ]);
});

test("what several goroutines wake one by one, or one after the other, is no herd, nor what is signalled", () => {
  const all = herds();
  for (let slot = 0; slot < 10; slot++) all.wake(slot, WAIT, slot, BROADCAST, slot, never);
  for (let slot = 0; slot < 10; slot++) all.wake(slot, WAIT, 99, BROADCAST, 20_000 * slot, never);
  for (let slot = 0; slot < 10; slot++) all.wake(slot, ELSEWHERE, 99, SIGNAL, slot, never);
  expect([...all.found.values()].map(({ most, waitsAt }) => [waitsAt, most])).toEqual([[WAIT, 1]]);
});
