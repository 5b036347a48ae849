import { expect, test } from "vitest";
import { colorOf, GroupIds } from "../../../src/sink/perfetto/group-ids.js";

// As seen in the UI (v52).
const SEEN = { 2147483646: "red", 2147483644: "purple", 2147483642: "orange", 2147483639: "gray" };
const PLACES: Readonly<Record<string, number>> = { red: 0, purple: 2, orange: 14, gray: 16 };

test("colours are those that the UI computes", () => {
  for (const [id, color] of Object.entries(SEEN)) expect(colorOf(Number(id))).toBe(PLACES[color]);
});

test("ids of groups are unique and have distinct colours for the first groups", () => {
  const ids = new GroupIds();
  const colors = [ids.color(true), ...Array.from({ length: 17 }, () => ids.color(false))];
  expect(new Set(colors).size).toBe(18);
  const buckets = colors.flatMap((color) =>
    Array.from({ length: 50 }, () => ({ color, id: ids.next(color) })),
  );
  expect(new Set(buckets.map(({ id }) => id)).size).toBe(buckets.length);
  for (const { color, id } of buckets) expect(colorOf(id)).toBe(color);
  expect(Math.min(...buckets.map(({ id }) => id))).toBeGreaterThan(2 ** 30);
});
