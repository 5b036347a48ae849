import { describe, expect, test } from "vitest";
import { analyze } from "../../../src/analysis/analysis.js";
import type { ProfileKind } from "../../../src/analysis/profile/kinds.js";
import { Profiles } from "../../../src/analysis/profile/profiles.js";
import type { RegionQuery } from "../../../src/analysis/profile/region-filter.js";
import { openTraceFile } from "../../../src/node.js";
import { validTrace } from "../../support/corpus.js";
import { oracleSummary } from "../../support/oracle.js";
import { openBytes } from "../../support/reading.js";
import { TraceBuilder, wireBytes, wireStack, wireString } from "../../support/trace-builder.js";

const RUNNING = 1;
const GO_RUNNING = 2;
const OUTER = 1;
const INNER = 2;
const OTHER = 3;
const SLEEP = 4;
const MAIN = 5;
const STACK = 1;

/** Goroutine 1 on thread 7 and P 0, in the trace's own time; a step takes 10, a sleep 10 and then 10 until it runs. */
class Steps {
  readonly #events = [wireBytes("ProcStatus", 0, 0, RUNNING), wireBytes("GoStatus", 1, 1, 7, GO_RUNNING)];
  #sequence = 0;

  begin(region: number): this {
    this.#events.push(wireBytes("UserRegionBegin", 10, 0, region, 0));
    return this;
  }

  end(region: number): this {
    this.#events.push(wireBytes("UserRegionEnd", 10, 0, region, 0));
    return this;
  }

  sleep(): this {
    this.#events.push(
      wireBytes("GoBlock", 10, SLEEP, STACK),
      wireBytes("GoUnblock", 10, 1, ++this.#sequence, 0),
      wireBytes("GoStart", 10, 1, ++this.#sequence),
    );
    return this;
  }

  /** Count and time of a kind within regions. */
  async within(region: RegionQuery, kind: ProfileKind = "wait"): Promise<readonly number[]> {
    const trace = new TraceBuilder()
      .frequency()
      .strings(
        wireString(OUTER, "outer"),
        wireString(INNER, "inner"),
        wireString(OTHER, "other"),
        wireString(SLEEP, "sleep"),
        wireString(MAIN, "main.main"),
      )
      .stacks(wireStack(STACK, [[0x1000, MAIN, MAIN, 1]]))
      .batch(7, 10, ...this.#events);
    const profiles = new Profiles({ kinds: [kind], region });
    expect(await analyze(await openBytes(trace.bytes()), [profiles])).toBeUndefined();
    const { samples } = profiles.profile(kind);
    const sum = (index: number) => samples.reduce((total, { values }) => total + (values[index] ?? 0), 0);
    return [sum(0), sum(1), profiles.regions.matches];
  }
}

describe("regions", () => {
  const nested = () =>
    new Steps()
      .sleep()
      .begin(INNER)
      .sleep()
      .begin(OTHER)
      .begin(INNER)
      .sleep()
      .end(INNER)
      .end(OTHER)
      .end(INNER);

  test("count once if nested in a region of the same name", async () => {
    expect(await nested().within({ name: "inner" })).toEqual([2, 20, 2]);
    expect(await nested().within({ name: "other" })).toEqual([1, 10, 1]);
    expect(await nested().within({ name: "outer" })).toEqual([0, 0, 0]);
  });

  test("that are too short leave the regions within them", async () => {
    // The inner one takes 40, the outer one 110.
    expect(await nested().within({ name: "inner", max: 40 })).toEqual([1, 10, 1]);
    expect(await nested().within({ name: "inner", max: 39 })).toEqual([0, 0, 0]);
    expect(await nested().within({ name: "inner", min: 41 })).toEqual([2, 20, 1]);
    expect(await nested().within({ name: "inner", min: 110, max: 110 })).toEqual([2, 20, 1]);
  });

  test("cut intervals at their edges", async () => {
    const steps = new Steps().begin(OUTER).sleep().end(OUTER).sleep();
    expect(await steps.within({ name: "outer" }, "running")).toEqual([2, 20, 1]);
    expect(await steps.within({ name: "outer" }, "sched")).toEqual([1, 10, 1]);
  });

  test("without a beginning enclose everything before their end", async () => {
    const steps = new Steps().sleep().begin(INNER).sleep().end(INNER).end(INNER).sleep().end(OUTER).sleep();
    expect(await steps.within({ name: "inner" })).toEqual([2, 20, 2]);
    expect(await steps.within({ name: "outer" })).toEqual([3, 30, 1]);
    // Shorter than the one without a beginning, longer than the other.
    expect(await steps.within({ name: "inner", max: 50 })).toEqual([1, 10, 1]);
  });

  test("that the trace cuts last up to its edges", async () => {
    const steps = new Steps().sleep().begin(OUTER).sleep();
    expect(await steps.within({ name: "outer" })).toEqual([1, 10, 1]);
    expect(await steps.within({ name: "outer", min: 100 })).toEqual([0, 0, 0]);
  });
});

test("the number of regions of a duration is that of Go's summary", async () => {
  const trace = validTrace("annotations-go1.26");
  const summary = oracleSummary(trace);
  if (summary?.regions === undefined || summary.regions === null) throw new Error("no regions");
  const { firstTime, lastTime, regions } = summary;
  const lengths = regions
    .filter(({ Name }) => Name === "inner")
    .map(({ Start, End }) => (End < 0 ? lastTime : End) - (Start < 0 ? firstTime : Start))
    .sort((a, b) => a - b);
  const middle = lengths[lengths.length >> 1] as number;
  for (const [min, max] of [
    [middle, Number.POSITIVE_INFINITY],
    [0, middle],
    [middle, middle],
  ] as const) {
    const profiles = new Profiles({ kinds: ["wait"], region: { name: "inner", min, max } });
    await analyze(await openTraceFile(trace.path), [profiles]);
    expect(profiles.regions).toEqual({
      named: lengths.length,
      matches: lengths.filter((length) => length >= min && length <= max).length,
    });
  }
});
