import type { Analysis } from "../../../analysis/analysis.js";
import { CriticalPaths } from "../../../analysis/explain/path/critical-paths.js";
import { InstanceTimes } from "../../../analysis/explain/path/instance-times.js";
import type { PathQuery } from "../../../analysis/explain/path/instances.js";
import type { PathReport } from "../../../analysis/explain/path/path-report.js";
import type { Limit } from "../../../figures/limit.js";
import { needsOf, type PathReports, type Reports } from "../../../figures/reports.js";
import { readAgain } from "../../input/analysed-input.js";
import { canReadAgain, nameOf } from "../../input/input.js";
import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";
import { usageFailure } from "../../process/failure.js";
import type { Messages } from "../../process/messages.js";
import { readExplainedReport, readReport, type TraceReport } from "../stats/trace-report.js";

/** Findings that count; a trace has fewer. */
const FINDINGS = 1000;

/** The critical paths of one group, with the times of the first of two passes. */
interface Asked {
  readonly group: keyof PathReports;
  readonly name: string;
  readonly query: PathQuery;
  readonly times: InstanceTimes;
}

/**
 * Reads what limits are about: statistics, and only if a limit names them also findings and critical paths. The latter
 * take another pass.
 * @param top as of {@link readReport}
 * @throws Failure if nothing could be read, or if critical paths are needed and the input can be read only once
 */
export async function readFigures(
  path: string,
  top: number,
  limits: readonly Limit[],
  options: CommonOptions & SelectionOptions,
  messages: Messages,
): Promise<TraceReport & Reports> {
  const needs = needsOf(limits.map((limit) => limit.path));
  const asked: Asked[] = [
    ...[...needs.task].map((name) => asking("task", name, { taskType: name })),
    ...[...needs.region].map((name) => asking("region", name, { region: name })),
  ];
  if (asked.length > 0 && !(await canReadAgain(path)))
    throw usageFailure(
      `${nameOf(path)} can be read only once: figures of critical paths need two passes`,
      "Save it to a file first.",
    );
  const more = (): Analysis[] => asked.map(({ times }) => times);
  const read = needs.explained
    ? await readExplainedReport(path, { top, findings: FINDINGS }, options, messages, more)
    : await readReport(path, top, options, messages, more);
  if (asked.length === 0) return read;
  const critical = asked.map(({ query, times }) => new CriticalPaths(query, times));
  await readAgain(path, read.window, options, critical);
  const found = { task: new Map<string, PathReport>(), region: new Map<string, PathReport>() };
  asked.forEach(({ group, name }, i) => {
    const report = critical[i]?.report;
    if (report !== undefined) found[group].set(name, report);
  });
  return { ...read, paths: found };
}

function asking(group: keyof PathReports, name: string, query: PathQuery): Asked {
  return { group, name, query, times: new InstanceTimes(query) };
}
