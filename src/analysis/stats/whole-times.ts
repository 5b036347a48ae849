import type { StatsReport } from "./stats-report.js";

/** A report on a part of a trace, with points in time of the whole trace. @param start of the part */
export function inWhole(report: StatsReport, start: number): StatsReport {
  if (start === 0) return report;
  const whole = (time: number | undefined) => (time === undefined ? undefined : time + start);
  const { gc, goroutines, mmu, regions, sched, tasks } = report;
  return {
    ...report,
    goroutines: {
      ...goroutines,
      top: goroutines.top.map((row) => ({
        ...row,
        created: row.created + start,
        started: whole(row.started),
        ended: whole(row.ended),
      })),
    },
    sched: { ...sched, worst: sched.worst.map((row) => ({ ...row, since: row.since + start })) },
    tasks: {
      ...tasks,
      top: tasks.top.map((row) => ({ ...row, begin: whole(row.begin), end: whole(row.end) })),
    },
    regions: {
      ...regions,
      top: regions.top.map((row) => ({ ...row, since: whole(row.since), until: whole(row.until) })),
    },
    gc: { ...gc, top: gc.top.map((row) => ({ ...row, since: row.since + start })) },
    mmu: mmu.map(({ worst, ...figures }) => ({
      ...figures,
      worst: worst.map((row) => ({ ...row, time: row.time + start })),
    })),
  };
}
