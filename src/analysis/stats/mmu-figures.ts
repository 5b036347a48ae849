import type { MmuCurve } from "../mmu/mmu-curve.js";
import type { MutatorFlags } from "../mmu/mutator-flags.js";
import type { Mmu, MutatorUtilization } from "../mmu/mutator-utilization.js";
import type { MmuFigures } from "./stats-report.js";

/** The sets of flags of a report: more and more is counted, and then by P. */
export const MMU_FLAGS: readonly MutatorFlags[] = [
  { stw: true },
  { stw: true, background: true, assist: true },
  { stw: true, background: true, assist: true, sweep: true },
  { stw: true, background: true, assist: true, sweep: true, perProc: true },
];
/** Windows are these times powers of ten. */
const STEPS = [1, 2, 5];
const SHORTEST = 1000;
/** Windows for examples: how long, and how many. */
const EXAMPLE = 1e6;
const EXAMPLES = 10;

export function mmuFigures(utilization: MutatorUtilization): MmuFigures[] {
  return utilization.curves().map(figuresOf);
}

function figuresOf({ flags, curve, resolution }: Mmu): MmuFigures {
  return {
    flags: Object.keys(flags) as (keyof MutatorFlags)[],
    resolution,
    curve: windowsOf(curve).map((window) => ({ window, utilization: curve.minimum(window) })),
    worst: curve.duration === 0 ? [] : curve.worst(EXAMPLE, EXAMPLES),
  };
}

/** From a microsecond to the whole. */
function windowsOf({ duration }: MmuCurve): number[] {
  const windows: number[] = [];
  for (let power = SHORTEST; power < duration; power *= 10)
    windows.push(...STEPS.map((step) => step * power).filter((window) => window < duration));
  return duration === 0 ? [] : [...windows, duration];
}
