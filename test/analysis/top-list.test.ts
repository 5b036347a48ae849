import { expect, test } from "vitest";
import { TopList } from "../../src/analysis/top-list.js";
import fc from "../support/properties.js";

test("keeps the first rows of a stable sort", () => {
  const keys = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 100 });
  fc.assert(
    fc.property(keys, fc.integer({ min: 0, max: 12 }), (all, limit) => {
      const list = new TopList<number>(limit);
      all.forEach((key, i) => {
        const before = list.rows();
        const admitted = list.admits(key);
        list.add(key, i);
        expect(list.rows().includes(i)).toBe(admitted);
        if (!admitted) expect(list.rows()).toEqual(before);
      });
      const sorted = all.map((_key, i) => i).sort((a, b) => (all[b] as number) - (all[a] as number));
      expect(list.rows()).toEqual(sorted.slice(0, limit));
    }),
  );
});
