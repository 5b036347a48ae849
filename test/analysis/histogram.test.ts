import { expect, test } from "vitest";
import { HISTOGRAM_ERROR, Histogram } from "../../src/analysis/histogram.js";
import fc from "../support/properties.js";

/** Durations of all magnitudes, equally often; their sums are exact. */
const durations = fc.array(
  fc.oneof(
    fc.integer({ min: 0, max: 100 }),
    fc.double({ min: 0, max: 44, noNaN: true }).map((power) => Math.floor(2 ** power)),
  ),
  { minLength: 1, maxLength: 300 },
);

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.add(value);
  return histogram;
}

test("percentiles are within the documented error; the rest is exact", () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const sorted = [...values].sort((a, b) => a - b);
      const histogram = histogramOf(values);
      for (const each of [share, 0.5, 0.9, 0.99, 0.999, 1]) {
        const exact = sorted[Math.max(1, Math.ceil(values.length * each - 1e-9)) - 1] as number;
        expect(Math.abs(histogram.quantile(each) - exact)).toBeLessThanOrEqual(exact * HISTOGRAM_ERROR);
      }
      const { count, total, min, max } = histogram.distribution();
      const sum = values.reduce((all, value) => all + value, 0);
      expect([count, total, min, max]).toEqual([values.length, sum, sorted[0], sorted.at(-1)]);
    }),
  );
});

test("the values around a percentile are those of its bucket", () => {
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
      const histogram = histogramOf(values);
      const [least, greatest] = histogram.around(share);
      const sorted = [...values].sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil(values.length * share - 1e-9)) - 1] as number;
      expect(least).toBeLessThanOrEqual(exact);
      expect(greatest).toBeGreaterThanOrEqual(exact);
      expect(greatest - least).toBeLessThanOrEqual(2 * HISTOGRAM_ERROR * least);
    }),
  );
  expect(new Histogram().around(0.5)).toEqual([0, 0]);
});

test("merging two equals one of all values", () => {
  fc.assert(
    fc.property(durations, durations, (some, others) => {
      const merged = histogramOf(some);
      merged.merge(histogramOf(others));
      expect(merged.distribution()).toEqual(histogramOf([...some, ...others]).distribution());
    }),
  );
});

test("without values everything is 0", () => {
  expect(Object.values(new Histogram().distribution()).every((figure) => figure === 0)).toBe(true);
});
