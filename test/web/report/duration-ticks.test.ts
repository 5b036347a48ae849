import { expect, test } from "vitest";
import { durationTicks, toldTicks } from "../../../web/report/duration-ticks.js";

test("an axis of decades has their lines", () => {
  expect(durationTicks(800, 3e6)).toEqual([1e3, 1e4, 1e5, 1e6]);
  expect(durationTicks(1, 1e9)).toHaveLength(10);
});

test("any axis has figures to read it by, and not too many", () => {
  // From a bin and its neighbours, the narrowest axis of a distribution, up to two decades.
  for (let min = 1; min < 1e11; min *= 1.13)
    for (const ratio of [2 ** 0.5, 2, 5, 9.9, 30, 99]) {
      const ticks = durationTicks(min, min * ratio);
      const rightful = ticks.filter((tick) => tick >= min / 1.001 && tick <= min * ratio * 1.001);
      expect([min, ratio, rightful]).toEqual([min, ratio, ticks]);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThan(7);
    }
});

test("texts of ticks do not touch", () => {
  const decades = durationTicks(1, 1e8);
  expect([...toldTicks(decades, 1, 1e8, 800)]).toEqual(decades);
  // On a page of 400 pixels.
  expect([...toldTicks(decades, 1, 1e8, 294)]).toEqual([1, 1e2, 1e4, 1e6, 1e8]);
});
