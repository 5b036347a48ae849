import { describe, expect, it } from "vitest";
import { CounterSeries } from "../../src/sink/counter-series.js";
import fc from "../support/properties.js";

const MOST_POINTS = 20_000;

interface CounterPoint {
  readonly time: number;
  readonly value: number;
}

function pointsOf(series: CounterSeries): CounterPoint[] {
  const points: CounterPoint[] = [];
  series.forEach((time, value) => {
    points.push({ time, value });
  });
  return points;
}

function seriesOf(points: readonly CounterPoint[]): CounterSeries {
  const series = new CounterSeries();
  for (const { time, value } of points) series.set(time, value);
  return series;
}

/** Values without repetitions. */
function changes(points: readonly CounterPoint[]): CounterPoint[] {
  return points.filter(({ value }, i) => i === 0 || value !== points[i - 1]?.value);
}

/** A counter that jumps about, with some runs of equal values, at growing times. */
function jumping(length: number, seed: number): CounterPoint[] {
  let state = seed;
  let time = 0;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Array.from({ length }, () => {
    time += 1 + random(10) ** 5;
    return { time, value: random(4) === 0 ? 0 : random(1e6) };
  });
}

describe("a counter's values", () => {
  it("are all kept if they are few", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: -5, max: 5 })));
    fc.assert(
      fc.property(steps, (deltas) => {
        let time = 0;
        const points = deltas.map(([delta, value]) => {
          time += delta;
          return { time, value };
        });
        expect(pointsOf(seriesOf(points))).toEqual(changes(points));
      }),
    );
  });

  it.each([19_999, 20_000, 20_001, 60_000, 300_000])(
    "are at most 20,000 out of %d, with the extremes and the last",
    (length) => {
      const points = jumping(length, length);
      const kept = pointsOf(seriesOf(points));
      expect(kept.length).toBeLessThanOrEqual(MOST_POINTS);
      expect(kept.length).toBeGreaterThan(Math.min(length / 4, MOST_POINTS / 10));
      const all = changes(points);
      expect(extremes(kept)).toEqual(extremes(all));
      expect(kept.at(-1)).toEqual(all.at(-1));
      const given = new Set(all.map(({ time, value }) => `${time} ${value}`));
      expect(kept.filter(({ time, value }) => !given.has(`${time} ${value}`))).toEqual([]);
      expect(kept.every(({ time }, i) => i === 0 || time > (kept[i - 1]?.time ?? 0))).toBe(true);
    },
  );

  it("keep a single peak among very many", () => {
    const points = jumping(100_000, 7).map(({ time }, i) => ({ time, value: i % 2 }));
    const peak = { time: points[54_321]?.time ?? 0, value: 1000 };
    points[54_321] = peak;
    expect(pointsOf(seriesOf(points))).toContainEqual(peak);
  });

  it("may be absent", () => {
    expect(pointsOf(new CounterSeries())).toEqual([]);
  });
});

function extremes(points: readonly CounterPoint[]): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { value } of points) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
