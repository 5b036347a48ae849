import { expect, test } from "vitest";
import { MmuCurve } from "../../src/analysis/mmu/mmu-curve.js";
import { UtilizationSeries } from "../../src/analysis/mmu/utilization-series.js";
import fc from "../support/properties.js";

/** Steps: how long each lasts, and its utilization in eighths. */
const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 8 })), {
  minLength: 2,
  maxLength: 80,
});
type Steps = readonly (readonly [number, number])[];

function seriesOf(parts: Steps, limit = 1e6): UtilizationSeries {
  const series = new UtilizationSeries(limit);
  let time = 0;
  for (const [duration, eighths] of parts) {
    series.add(time, eighths / 8);
    time += duration;
  }
  series.add(time, 0);
  return series;
}

/** The integral of the utilization up to a time. */
function integral(parts: Steps, time: number): number {
  let since = 0;
  let sum = 0;
  for (const [duration, eighths] of parts) {
    sum += (eighths / 8) * Math.max(0, Math.min(time - since, duration));
    since += duration;
  }
  return sum;
}

const durationOf = (parts: Steps) => parts.reduce((sum, [duration]) => sum + duration, 0);

/** The minimum utilization of windows that begin in a stretch of time. */
function naive(parts: Steps, window: number, from: number, to: number): number {
  let least = 1;
  for (let time = from; time <= to; time++)
    least = Math.min(least, (integral(parts, time + window) - integral(parts, time)) / window);
  return least;
}

/** Most bands of a series in Go's viewer. */
const BANDS = 1000;

/**
 * Checks a minimum: it may be that of a window that reaches beyond the end, as in Go's viewer, where one begins in every band
 * that is followed by as many as a window can touch. There is one band more than it takes, and all are rounded up.
 */
function expectMinimum(series: UtilizationSeries, parts: Steps, asked: number, error = 0): void {
  const minimum = new MmuCurve([series]).minimum(asked);
  const duration = durationOf(parts);
  const window = Math.min(asked, duration);
  const bands = Math.min(BANDS, series.length);
  const end = (bands + 1) * Math.ceil(duration / bands) - window;
  const least = naive(parts, window, 0, duration - window);
  const beyond = naive(parts, window, duration - window, end);
  expect(minimum).toBeLessThanOrEqual(least + error + 1e-9);
  expect(minimum).toBeGreaterThanOrEqual(Math.min(least, beyond) - error - 1e-9);
}

/** Without a last step of 0, which changes nothing and so ends the series before its time. */
const ending = (parts: Steps): Steps => [...parts, [1, 8]];

test("the minimum is that of all windows", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 4000 }), (parts, window) => {
      const all = ending(parts);
      expectMinimum(seriesOf(all), all, window);
    }),
  );
});

test("the lowest of several series counts", () => {
  fc.assert(
    fc.property(steps, steps, fc.integer({ min: 2, max: 4000 }), (some, others, window) => {
      const all = [some, others].map((parts) => seriesOf(ending(parts)));
      const each = all.map((series) => new MmuCurve([series]).minimum(window));
      expect(new MmuCurve(all).minimum(window)).toBeCloseTo(Math.min(...each), 12);
    }),
  );
});

test("the error of a full series is at most its resolution", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 10, max: 4000 }), (parts, window) => {
      const all = ending(parts);
      const series = seriesOf(all, 32);
      expect(series.length).toBeLessThanOrEqual(32);
      const error = series.resolution / (2 * Math.min(window, series.duration));
      expectMinimum(series, all, window, error);
    }),
  );
});

test("the worst windows are sorted, and the first is the minimum", () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 2, max: 300 }), (parts, asked) => {
      const all = ending(parts);
      const curve = new MmuCurve([seriesOf(all)]);
      const window = Math.min(asked, curve.duration);
      const worst = curve.worst(asked, 5);
      expect(worst.length).toBeLessThanOrEqual(5);
      expect(worst[0]?.utilization ?? 1).toBe(curve.minimum(asked));
      worst.forEach(({ time, utilization }, i) => {
        const exact = (integral(all, time + window) - integral(all, time)) / window;
        expect(utilization).toBeCloseTo(exact, 9);
        expect(utilization).toBeGreaterThanOrEqual(worst[i - 1]?.utilization ?? 0);
      });
    }),
  );
});

test("without data the utilization is 1", () => {
  expect(new MmuCurve([]).minimum(1000)).toBe(1);
  expect(new MmuCurve([]).worst(1000, 3)).toEqual([]);
});
