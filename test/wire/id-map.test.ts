import { expect, test } from "vitest";
import { IdMap } from "../../src/wire/id-map.js";
import fc from "../support/properties.js";

/** Small ids, ids for which a table grows, and ids that no table has. */
const id = fc.oneof(
  fc.integer({ min: 1, max: 3000 }),
  fc.integer({ min: 1, max: 2 ** 21 }),
  fc.integer({ min: 2 ** 31, max: Number.MAX_SAFE_INTEGER }),
);

test("finds every id, whatever order they came in", () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 600 }), (ids) => {
      const map = new IdMap();
      ids.forEach((each, n) => {
        expect(map.add(each, n + 1)).toBe(true);
      });
      ids.forEach((each, n) => {
        expect(map.get(each)).toBe(n + 1);
        expect(map.add(each, 9)).toBe(false);
      });
    }),
    { numRuns: 200 },
  );
});

test("finds an id that comes before the table is large enough for it", () => {
  const map = new IdMap();
  map.add(1242, 1);
  for (let each = 1; each <= 1100; each++) map.add(each, each + 1);
  expect(map.get(1242)).toBe(1);
  expect(map.add(1242, 2)).toBe(false);
  // What the ordering loop reads.
  expect(map.dense[1242]).toBe(2);
});
