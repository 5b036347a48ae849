import { pathQuery } from "../../../analysis/explain/path/path-query.js";
import { Extent } from "../../../analysis/extent.js";
import { ShownPath } from "../../../sink/shown-path.js";
import type { CriticalPathView } from "../../../sink/view-options.js";
import { readAgain, readAnalyses } from "../../input/analysed-input.js";
import { canReadAgain } from "../../input/input.js";
import { choiceOf } from "../../input/made-up-names.js";
import type { CommonOptions } from "../../options/common.js";
import type { SelectionOptions } from "../../options/selection.js";
import { Messages } from "../../process/messages.js";

/**
 * Reads the critical path of the slowest selected task or goroutine, in two passes. What is wrong with the trace is for
 * the conversion to report.
 * @returns undefined if none begins and ends in the trace, if IN can be read only once, or if the path is too long to show
 */
export async function readShownPath(
  path: string,
  given: CommonOptions & SelectionOptions,
): Promise<CriticalPathView | undefined> {
  if (!(await canReadAgain(path))) return undefined;
  // The path is that of those selected, whoever else is shown.
  const { related: _related, ...options } = given;
  const silent = new Messages({ ...options, quiet: true }, () => undefined);
  let shown: ShownPath | undefined;
  const { window } = await readAnalyses(path, options, silent, (reported) => {
    const extent = new Extent();
    const query = pathQuery(choiceOf(options, options), reported);
    shown = query && new ShownPath(query);
    return {
      analyses: [extent, ...(shown ? [shown.times] : [])],
      report: () => ({ trace: extent.figures() }),
    };
  });
  // The callback has run: reading fails otherwise.
  const found = shown as ShownPath | undefined;
  if (found?.paths === undefined) return undefined;
  await readAgain(path, window, options, [found.paths]);
  return found.view;
}
