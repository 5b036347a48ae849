import { expect, test } from "vitest";
import { IdSet } from "../../src/base/id-set.js";
import { Random } from "../support/simulator/random.js";

test("a set of ids holds what was added, near one another and far apart", () => {
  const random = new Random(1);
  const ids = new IdSet();
  const known = new Set<number>();
  for (let i = 0; i < 20_000; i++) {
    const id = Math.floor(random.next() * (i % 2 === 0 ? 3000 : 2 ** 31));
    expect(ids.has(id)).toBe(known.has(id));
    ids.add(id);
    known.add(id);
  }
  for (const id of known) expect(ids.has(id)).toBe(true);
});
