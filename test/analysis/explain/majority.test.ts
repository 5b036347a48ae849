import { expect, test } from "vitest";
import { Majority } from "../../../src/analysis/explain/majority.js";
import fc from "../../support/properties.js";

/** Additions: a goroutine and a value. */
const ADDED = fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 100 })));

test("who leads has at least the lead, and nobody else has more than half", () => {
  fc.assert(
    fc.property(ADDED, (added) => {
      const majority = new Majority();
      const sums = new Map<number, number>();
      for (const [goroutine, value] of added) {
        majority.add(100, goroutine, value, 10 * goroutine);
        sums.set(goroutine, (sums.get(goroutine) ?? 0) + value);
      }
      const all = [...sums.values()].reduce((total, value) => total + value, 0);
      const { func, key: goroutine, lead } = majority.leaderOf(100);
      if (lead > 0) expect(func).toBe(10 * goroutine);
      expect(lead).toBeLessThanOrEqual(sums.get(goroutine) ?? 0);
      for (const [other, sum] of sums) if (sum > all / 2) expect(goroutine).toBe(other);
    }),
  );
});

test("a site without additions has no leader", () => {
  const majority = new Majority();
  expect(majority.leaderOf(1000)).toEqual({ key: -1, func: -1, lead: 0 });
});

test("what was added before a row is cleared does not count", () => {
  const majority = new Majority();
  majority.add(1, 7, 100);
  majority.clear(1);
  expect(majority.leaderOf(1)).toMatchObject({ key: -1, lead: 0 });
  majority.add(1, 8, 1);
  expect(majority.leaderOf(1)).toMatchObject({ key: 8, lead: 1 });
});
