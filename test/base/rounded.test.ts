import { describe, expect, it, test } from "vitest";
import { parseDuration } from "../../src/base/duration.js";
import { timeText } from "../../src/base/rounded.js";
import fc from "../support/properties.js";

describe("points in time", () => {
  it.each([
    [0, "0.000000s"],
    [999, "0.000000s"],
    [1_999, "0.000001s"],
    [539_123_456, "0.539123s"],
    [12_345_678_901, "12.345678s"],
    [3_600_000_000_000, "3600.000000s"],
  ])("%d ns: %s", (ns, text) => expect(timeText(ns)).toBe(text));

  test("are what --from takes, at most a microsecond early", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (ns) => {
        expect(parseDuration(timeText(ns))).toBe(ns - (ns % 1000));
      }),
    );
  });
});
