import { expect, test } from "vitest";
import type { Finding } from "../../../src/analysis/explain/finding.js";
import { serialFindings } from "../../../src/analysis/explain/serial-findings.js";
import type { Waits } from "../../../src/analysis/explain/waits.js";
import type { ProcRow } from "../../../src/analysis/proc-use.js";
import type { ProcId } from "../../../src/base/ids.js";
import { Interner } from "../../../src/base/interner.js";

const MS = 1e6;
const TRACE = { duration: 1000 * MS, start: 0 };
const PROCS = 4;

/** Milliseconds alone, by the site for whose end goroutines waited. */
interface Phases {
  readonly alone: readonly number[];
  readonly count: readonly number[];
}

/** Waits at the first site are one long one, at the second a hundred. */
function found({ alone, count }: Phases, busy: number): Finding[] {
  const names = new Interner();
  const [main, load] = ["main.main", "main.load"].map((name) => names.intern(name) + 1);
  const byFunction: number[] = [];
  byFunction[main as number] = 300 * MS;
  byFunction[load as number] = 100 * MS;
  const longest = { goroutine: 7, since: 5 * MS, duration: 160 * MS, alone: 150 * MS, stack: 1 };
  const waits = {
    functions: { names },
    serial: { alone: alone.map((ms) => ms * MS), byFunction, count, longest },
    sites: { cost: [100 * MS, 100 * MS], squares: [(100 * MS) ** 2, 100 * MS ** 2] },
    stacks: { frames: () => [{ pc: 0n, func: "main.read", file: "main.go", line: 3 }] },
  };
  const proc = {
    busy: busy * MS,
    gc: 50 * MS,
    assists: 0,
    syscall: 0,
    scheduling: 0,
    idle: 0,
    total: TRACE.duration,
  };
  const procs = Array.from({ length: PROCS }, (_, i): ProcRow => ({ ...proc, proc: i as ProcId }));
  return serialFindings(waits as unknown as Waits, procs, TRACE);
}

test("phases of one goroutine between those of several are one finding", () => {
  const [first, ...more] = found({ alone: [300, 100], count: [3, 1] }, 500);
  expect(more).toEqual([]);
  expect(first).toMatchObject({ kind: "serial", weight: 0.4 });
  expect(first?.worst).toEqual({ goroutine: 7, time: 5 * MS, duration: 160 * MS });
  // In 600 ms goroutines ran for 4 · 450 − 400 ms.
  expect(first?.sentence).toBe(
    "One goroutine ran alone, and other Ps were idle, in 40.0% of the time: 4 times, for 100 ms on average, goroutines of main.main (75.0%), main.load (25.0%). In the rest, 2.3 goroutines ran at once on average. The longest phase was at main.read (main.go:3).",
  );
  expect(first?.figures.map(({ name, value }) => [name, value])).toEqual([
    ["ran alone", 400 * MS],
    ["phases", 4],
    ["longest phase", 150 * MS],
    ["Ps", PROCS],
    ["ran alone: main.main", 0.75],
    ["ran alone: main.load", 0.25],
  ]);
});

test("phases for whose end goroutines waited often are left to that finding", () => {
  const [first] = found({ alone: [200, 100, 250], count: [2, 1, 100] }, 500);
  expect(first?.weight).toBe(0.3);
  expect(found({ alone: [0, 150, 250], count: [0, 1, 100] }, 500)).toEqual([]);
});

test("what is little, or short each time, or in a program that uses few Ps is none", () => {
  expect(found({ alone: [200], count: [20] }, 500)).toHaveLength(1);
  expect(found({ alone: [199], count: [1] }, 500)).toEqual([]);
  expect(found({ alone: [200], count: [21] }, 500)).toEqual([]);
  // In 800 ms goroutines ran for 4 · 449 − 200 ms: on less than half of the Ps.
  expect(found({ alone: [200], count: [1] }, 499)).toEqual([]);
});
