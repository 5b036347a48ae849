import { expect, test } from "vitest";
import { KeyedTimes } from "../../src/analysis/summary/keyed-times.js";
import fc from "../support/properties.js";

/** An operation on a table. @param keys few, or so many that rows have an index */
const stepOf = (keys: number) =>
  fc.record({
    call: fc.constantFrom("add", "set", "add", "set", "delete", "clear", "accumulate", "subtract", "copy"),
    row: fc.nat(5),
    key: fc.integer({ min: -1, max: keys }),
    time: fc.nat(1000),
  });
const steps = fc.oneof(
  fc.array(stepOf(6), { maxLength: 60 }),
  fc.array(stepOf(50), { minLength: 100, maxLength: 600, size: "max" }),
);

/** A row of the table as a Map has it. */
function rowOf(times: KeyedTimes, row: number): Map<number, number> {
  const found = new Map<number, number>();
  times.forEach(row, (key, time) => {
    expect(found.has(key)).toBe(false);
    found.set(key, time);
  });
  return found;
}

test("keyed times equal a table of Maps", () => {
  fc.assert(
    fc.property(steps, (done) => {
      const times = new KeyedTimes();
      times.ensure(5);
      const rows = Array.from({ length: 6 }, () => new Map<number, number>());
      for (const { call, row, key, time } of done) {
        const expected = rows[row] as Map<number, number>;
        const other = rows[(row + 1) % 6] as Map<number, number>;
        if (call === "add") {
          times.add(row, key, time);
          expected.set(key, (expected.get(key) ?? 0) + time);
        } else if (call === "set") {
          times.set(row, key, time);
          expected.set(key, time);
        } else if (call === "delete") {
          times.delete(row, key);
          expected.delete(key);
        } else if (call === "clear") {
          times.clear(row);
          expected.clear();
        } else if (call === "copy") {
          times.copy(row, times, (row + 1) % 6);
          expected.clear();
          for (const [k, t] of other) expected.set(k, t);
        } else {
          times[call](row, times, (row + 1) % 6);
          const sign = call === "accumulate" ? 1 : -1;
          for (const [k, t] of other) expected.set(k, (expected.get(k) ?? 0) + sign * t);
        }
      }
      rows.forEach((expected, row) => {
        expect(rowOf(times, row)).toEqual(expected);
        for (const [key, time] of expected) expect(times.get(row, key)).toBe(time);
        expect(times.get(row, 99)).toBeUndefined();
      });
    }),
  );
});
