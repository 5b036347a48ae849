import type { ExplainReport } from "../analysis/explain/finding.js";
import type { PathReport } from "../analysis/explain/path/path-report.js";
import type { StatsReport } from "../analysis/stats/stats-report.js";
import type { FigurePath } from "./catalogue.js";

/** What is known of a trace. Figures of what is absent do not exist. */
export interface Reports {
  readonly report: StatsReport;
  readonly explained?: ExplainReport;
  /** Critical paths by type of task, and by name of region. */
  readonly paths?: PathReports;
}

export interface PathReports {
  readonly task: ReadonlyMap<string, PathReport>;
  readonly region: ReadonlyMap<string, PathReport>;
}

/** What figures need besides the statistics. */
export interface Needs {
  readonly explained: boolean;
  readonly task: ReadonlySet<string>;
  readonly region: ReadonlySet<string>;
}

/** Groups of figures of `explain`. */
export const EXPLAINED_GROUPS: ReadonlySet<string> = new Set([
  "contention",
  "finding",
  "findings",
  "load",
  "stw",
  "syscalls",
]);

export function needsOf(paths: readonly FigurePath[]): Needs {
  const instances = (group: string) =>
    new Set(paths.filter((path) => path[0] === group && path[2] === "path").map(([, name = ""]) => name));
  return {
    explained: paths.some(([group = ""]) => EXPLAINED_GROUPS.has(group)),
    task: instances("task"),
    region: instances("region"),
  };
}
