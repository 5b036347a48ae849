import type { MutatorFlags } from "../mmu/mutator-flags.js";
import type { Mmu, MutatorUtilization } from "../mmu/mutator-utilization.js";
import type { MmuFigures } from "./stats-report.js";

const ALL = { stw: true, background: true, assist: true, sweep: true } as const;
/** The sets of flags of a report: each counts more, then by P; the last corrects Go's viewer. */
export const MMU_FLAGS: readonly MutatorFlags[] = [
  { stw: true },
  { stw: true, background: true, assist: true },
  ALL,
  { ...ALL, perProc: true },
  { ...ALL, workersOnce: true },
  { ...ALL, perProc: true, workersOnce: true },
];
/** Windows are these factors times powers of ten. */
const STEPS = [1, 2, 5];
const SHORTEST = 1000;
/** Example windows: duration and number. */
const EXAMPLE = 1e6;
const EXAMPLES = 10;

/** @param duration of the trace */
export function mmuFigures(utilization: MutatorUtilization, duration: number): MmuFigures[] {
  const windows = windowsOf(duration);
  return utilization
    .curves()
    .filter(({ curve }) => curve.duration > 0)
    .map((mmu) => figuresOf(mmu, windows));
}

function figuresOf({ flags, curve, resolution }: Mmu, windows: readonly number[]): MmuFigures {
  return {
    flags: Object.keys(flags) as (keyof MutatorFlags)[],
    resolution,
    curve: windows.map((window) => ({ window, utilization: curve.minimum(window) })),
    worst: curve.worst(EXAMPLE, EXAMPLES),
  };
}

/** From a microsecond to the whole trace. */
function windowsOf(duration: number): number[] {
  const windows: number[] = [];
  for (let power = SHORTEST; power < duration; power *= 10)
    windows.push(...STEPS.map((step) => step * power).filter((window) => window < duration));
  return [...windows, duration];
}
