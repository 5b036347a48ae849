import { describe, expect, it } from "vitest";
import { IdIndex } from "../../src/base/id-index.js";
import fc from "../support/properties.js";

/** Ids on few pages, far apart, and beyond what the pages hold. */
const id = fc.oneof(
  fc.nat({ max: 40 }),
  fc.nat({ max: 5000 }),
  fc.constantFrom(1023, 1024, 2 ** 20, 2 ** 31 - 1, 2 ** 31, 2 ** 32 + 7, 2 ** 53, 2 ** 63),
);

/** What was done to an index: an id added if absent, or removed. */
const step = fc.record({ add: fc.boolean(), id });

describe("an index of ids", () => {
  it("is a map from the live ids to small slots", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const index = new IdIndex();
        const model = new Map<number, number>();
        let mostLive = 0;
        for (const { add, id: each } of steps) {
          if (!add) {
            index.delete(each);
            model.delete(each);
          } else if (!model.has(each)) {
            const slot = index.add(each);
            expect([...model.values()]).not.toContain(slot);
            model.set(each, slot);
          }
          expect(index.get(each)).toBe(model.get(each) ?? -1);
          mostLive = Math.max(mostLive, model.size);
        }
        expect(index.size).toBe(model.size);
        expect(index.slots).toBe(mostLive);
        for (const [each, slot] of model) {
          expect(index.get(each)).toBe(slot);
          expect(index.ids[slot]).toBe(each);
        }
        const visited: [number, number][] = [];
        index.forEach((each, slot) => {
          visited.push([each, slot]);
        });
        expect(visited).toEqual([...model].sort((a, b) => a[1] - b[1]));
      }),
    );
  });

  it("keeps as many slots as there are live ids at most, not as there ever were", () => {
    const index = new IdIndex();
    for (let each = 1; each <= 200_000; each++) {
      index.add(each);
      if (each > 500) index.delete(each - 500);
    }
    expect(index.size).toBe(500);
    expect(index.slots).toBe(501);
    expect(index.get(199_000)).toBe(-1);
    expect(index.get(200_000)).toBeGreaterThanOrEqual(0);
  });

  it("grows with many live ids", () => {
    const index = new IdIndex();
    const slots = Array.from({ length: 5000 }, (_, i) => index.add(i * 3));
    expect(slots.map((_, i) => index.get(i * 3))).toEqual(slots);
    expect(index.get(1)).toBe(-1);
  });
});
