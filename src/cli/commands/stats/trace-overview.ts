import { SlowTasks } from "../../../analysis/explain/path/slow-tasks.js";
import { Overview, type OverviewFigures } from "../../../analysis/overview.js";
import { inTurns } from "../../../base/breather.js";
import type { TraceOverview } from "../../../report/html/report-page.js";
import { type Analysed, readAgain, readAnalyses } from "../../input/analysed-input.js";
import { canReadAgain } from "../../input/input.js";
import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";
import type { Messages } from "../../process/messages.js";
import { VERSION } from "../../process/version.js";

/** The program that makes pages. */
export const GENERATOR = `go2perfetto ${VERSION}`;

/** All that a page shows of a trace, and how reading it went. */
export interface ReadOverview extends Analysed<OverviewFigures> {
  readonly overview: TraceOverview;
}

/**
 * Computes all that a page shows of a trace: in one pass, and a second one for the critical paths of the slowest tasks if there
 * are tasks and the trace is a file.
 * @param top number of goroutines, tasks, regions, GC cycles and findings to list
 * @throws Failure if nothing could be read
 */
export async function readOverview(
  path: string,
  top: number,
  options: CommonOptions & SelectionOptions,
  messages: Messages,
): Promise<ReadOverview> {
  const read = await readOverviewFigures(path, top, options, messages);
  const { title: name, report: figures, window } = read;
  const slow = new SlowTasks(figures.stats.tasks.top, figures.stats.start);
  if (slow.analyses.length === 0) return { ...read, overview: { name, figures, paths: [] } };
  if (!(await canReadAgain(path))) return { ...read, overview: { name, figures } };
  await readAgain(path, window, options, slow.analyses);
  return { ...read, overview: { name, figures, paths: slow.paths } };
}

/** The same in one pass, without critical paths. */
export function readOverviewFigures(
  path: string,
  top: number,
  options: CommonOptions & SelectionOptions,
  messages: Messages,
): Promise<Analysed<OverviewFigures>> {
  return readAnalyses(path, options, messages, (reported, window) => {
    const overview = new Overview({ top, window, linkLogs: options.linkLog, ...(reported && { reported }) });
    return {
      analyses: overview.analyses,
      report: (...state) => inTurns(overview.figuresInSteps(...state)),
    };
  });
}
