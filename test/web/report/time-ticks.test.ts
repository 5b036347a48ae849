import { expect, test } from "vitest";
import { timeTicks } from "../../../web/report/time-ticks.js";

test("ticks have one unit, and all digits of their steps", () => {
  expect(timeTicks([0, 2.5e6, 5e6, 7.5e6])).toEqual(["0", "2.5 ms", "5.0 ms", "7.5 ms"]);
  expect(timeTicks([1.25e9, 1.5e9, 1.75e9])).toEqual(["1.25 s", "1.50 s", "1.75 s"]);
  expect(timeTicks([0, 5e8, 1e9])).toEqual(["0", "0.5 s", "1.0 s"]);
  expect(timeTicks([2e9, 2.00025e9, 2.0005e9])).toEqual(["2.00000 s", "2.00025 s", "2.00050 s"]);
  expect(timeTicks([0, 20, 40])).toEqual(["0", "20 ns", "40 ns"]);
  expect(timeTicks([5e6])).toEqual(["5 ms"]);
});
