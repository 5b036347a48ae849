import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analysis/analysis.js";
import type { MutatorFlags } from "../../src/analysis/mmu/mutator-flags.js";
import { MutatorUtilization } from "../../src/analysis/mmu/mutator-utilization.js";
import { openTraceFile } from "../../src/node.js";
import { WindowedTrace } from "../../src/select/windowed-trace.js";
import { openAsGoTells } from "../support/as-go-tells.js";
import { type CorpusTrace, goTests, someValidTraces, validTraces, variedTraces } from "../support/corpus.js";
import { GcWalk } from "../support/gc-walk.js";
import { oracleMmu, oracleWorstWindows } from "../support/oracle-mmu.js";
import { LIKE_GO } from "../support/reading.js";

/** The flags of the oracle's curves, by name. */
const FLAGS: Readonly<Record<string, MutatorFlags>> = {
  default: {},
  "stw-bg-assist": { stw: true, background: true, assist: true },
  // Its flags have "proc", which the official viewer ignores: it is not by P.
  all: { stw: true, background: true, assist: true, sweep: true },
  "per-proc": { stw: true, background: true, assist: true, sweep: true, perProc: true },
};
/** Lists of the worst windows, by flags. */
const WORST: Readonly<Record<string, string>> = {
  "stw-bg-assist": "mmuDetails-1ms",
  "per-proc": "mmuDetails-per-proc-1ms",
};

async function curvesOf({ path }: CorpusTrace) {
  const trace = await openAsGoTells(path);
  const utilization = new MutatorUtilization(Object.values(FLAGS));
  await analyze(trace, [utilization]);
  return { curves: utilization.curves(), base: trace.timeBase };
}

const traces = [...validTraces(), ...goTests()].filter((trace) =>
  Object.keys(FLAGS).some((name) => oracleMmu(trace, name) !== undefined),
);

test("there are curves to compare, also by P", { tags: ["long"] }, () => {
  expect(traces.length).toBeGreaterThan(8);
  expect(traces.filter((trace) => oracleMmu(trace, "per-proc") !== undefined).length).toBeGreaterThan(2);
});

describe("the minimum mutator utilization is that of Go's viewer", () => {
  test.each(traces)("$name", async (trace) => {
    const { curves, base } = await curvesOf(trace);
    Object.keys(FLAGS).forEach((name, n) => {
      const official = oracleMmu(trace, name)?.curve;
      const curve = official?.map(([window]) => [window, curves[n]?.curve.minimum(window)]);
      expect({ name, curve }).toEqual({ name, curve: official });
      expect(curves[n]?.resolution).toBe(0);
      const windows = oracleWorstWindows(trace, WORST[name] ?? "");
      const worst = curves[n]?.curve.worst(1e6, 10).map((each) => ({ ...each, time: base + each.time }));
      if (windows !== undefined) expect(worst).toEqual(windows);
    });
  });
});

describe("with workers counted once, the utilization of the whole trace equals a walk over the events", () => {
  test.each(variedTraces())("$name", async ({ path }) => {
    const flags = { stw: true, background: true, assist: true, sweep: true, workersOnce: true };
    const utilization = new MutatorUtilization([flags, { ...flags, workersOnce: false }]);
    const walk = new GcWalk();
    await analyze(await openTraceFile(path, LIKE_GO), [utilization, walk]);
    const [once = 0, viewer = 0] = utilization
      .curves()
      .map(({ curve }) => curve.minimum(curve.duration) * curve.duration);
    if (!walk.hasActive) expect(once / walk.left).toBeCloseTo(1, 9);
    expect(once).toBeGreaterThanOrEqual(viewer * (1 - 1e-9));
  });
});

test.each(someValidTraces(["gcheavy-go1.19", "gcheavy-go1.22", "gcheavy-go1.26"]))(
  "what the GC takes of adjacent parts, with what is under way where they meet, is what it takes of the whole: $name",
  async ({ path }) => {
    // Go's viewer leaves out a stop-the-world at the end.
    const flags = { background: true, assist: true, sweep: true, workersOnce: true };
    const taken = async (from: number, to: number) => {
      const utilization = new MutatorUtilization([flags]);
      await analyze(new WindowedTrace(await openTraceFile(path), { from, to }), [utilization]);
      const [{ curve } = { curve: undefined }] = utilization.curves();
      const duration = curve?.duration ?? 0;
      return { duration, taken: duration - duration * (curve?.minimum(duration) ?? 1) };
    };
    const whole = await taken(0, Number.POSITIVE_INFINITY);
    expect(whole.taken).toBeGreaterThan(1e6);
    for (const share of [0.3, 0.5, 0.7]) {
      const middle = Math.floor(whole.duration * share);
      const parts = [await taken(0, middle), await taken(middle, Number.POSITIVE_INFINITY)];
      const sum = parts.reduce((all, part) => all + part.taken, 0);
      expect(sum / whole.taken).toBeCloseTo(1, 4);
    }
  },
);
