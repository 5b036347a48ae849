import { expect, test } from "vitest";
import { type GcCauses, gcFindings } from "../../../src/analysis/explain/gc-findings.js";
import { GcCycles } from "../../../src/analysis/gc/gc-cycles.js";
import type { ProcRow } from "../../../src/analysis/proc-use.js";
import { Interner } from "../../../src/base/interner.js";

const NAMES = { functions: new Interner(), taskTypes: new Interner() };
const SUMS = { count: 20, total: 4e8 };

/** The share of the Ps that the GC took, of a second of two Ps with mark workers and assists; undefined: no finding. */
function shareOf(gc: number, assists: number, waiting: number): number | undefined {
  const causes = {
    assists: { table: { length: 0 } },
    forced: { count: 0 },
    heap: { cycles: 0 },
    stops: { rows: [] },
  } as unknown as GcCauses;
  const cycles = Object.create(GcCycles.prototype, {
    cycles: { value: { durations: { count: 20 }, cut: 0, total: SUMS.total } },
    longestCycles: { value: [] },
    assists: { value: { total: assists + waiting } },
    allStops: { value: { total: 0 } },
  }) as GcCycles;
  const row = { busy: 9e8, syscall: 0, scheduling: 0, idle: 1e8, total: 1e9 };
  const procs: ProcRow[] = [
    { proc: 0, ...row, gc, assists },
    { proc: 1, ...row, gc: 0, assists: 0 },
  ];
  const found = gcFindings(cycles, causes, procs, Number.POSITIVE_INFINITY, NAMES, {
    duration: 1e9,
    start: 0,
  });
  return found.find(({ kind }) => kind === "gc")?.weight;
}

test("what assists wait is no time of a P: the GC's share of the Ps does not depend on it", () => {
  expect([0, 1e8, 5e9].map((waiting) => shareOf(5e8, 1e8, waiting))).toEqual([0.2, 0.2, 0.2]);
});

test("assists on the Ps are a finding of their own", () => {
  expect([shareOf(5e8, 2e8, 0), shareOf(5e8, 2.1e8, 0)]).toEqual([0.15, undefined]);
});
