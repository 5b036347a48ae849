import { expect, test } from "vitest";
import { IdSet } from "../../src/base/id-set.js";
import { Random } from "../support/simulator/random.js";

test.each([2 ** 31, 2 ** 40, 2 ** 53])(
  "a set of ids below %d holds what was added, near one another and far apart",
  (limit) => {
    const random = new Random(1);
    const ids = new IdSet();
    const known = new Set<number>();
    for (let i = 0; i < 20_000; i++) {
      const id = Math.floor(random.next() * (i % 2 === 0 ? 3000 : limit));
      expect(ids.has(id)).toBe(known.has(id));
      ids.add(id);
      known.add(id);
    }
    for (const id of known) expect(ids.has(id)).toBe(true);
    ids.clear();
    for (const id of known) expect(ids.has(id)).toBe(false);
  },
);

test("an id differs from those that are 2^32 away", () => {
  const ids = new IdSet();
  ids.add(5 + 2 ** 32);
  expect([5, 5 + 2 ** 32, 5 + 2 ** 33].map((id) => ids.has(id))).toEqual([false, true, false]);
});
