import { DOING_NAMES, Doing } from "../analysis/explain/doing.js";
import { type ExplainReport, FINDING_KINDS, type FindingKind } from "../analysis/explain/finding.js";
import type { PathPart, PathReport } from "../analysis/explain/path/path-report.js";

/** Parts of critical paths by name; `gc` is what the GC and stop-the-world take together. */
const PARTS: Readonly<Record<string, readonly Doing[]>> = {
  running: [Doing.Running],
  runnable: [Doing.Runnable],
  syscall: [Doing.Syscall],
  sleeping: [Doing.Sleeping],
  network: [Doing.Network],
  lock: [Doing.Lock],
  blocked: [Doing.Blocked],
  assist: [Doing.Assisting],
  stw: [Doing.Stopped],
  gc: [Doing.Assisting, Doing.Stopped],
  unknown: [Doing.Unknown],
};
export const PATH_PARTS: readonly string[] = ["total", ...Object.keys(PARTS)];

type Tree = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** The figures of `explain`, by group. */
export function explainFigures({
  findings,
  more,
  totals,
  trace,
}: ExplainReport): Readonly<Record<string, Tree>> {
  const { contention, load, stopDelays, syscalls } = totals;
  const kinds = FINDING_KINDS.map((kind): [FindingKind, Record<string, number>] => {
    const weights = findings.filter((each) => each.kind === kind).map(({ weight }) => weight);
    return [kind, { count: weights.length, weight: Math.max(0, ...weights) }];
  });
  const saturatedShare = trace.duration === 0 ? 0 : load.saturated / trace.duration;
  return {
    findings: { count: findings.length + more },
    finding: Object.fromEntries(kinds),
    contention: { ...contention },
    load: { ...load, saturatedShare },
    stw: { delay: { ...stopDelays } },
    syscalls: { ...syscalls },
  };
}

/** The figures of critical paths: of the slowest, of the slowest one percent, and of the half in the middle. */
export function pathFigures({ middle, slow, slowest }: PathReport): Tree {
  return {
    max: partsOf(slowest.duration, slowest.parts),
    p99: partsOf(slow.duration, slow.parts),
    middle: partsOf(middle.duration, middle.parts),
  };
}

function partsOf(total: number, parts: readonly PathPart[]): Record<string, number> {
  const sums = Object.entries(PARTS).map(([name, doings]): [string, number] => {
    const names = doings.map((doing) => DOING_NAMES[doing]);
    return [name, parts.reduce((sum, { doing, time }) => (names.includes(doing) ? sum + time : sum), 0)];
  });
  return { total, ...Object.fromEntries(sums) };
}
